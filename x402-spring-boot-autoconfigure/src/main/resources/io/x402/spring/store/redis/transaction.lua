-- Binds a transaction to the one claim that it settles. Returns 1 if it is bound to this claim, else 0.
-- KEYS: transaction. ARGV: claim, expiry in ms since the epoch
local claim = redis.call('GET', KEYS[1])
if not claim then
  insist()
  redis.call('SET', KEYS[1], ARGV[1])
  redis.call('PEXPIREAT', KEYS[1], ARGV[2])
  return 1
end
if claim ~= ARGV[1] then
  return 0
end
redis.call('PEXPIREAT', KEYS[1], ARGV[2])
return 1

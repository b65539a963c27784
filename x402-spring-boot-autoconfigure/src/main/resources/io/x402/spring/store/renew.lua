-- Extends the lease of a claim that its owner is still working on.
-- KEYS: claim, content, due, ledger, outbox. ARGV: owner, lease in ms, claim
local current = redis.call('HMGET', KEYS[1], 'owner', 'active')
if current[1] ~= ARGV[1] or current[2] ~= '1' then
  return 0
end
local lease = text(now + ARGV[2])
insist()
redis.call('HSET', KEYS[1], 'lease', lease)
if redis.call('ZSCORE', KEYS[3], ARGV[3]) then
  redis.call('ZADD', KEYS[3], lease, ARGV[3])
end
return 1

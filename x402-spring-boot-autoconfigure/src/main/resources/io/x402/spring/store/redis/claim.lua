-- Binds an authorization to a request. Returns 1 if it is bound to this claim, else 0.
-- KEYS: claim, content, due, ledger, outbox
-- ARGV: owner, lease in ms, expiry in ms since the epoch, how many names and values follow, these, entry
local current = redis.call('HMGET', KEYS[1], 'state', 'owner', 'lease', 'runs')
if current[1] then
  if current[2] == ARGV[1] then
    -- the client repeats a command whose answer it has lost
    return 1
  end
  local free = (current[1] == 'CLAIMED' or current[1] == 'VERIFIED') and tonumber(current[4] or 0) == 0
    and tonumber(current[3]) < now
  if not free then
    return 0
  end
  redis.call('DEL', KEYS[1], KEYS[2])
end
-- the first write of a new claim, so that a full server refuses it
redis.call('HSET', KEYS[1], 'state', 'CLAIMED', 'owner', ARGV[1], 'version', '0', 'active', '1', 'attempts', '0',
  'lease', text(now + ARGV[2]), 'expires', ARGV[3], unpack(ARGV, 5, 4 + ARGV[4]))
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
book(5 + ARGV[4])
return 1

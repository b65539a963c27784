-- Extends the lease of a claim that its owner is still working on.
-- KEYS: claim. ARGV: owner, lease in ms
local current = redis.call('HMGET', KEYS[1], 'owner', 'state')
if current[1] == ARGV[1] and (current[2] == 'CLAIMED' or current[2] == 'VERIFIED' or current[2] == 'SETTLING') then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', now + ARGV[2]))
  return 1
end
return 0

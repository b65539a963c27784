-- Binds an authorization to a request. Returns 1 if it is bound to this claim, else 0.
-- KEYS: claim. ARGV: fingerprint, owner, lease in ms, expiry in ms since the epoch
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local current = redis.call('HMGET', KEYS[1], 'state', 'owner', 'lease')
if current[1] then
  if current[2] == ARGV[2] then
    -- the client repeats a command whose answer it has lost
    return 1
  end
  local free = (current[1] == 'CLAIMED' or current[1] == 'VERIFIED') and tonumber(current[3]) < now
  if not free then
    return 0
  end
  redis.call('DEL', KEYS[1])
end
-- the first write of a new claim, so that a full server refuses it
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'state', 'CLAIMED', 'owner', ARGV[2], 'version', '0',
  'lease', string.format('%.0f', now + ARGV[3]), 'expires', ARGV[4])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
return 1

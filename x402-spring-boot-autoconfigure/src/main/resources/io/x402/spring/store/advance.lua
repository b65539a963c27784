-- Changes the state of a claim that is still at a version. Returns 1 if it was, else 0.
-- KEYS: claim. ARGV: owner, version, next version, next state, lease in ms, receipt or empty, attempt
local current = redis.call('HMGET', KEYS[1], 'owner', 'version', 'attempt')
if current[1] ~= ARGV[1] then
  return 0
end
if current[3] == ARGV[7] then
  -- the client repeats a command whose answer it has lost
  return 1
end
if current[2] ~= ARGV[2] then
  return 0
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'state', ARGV[4], 'version', ARGV[3], 'lease', string.format('%.0f', now + ARGV[5]),
  'receipt', ARGV[6], 'attempt', ARGV[7])
return 1

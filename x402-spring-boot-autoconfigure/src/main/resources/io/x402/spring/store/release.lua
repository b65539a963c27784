-- Forgets a claim that is still at a version.
-- KEYS: claim. ARGV: owner, version
local current = redis.call('HMGET', KEYS[1], 'owner', 'version')
if current[1] == ARGV[1] and current[2] == ARGV[2] then
  return redis.call('DEL', KEYS[1])
end
return 0

-- Forgets a claim that is still at a version. Returns 1 if it was, else 0.
-- KEYS: claim, content, due, ledger, outbox. ARGV: owner, version, claim, entry
local current = redis.call('HMGET', KEYS[1], 'owner', 'version')
if current[1] ~= ARGV[1] or current[2] ~= ARGV[2] then
  return 0
end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('ZREM', KEYS[3], ARGV[3])
book(4)
return 1

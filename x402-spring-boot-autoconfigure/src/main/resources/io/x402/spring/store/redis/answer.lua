-- Returns the answer of a claim, or nothing if there is none or its time is over.
-- KEYS: claim, content, due, ledger, outbox. ARGV: owner
local current = redis.call('HMGET', KEYS[1], 'owner', 'state', 'deliverable')
if current[1] ~= ARGV[1] or (current[2] == 'SETTLED' and tonumber(current[3] or 0) <= now) then
  return false
end
return redis.call('HGET', KEYS[2], 'answer')

-- Extends the leases of claims that requests are working on. Returns the positions of those that are not active at their
-- version any more, from 0 on.
-- KEYS: due, and the claims. ARGV: lease in ms, then for each claim: id, owner, version
local lease = text(now + ARGV[1])
local lost = {}
for i = 2, #KEYS do
  local first = 2 + (i - 2) * 3
  local current = redis.call('HMGET', KEYS[i], 'owner', 'version', 'active')
  if current[1] == ARGV[first + 1] and current[2] == ARGV[first + 2] and current[3] == '1' then
    -- the first write of a script, which a full server takes because it needs no memory
    redis.call('HDEL', KEYS[i], 'none')
    redis.call('HSET', KEYS[i], 'lease', lease)
    if redis.call('ZSCORE', KEYS[1], ARGV[first]) then
      redis.call('ZADD', KEYS[1], lease, ARGV[first])
    end
  else
    lost[#lost + 1] = i - 2
  end
end
return lost

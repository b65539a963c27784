-- Returns fingerprint, state, owner, version, expiry and receipt of a claim, or nothing.
-- KEYS: claim
local claim = redis.call('HMGET', KEYS[1], 'fingerprint', 'state', 'owner', 'version', 'expires', 'receipt', 'lease')
if not claim[2] then
  return {}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if claim[2] == 'SETTLING' and tonumber(claim[7]) < now then
  claim[2] = 'PENDING'
end
return { claim[1], claim[2], claim[3], claim[4], claim[5], claim[6] or '' }

-- Returns the sale of each claim that is unsettled, followed by the time when it is due.
-- KEYS: due, claims. ARGV: id of each claim
local looks = {}
for i, id in ipairs(ARGV) do
  local sale = redis.call('HGET', KEYS[i + 1], 'purchase')
  local due = redis.call('ZSCORE', KEYS[1], id)
  if sale and due then
    table.insert(looks, sale)
    table.insert(looks, due)
  end
end
return looks

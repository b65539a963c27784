-- Adds up entries of the books. Returns how many there were and the id of the last one, then a list for each sum: event,
-- route, network, asset, reason, number of entries, and the amount in limbs of seven digits, the lowest first. A number
-- of this language holds the sum of more limbs than a stream has entries.
-- With 'payer' it adds up what was settled, and the payer takes the place of the route.
-- KEYS: ledger. ARGV: first id, last id, most entries, then nothing or 'payer'
local entries = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
local last = ''
local sums, known = {}, {}
for _, entry in ipairs(entries) do
  last = entry[1]
  local field = {}
  for i = 1, #entry[2], 2 do
    field[entry[2][i]] = entry[2][i + 1]
  end
  local head = {field.event, field.route, field.network, field.asset, field.reason or ''}
  if ARGV[4] then
    head[2] = field.event == 'SETTLED' and field.payer or ''
  end
  if not ARGV[4] or head[2] ~= '' then
    local name = table.concat(head, '\0')
    local sum = known[name]
    if not sum then
      sum = {head = head, count = 0, limbs = {}}
      known[name] = sum
      table.insert(sums, sum)
    end
    sum.count = sum.count + 1
    local finish, limb = #field.amount, 1
    while finish >= 1 do
      local digits = string.sub(field.amount, math.max(1, finish - 6), finish)
      sum.limbs[limb] = (sum.limbs[limb] or 0) + tonumber(digits)
      finish, limb = finish - 7, limb + 1
    end
  end
end
local result = {text(#entries), last}
for _, sum in ipairs(sums) do
  local line = sum.head
  table.insert(line, text(sum.count))
  for _, limb in ipairs(sum.limbs) do
    table.insert(line, text(limb))
  end
  table.insert(result, line)
end
return result

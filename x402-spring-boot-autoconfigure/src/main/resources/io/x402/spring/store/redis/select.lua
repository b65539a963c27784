-- Finds entries of the books by the values of a field. Returns how many were read and the id of the last one, then
-- those that were found.
-- KEYS: ledger. ARGV: first id, last id, most entries to read, name of the field, values
local entries = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[2], 'COUNT', ARGV[3])
local wanted = {}
for i = 5, #ARGV do
  wanted[ARGV[i]] = true
end
local last = ''
local result = {}
for _, entry in ipairs(entries) do
  last = entry[1]
  for i = 1, #entry[2], 2 do
    if entry[2][i] == ARGV[4] and wanted[entry[2][i + 1]] then
      table.insert(result, entry)
    end
  end
end
table.insert(result, 1, text(#entries))
table.insert(result, 2, last)
return result

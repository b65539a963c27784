-- Counts a payment if it fits into every budget. Returns 0, or the number of the first budget that it would break.
-- A client that repeats a command whose answer it has lost counts the payment twice, which is the safe side.
-- Clocks can be set ahead for a while and back, so that what seems old is kept as well as long as it does not take much
-- memory.
-- KEYS: account, host of the account. ARGV: micros, minute, and for each budget: 1 if per host, minutes or -1, micros
local micros = tonumber(ARGV[1])
local minute = tonumber(ARGV[2])
local function forget(key, minutes)
  table.sort(minutes)
  for i = 1, #minutes - 2880 do
    if minutes[i] < minute - 1440 then
      redis.call('HDEL', key, string.format('%.0f', minutes[i]))
    end
  end
end
local function spent(key, window)
  if window < 0 then
    return tonumber(redis.call('HGET', key, 'total') or '0')
  end
  local sum = 0
  local minutes = {}
  local ledger = redis.call('HGETALL', key)
  for i = 1, #ledger, 2 do
    local at = tonumber(ledger[i])
    if at then
      minutes[#minutes + 1] = at
      if at >= minute - window then
        sum = sum + tonumber(ledger[i + 1])
      end
    end
  end
  forget(key, minutes)
  return sum
end
for i = 3, #ARGV, 3 do
  local key = ARGV[i] == '1' and KEYS[2] or KEYS[1]
  if spent(key, tonumber(ARGV[i + 1])) + micros > tonumber(ARGV[i + 2]) then
    return (i - 3) / 3 + 1
  end
end
for i = 1, 2 do
  redis.call('HINCRBY', KEYS[i], 'total', ARGV[1])
  redis.call('HINCRBY', KEYS[i], ARGV[2], ARGV[1])
end
return 0

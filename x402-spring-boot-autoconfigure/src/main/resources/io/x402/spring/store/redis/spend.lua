-- Counts a payment if it fits into every budget. Returns 0, or the number of the first budget that it would break.
-- A client that repeats a command whose answer it has lost counts the payment twice, which is the safe side.
-- KEYS: account, host of the account. ARGV: micros, minute, and for each budget: 1 if per host, minutes or -1, micros
local micros = tonumber(ARGV[1])
local minute = tonumber(ARGV[2])
local function spent(key, window)
  if window < 0 then
    return tonumber(redis.call('HGET', key, 'total') or '0')
  end
  local sum = 0
  local ledger = redis.call('HGETALL', key)
  for i = 1, #ledger, 2 do
    local at = tonumber(ledger[i])
    if at and at < minute - 1440 then
      redis.call('HDEL', key, ledger[i])
    elseif at and at >= minute - window then
      sum = sum + tonumber(ledger[i + 1])
    end
  end
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

-- Notes that a pass belongs to a buyer.
-- KEYS: passes of the buyer by the time of their payment. ARGV: pass, milliseconds for which the note is needed or 0 if
-- that is not limited, and when the payment was taken, in milliseconds, or empty for now. Returns the number of passes that
-- are noted
local first = redis.call('EXISTS', KEYS[1]) == 0
local taken = (ARGV[3] == '') and time[1] .. string.format('%06d', tonumber(time[2])) or ARGV[3] .. '000'
redis.call('ZADD', KEYS[1], 'NX', taken, ARGV[1])
local left = redis.call('PTTL', KEYS[1])
if ARGV[2] == '0' then
  redis.call('PERSIST', KEYS[1])
elseif first or (left >= 0 and left < tonumber(ARGV[2])) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('ZCARD', KEYS[1])

-- Takes back a payment that was counted and certainly not made.
-- KEYS: account, host of the account. ARGV: micros, minute
for i = 1, 2 do
  redis.call('HINCRBY', KEYS[i], 'total', '-' .. ARGV[1])
  redis.call('HINCRBY', KEYS[i], ARGV[2], '-' .. ARGV[1])
end
return 0

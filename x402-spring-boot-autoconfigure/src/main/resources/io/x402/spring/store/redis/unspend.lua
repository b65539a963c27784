-- Takes back a payment that was counted and certainly not made. What is forgotten since does not count any more.
-- KEYS: account, host of the account, this step. ARGV: micros, minute, how long the step is remembered in ms
if not redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[3]) then
  -- the client repeats a command whose answer it has lost
  return 0
end
for i = 1, 2 do
  redis.call('HINCRBY', KEYS[i], 'total', '-' .. ARGV[1])
  if redis.call('HEXISTS', KEYS[i], ARGV[2]) == 1 then
    redis.call('HINCRBY', KEYS[i], ARGV[2], '-' .. ARGV[1])
  end
end
return 0

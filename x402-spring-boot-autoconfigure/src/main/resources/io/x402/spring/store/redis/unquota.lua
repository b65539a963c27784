-- Gives a free call back within its period, once, however often a client of Redis repeats the command.
-- KEYS: client, clients of the quota, what identifies this command. ARGV: end of the period, milliseconds for which it is remembered
if redis.call('HGET', KEYS[1], 'ends') == ARGV[1] and tonumber(redis.call('HGET', KEYS[1], 'used')) > 0 then
  insist()
  if redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[2]) then
    redis.call('HINCRBY', KEYS[1], 'used', -1)
  end
end
return 1

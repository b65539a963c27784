-- Gives a free call back within its period.
-- KEYS: client, clients of the quota. ARGV: end of the period
if redis.call('HGET', KEYS[1], 'ends') == ARGV[1] and tonumber(redis.call('HGET', KEYS[1], 'used')) > 0 then
  redis.call('HINCRBY', KEYS[1], 'used', -1)
end
return 1

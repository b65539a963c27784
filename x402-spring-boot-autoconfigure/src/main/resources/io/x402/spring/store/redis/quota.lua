-- Takes a free call of a client. Returns whether there was one, how many are left, in how many ms the period ends, and when.
-- KEYS: client, clients of the quota by the end of their period. ARGV: calls of a period, its length in ms, most clients, client
local limit = tonumber(ARGV[1])
local used = tonumber(redis.call('HGET', KEYS[1], 'used') or '0')
local ends = tonumber(redis.call('HGET', KEYS[1], 'ends') or '0')
if ends <= now then
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now))
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then
    return {'0', '0', ARGV[2], '0'}
  end
  used = 0
  ends = now + tonumber(ARGV[2])
  redis.call('HSET', KEYS[1], 'used', '0', 'ends', text(ends))
  redis.call('PEXPIREAT', KEYS[1], text(ends))
  redis.call('ZADD', KEYS[2], text(ends), ARGV[4])
  redis.call('PEXPIREAT', KEYS[2], text(ends))
end
if used >= limit then
  return {'0', '0', text(ends - now), text(ends)}
end
used = redis.call('HINCRBY', KEYS[1], 'used', 1)
return {'1', text(limit - used), text(ends - now), text(ends)}

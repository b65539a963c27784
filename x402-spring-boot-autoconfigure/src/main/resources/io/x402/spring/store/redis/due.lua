-- Returns claims that are due to be asked about, each followed by the time it was due, the most overdue first.
-- KEYS: due. ARGV: most claims
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now), 'WITHSCORES', 'LIMIT', 0, ARGV[1])

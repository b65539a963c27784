-- Deletes the entries of the books that are older than some time.
-- KEYS: ledger, outbox. ARGV: that time in ms
local first = text(now - ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. first)
return redis.call('XTRIM', KEYS[1], 'MINID', first)

-- Returns the time with names and values of a claim, none if there is no such claim.
-- KEYS: claim, content, due, ledger, outbox
return { text(now), redis.call('HGETALL', KEYS[1]) }

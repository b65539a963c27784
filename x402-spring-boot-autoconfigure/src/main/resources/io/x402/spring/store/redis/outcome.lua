-- Takes the next outcome that is to be handed over. Returns its id with its names and values, or nothing. Nobody else
-- gets it for some time.
-- KEYS: ledger, outbox. ARGV: that time in ms
for _ = 1, 1000 do
  local id = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now + 1), 'LIMIT', 0, 1)[1]
  if not id then
    return {}
  end
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  if entry then
    redis.call('ZREM', KEYS[2], id)
    redis.call('ZADD', KEYS[2], text(now + ARGV[1]), id)
    return entry
  end
  -- it was deleted from the books
  redis.call('ZREM', KEYS[2], id)
end
return {}

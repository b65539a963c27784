-- Books that an answer is delivered again.
-- KEYS: claim, content, due, ledger, outbox. ARGV: redelivery, entry
if redis.call('HGET', KEYS[1], 'redelivery') == ARGV[1] then
  -- the client repeats a command whose answer it has lost
  return 1
end
insist()
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'redelivery', ARGV[1])
end
book(2)
return 1

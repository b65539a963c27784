-- Takes a claim that is due to be asked about, or one of unknown outcome before that. Returns the time, names and values of the claim, and what to ask; nothing
-- if somebody else was faster.
-- KEYS: claim, content, due, ledger, outbox. ARGV: claim, step, hold in ms, 1 if also before it is due
local current = redis.call('HMGET', KEYS[1], 'step', 'version', 'attempts', 'state')
local request = redis.call('HGET', KEYS[2], 'request')
if current[1] ~= ARGV[2] or not request then
  local due = redis.call('ZSCORE', KEYS[3], ARGV[1])
  if not current[2] or not request then
    -- it has expired since
    redis.call('ZREM', KEYS[3], ARGV[1])
    return {}
  end
  local early = ARGV[4] == '1' and current[4] == 'PENDING'
  if not due or (tonumber(due) > now and not early) then
    return {}
  end
  insist()
  redis.call('HSET', KEYS[1], 'state', 'PENDING', 'version', text(current[2] + 1), 'step', ARGV[2], 'active', '0',
    'lease', '0', 'attempts', text(current[3] + 1))
  redis.call('ZADD', KEYS[3], text(now + ARGV[3]), ARGV[1])
end
return { text(now), redis.call('HGETALL', KEYS[1]), request }

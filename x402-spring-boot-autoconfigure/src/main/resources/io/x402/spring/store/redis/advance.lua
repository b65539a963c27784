-- Changes a claim that is still at a version. Returns 1 if it was, else 0.
-- KEYS: claim, content, due, ledger, outbox
-- ARGV: owner, version, step, claim, next state, 1 if active, lease in ms, 1 if again, 1 if the handler
-- ran, expiry in ms since the epoch, when to ask again in ms or empty, how long it is deliverable in ms or empty, receipt
-- or empty, request or empty, 1 if answered, answer, entry
local current = redis.call('HMGET', KEYS[1], 'owner', 'step', 'version', 'state', 'attempts', 'deliverable', 'runs')
if current[1] ~= ARGV[1] then
  return 0
end
if current[2] == ARGV[3] then
  -- the client repeats a command whose answer it has lost
  return 1
end
if current[3] ~= ARGV[2] then
  return 0
end

local state = ARGV[5]
if state ~= 'VERIFIED' and state ~= 'SETTLING' then
  insist()
end

local lease = ARGV[6] == '1' and now + ARGV[7] or 0
local attempts = current[5]
if state == 'SETTLED' and current[4] ~= 'SETTLED' then
  attempts = 0
elseif ARGV[8] == '1' then
  attempts = attempts + 1
end
redis.call('HSET', KEYS[1], 'state', state, 'version', text(current[3] + 1), 'step', ARGV[3], 'active', ARGV[6],
  'lease', text(lease), 'expires', ARGV[10], 'attempts', text(attempts), 'runs', text((current[7] or 0) + ARGV[9]))
redis.call('PEXPIREAT', KEYS[1], ARGV[10])
if ARGV[13] ~= '' then
  redis.call('HSET', KEYS[1], 'receipt', ARGV[13])
end
local deliverable = current[6]
if ARGV[12] ~= '' then
  deliverable = text(now + ARGV[12])
  redis.call('HSET', KEYS[1], 'deliverable', deliverable)
end

if ARGV[14] ~= '' then
  redis.call('HSET', KEYS[2], 'request', ARGV[14])
end
if ARGV[15] == '1' then
  redis.call('HSET', KEYS[2], 'answer', ARGV[16])
end
if state == 'DECLINED' or state == 'ABANDONED' or state == 'EXHAUSTED' or (state == 'SETTLED' and not deliverable) then
  redis.call('DEL', KEYS[2])
elseif state == 'SETTLED' then
  redis.call('HDEL', KEYS[2], 'request')
  redis.call('PEXPIREAT', KEYS[2], text(math.min(ARGV[10], deliverable)))
else
  redis.call('PEXPIREAT', KEYS[2], ARGV[10])
end

local due = false
if ARGV[11] ~= '' then
  due = now + ARGV[11]
elseif state == 'SETTLING' then
  due = lease
end
if due and redis.call('HEXISTS', KEYS[2], 'request') == 1 then
  redis.call('ZADD', KEYS[3], text(due), ARGV[4])
else
  redis.call('ZREM', KEYS[3], ARGV[4])
end

book(17)
return 1

-- One step of a pass. Returns its fields and the time, or nothing if there is none or, for a use, it has ended; for a
-- pass that is forgotten, its buyer.
-- KEYS: pass, and to use or give back: the operation, which has the number of uses that it has taken, 0 if it was given
-- back. ARGV: step, milliseconds for which an ended pass is kept, and to prepare: names and values of
-- fields, to forget: the attempt that has ended, to use or give back: number of uses, number that the operation
-- takes, milliseconds for which it is remembered, to use: hash of the token that must open the pass, or empty
-- Uses are counted by HINCRBY, in 64 bits, and compared as texts: a number of Lua is exact up to 53 bits only
local key = KEYS[1]
local operation = KEYS[2]
local step = ARGV[1]
local kept = tonumber(ARGV[2])
local function number(field)
  return tonumber(redis.call('HGET', key, field) or nil)
end
local function less(one, other)
  return #one < #other or (#one == #other and one < other)
end
local function fields()
  local pairs = redis.call('HGETALL', key)
  pairs[#pairs + 1] = 'now'
  pairs[#pairs + 1] = text(now)
  return pairs
end
if redis.call('EXISTS', key) == 0 then
  if step ~= 'prepare' then
    return {}
  end
  redis.call('HSET', key, 'prepared', text(now), unpack(ARGV, 3))
  return {}
end
if step == 'prepare' then
  redis.call('HSET', key, 'hash', ARGV[4], 'attempt', ARGV[6])
  for i = 7, #ARGV - 1, 2 do
    if ARGV[i] == 'payer' then
      redis.call('HSETNX', key, 'payer', ARGV[i + 1])
    end
  end
  return {}
end
local revoked = redis.call('HEXISTS', key, 'revoked') == 1
local function start()
  if revoked or redis.call('HSETNX', key, 'started', text(now)) == 0 then
    return
  end
  local duration = number('duration')
  if duration then
    redis.call('HSET', key, 'expires', text(now + duration))
    redis.call('PEXPIREAT', key, text(now + duration + kept))
  else
    redis.call('PERSIST', key)
  end
end
if step == 'forget' then
  if not revoked and redis.call('HEXISTS', key, 'started') == 0 and redis.call('HGET', key, 'attempt') == ARGV[3] then
    local payer = redis.call('HGET', key, 'payer')
    redis.call('DEL', key)
    return payer and { payer } or {}
  end
  return {}
end
if step == 'start' then
  start()
elseif step == 'use' then
  local known = redis.call('GET', operation)
  if known and known ~= ARGV[4] then
    return {}
  end
  if known then
    return fields()
  end
  if revoked or (ARGV[6] ~= '' and ARGV[6] ~= redis.call('HGET', key, 'hash')) then
    return {}
  end
  start()
  local expires = number('expires')
  if expires and expires <= now then
    return {}
  end
  local uses = redis.call('HGET', key, 'uses')
  local before = redis.call('HGET', key, 'used')
  if type(redis.pcall('HINCRBY', key, 'used', ARGV[3])) == 'table' then
    return {}
  end
  local used = redis.call('HGET', key, 'used')
  if uses and less(uses, used) then
    redis.call('HSET', key, 'used', before)
    return {}
  end
  redis.call('SET', operation, ARGV[4], 'PX', ARGV[5])
  if uses and uses == used and not expires then
    redis.call('PEXPIRE', key, ARGV[2])
  end
elseif step == 'give-back' then
  local known = redis.call('GET', operation)
  if known and known ~= ARGV[4] then
    return {}
  end
  insist()
  redis.call('SET', operation, '0', 'PX', ARGV[5])
  if not known then
    return {}
  end
  if not less(redis.call('HGET', key, 'used'), ARGV[3]) then
    redis.call('HINCRBY', key, 'used', '-' .. ARGV[3])
  end
  if not revoked and not number('expires') then
    redis.call('PERSIST', key)
  end
elseif step == 'revoke' then
  redis.call('HSET', key, 'revoked', '1')
  redis.call('PEXPIRE', key, ARGV[2])
end
return fields()

-- Stands before every other script. The time is that of the server, in ms since the epoch.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number)
  return string.format('%.0f', number)
end

-- Lets a full server take what has happened already. It refuses the first write of a script if that needs memory, and
-- this one needs none.
local function insist()
  redis.call('HDEL', KEYS[1], 'none')
end

-- Writes the entry of the books that ARGV tells from an index on: 1 if it is to be handed over, then names and values.
-- There may be none.
local function book(first)
  if ARGV[first] then
    local id = redis.call('XADD', KEYS[4], '*', unpack(ARGV, first + 1))
    if ARGV[first] == '1' then
      redis.call('ZADD', KEYS[5], string.format('%.3f', time[1] * 1000 + time[2] / 1000), id)
    end
  end
end


-- Token buckets of one owner, such as posts and items of a key, that may be overdrawn: whoever finds a token in each takes
-- all that it needs, and the debt is waited for. So a post is never too large for its bucket.
-- KEYS[1]: the owner. ARGV, for each bucket three: tokens a second (0: no limit), most tokens, tokens to take.
-- Returns the wait in milliseconds, and takes nothing then; 0: taken.
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local since = math.max(0, now - tonumber(redis.call('HGET', KEYS[1], 'at') or now))
local wait, keep, levels = 0, 1000, {'at', now}
for i = 1, #ARGV, 3 do
    local rate, most, cost = tonumber(ARGV[i]), tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
    if rate > 0 then
        local level = math.min(most, tonumber(redis.call('HGET', KEYS[1], i) or most) + since * rate / 1000)
        if level < 1 then
            wait = math.max(wait, math.ceil((1 - level) * 1000 / rate))
        end
        table.insert(levels, i)
        table.insert(levels, string.format('%.6f', level - cost))
        keep = math.max(keep, math.ceil((most - level + cost) * 1000 / rate) + 1000)
    end
end
if wait == 0 then
    redis.call('HSET', KEYS[1], unpack(levels))
    redis.call('PEXPIRE', KEYS[1], keep)
end
return wait

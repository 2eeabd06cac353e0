-- A token bucket that may be overdrawn: whoever finds a token takes all that it needs, and the debt is waited for.
-- So a post is never too large for its bucket, and whether one is admitted does not depend on its size.
-- KEYS[1]: the bucket. ARGV: tokens a second, most tokens, tokens to take. Returns the wait in ms; 0: taken.
local rate, burst, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = tonumber(stored[1] or burst)
local since = math.max(0, now - tonumber(stored[2] or now))
level = math.min(burst, level + since * rate / 1000)
if level < 1 then
    return math.ceil((1 - level) * 1000 / rate)
end
level = level - cost
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', now)
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - level) * 1000 / rate) + 1000)
return 0

-- Finds the claim of a sale. Returns its position among the keys, from 0, or nothing.
-- KEYS: claims. ARGV: sale
for i, claim in ipairs(KEYS) do
  if redis.call('HGET', claim, 'purchase') == ARGV[1] then
    return { i - 1 }
  end
end
return {}

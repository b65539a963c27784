-- Returns the time.
-- KEYS: ledger
return now

-- Changes tables of version 0.1 (schema-*.sql without the column runs) to those of this version. Run it once, with all
-- instances stopped.
ALTER TABLE x402_claim ADD COLUMN runs INTEGER DEFAULT 0 NOT NULL;
-- identifiers of buyers are bound without a lease
UPDATE x402_claim SET state = 'BOUND', active = FALSE, lease_until = 0, due_at = NULL
	WHERE network = 'payment-identifier' AND state = 'SETTLING';
-- the ledger begins with the verification of a payment
DELETE FROM x402_ledger WHERE event = 'REQUIRED';

-- Changes tables of version 0.1 (schema-*.sql without the column runs) to those of this version. Run it once, with all
-- instances stopped.
ALTER TABLE x402_claim ADD COLUMN runs INTEGER DEFAULT 0 NOT NULL;
-- identifiers of buyers are bound without a lease
UPDATE x402_claim SET state = 'BOUND', active = FALSE, lease_until = 0, due_at = NULL
	WHERE network = 'payment-identifier' AND state = 'SETTLING';
-- payments of unknown outcome are kept for 7 days more
UPDATE x402_claim SET expires_at = expires_at + 604800000 WHERE state IN ('SETTLING', 'PENDING');
-- the ledger begins with the verification of a payment
DELETE FROM x402_ledger WHERE event = 'REQUIRED';
-- what people decide about payments of unknown outcome
ALTER TABLE x402_ledger ADD COLUMN note VARCHAR(512);
-- events that are rare are found among many entries
CREATE INDEX IF NOT EXISTS x402_ledger_event ON x402_ledger (event, id);
-- passes are new
CREATE TABLE IF NOT EXISTS x402_pass (
	id CHAR(32) NOT NULL PRIMARY KEY,
	token_hash CHAR(64) NOT NULL,
	attempt VARCHAR(64) NOT NULL,
	network VARCHAR(128) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	amount DECIMAL(65) NOT NULL,
	pay_to VARCHAR(128) NOT NULL,
	payer VARCHAR(128),
	buyer_user VARCHAR(64),
	scope VARCHAR(255) NOT NULL,
	duration BIGINT,
	uses BIGINT,
	used BIGINT NOT NULL,
	started BOOLEAN NOT NULL,
	expires_at BIGINT,
	revoked BOOLEAN NOT NULL,
	forget_at BIGINT,
	prepared_at BIGINT NOT NULL,
	payer_lower VARCHAR(128)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX IF NOT EXISTS x402_pass_end ON x402_pass (forget_at);
CREATE INDEX IF NOT EXISTS x402_pass_time ON x402_pass (prepared_at);
CREATE INDEX IF NOT EXISTS x402_pass_payer ON x402_pass (payer_lower, scope, prepared_at);
-- uses of passes, for an hour, so that each is taken once and given back once
CREATE TABLE IF NOT EXISTS x402_pass_use (
	id VARCHAR(64) NOT NULL PRIMARY KEY,
	pass CHAR(32) NOT NULL,
	uses BIGINT NOT NULL,
	given_back BOOLEAN NOT NULL,
	forget_at BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX IF NOT EXISTS x402_pass_use_end ON x402_pass_use (forget_at);
-- free calls of clients, which all instances share
CREATE TABLE IF NOT EXISTS x402_free_call (
	id CHAR(64) NOT NULL PRIMARY KEY,
	quota CHAR(64) NOT NULL,
	used INTEGER NOT NULL,
	ends_at BIGINT NOT NULL
) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX IF NOT EXISTS x402_free_call_end ON x402_free_call (ends_at);

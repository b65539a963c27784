CREATE TABLE IF NOT EXISTS x402_claim (
	id CHAR(64) NOT NULL PRIMARY KEY,
	network VARCHAR(128) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	payer VARCHAR(128) NOT NULL,
	nonce VARCHAR(160) NOT NULL,
	fingerprint VARCHAR(128) NOT NULL,
	state VARCHAR(16) NOT NULL,
	owner CHAR(36) NOT NULL,
	version BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	transaction_hash VARCHAR(128),
	receipt CHARACTER LARGE OBJECT,
	CONSTRAINT x402_claim_transaction UNIQUE (network, transaction_hash)
);
CREATE INDEX IF NOT EXISTS x402_claim_expiry ON x402_claim (expires_at);

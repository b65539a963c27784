CREATE TABLE IF NOT EXISTS x402_claim (
	id CHAR(64) NOT NULL PRIMARY KEY,
	network VARCHAR(128) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	payer VARCHAR(128) NOT NULL,
	nonce VARCHAR(160) NOT NULL,
	fingerprint VARCHAR(128) NOT NULL,
	payload VARCHAR(128) NOT NULL,
	purchase VARCHAR(64),
	route VARCHAR(512),
	scheme VARCHAR(64),
	amount NUMERIC(78),
	pay_to VARCHAR(128),
	buyer VARCHAR(128),
	state VARCHAR(16) NOT NULL,
	active BOOLEAN NOT NULL,
	attempts INTEGER NOT NULL,
	runs INTEGER DEFAULT 0 NOT NULL,
	owner CHAR(36) NOT NULL,
	version BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	expires_at BIGINT NOT NULL,
	due_at BIGINT,
	deliver_until BIGINT,
	transaction_hash VARCHAR(128),
	receipt CHARACTER LARGE OBJECT,
	request BINARY LARGE OBJECT,
	answer BINARY LARGE OBJECT,
	CONSTRAINT x402_claim_transaction UNIQUE (network, transaction_hash)
);
CREATE INDEX IF NOT EXISTS x402_claim_expiry ON x402_claim (expires_at);
CREATE INDEX IF NOT EXISTS x402_claim_due ON x402_claim (due_at);
CREATE INDEX IF NOT EXISTS x402_claim_delivery ON x402_claim (deliver_until);
CREATE TABLE IF NOT EXISTS x402_ledger (
	id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	written_at BIGINT NOT NULL,
	event VARCHAR(16) NOT NULL,
	purchase VARCHAR(64) NOT NULL,
	route VARCHAR(512) NOT NULL,
	network VARCHAR(128) NOT NULL,
	scheme VARCHAR(64) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	amount NUMERIC(78) NOT NULL,
	pay_to VARCHAR(128) NOT NULL,
	payer VARCHAR(128),
	payer_lower VARCHAR(128),
	transaction_hash VARCHAR(128),
	reason VARCHAR(128),
	note VARCHAR(512),
	publish_at BIGINT
);
CREATE INDEX IF NOT EXISTS x402_ledger_time ON x402_ledger (written_at);
CREATE INDEX IF NOT EXISTS x402_ledger_purchase ON x402_ledger (purchase);
CREATE INDEX IF NOT EXISTS x402_ledger_payer ON x402_ledger (payer_lower, id);
CREATE INDEX IF NOT EXISTS x402_ledger_route ON x402_ledger (route, id);
CREATE INDEX IF NOT EXISTS x402_ledger_publication ON x402_ledger (publish_at, id);
CREATE INDEX IF NOT EXISTS x402_ledger_event ON x402_ledger (event, id);
CREATE TABLE IF NOT EXISTS x402_pass (
	id CHAR(32) NOT NULL PRIMARY KEY,
	token_hash CHAR(64) NOT NULL,
	attempt VARCHAR(64) NOT NULL,
	network VARCHAR(128) NOT NULL,
	asset VARCHAR(128) NOT NULL,
	amount NUMERIC(78) NOT NULL,
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
);
CREATE INDEX IF NOT EXISTS x402_pass_end ON x402_pass (forget_at);
CREATE INDEX IF NOT EXISTS x402_pass_time ON x402_pass (prepared_at);
CREATE INDEX IF NOT EXISTS x402_pass_payer ON x402_pass (payer_lower, scope, prepared_at);
CREATE TABLE IF NOT EXISTS x402_pass_use (
	id VARCHAR(64) NOT NULL PRIMARY KEY,
	pass CHAR(32) NOT NULL,
	uses BIGINT NOT NULL,
	given_back BOOLEAN NOT NULL,
	forget_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS x402_pass_use_end ON x402_pass_use (forget_at);
CREATE TABLE IF NOT EXISTS x402_free_call (
	id CHAR(64) NOT NULL PRIMARY KEY,
	quota CHAR(64) NOT NULL,
	used INTEGER NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE INDEX IF NOT EXISTS x402_free_call_end ON x402_free_call (ends_at);

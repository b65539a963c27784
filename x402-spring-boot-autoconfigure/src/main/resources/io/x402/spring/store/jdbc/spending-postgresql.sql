CREATE TABLE IF NOT EXISTS x402_spending_total (
	account VARCHAR(64) NOT NULL,
	host VARCHAR(300) NOT NULL,
	micros BIGINT NOT NULL,
	PRIMARY KEY (account, host)
);
CREATE TABLE IF NOT EXISTS x402_spending (
	account VARCHAR(64) NOT NULL,
	host VARCHAR(300) NOT NULL,
	spent_minute BIGINT NOT NULL,
	micros BIGINT NOT NULL,
	PRIMARY KEY (account, host, spent_minute)
);
CREATE TABLE IF NOT EXISTS x402_recipient (
	account VARCHAR(64) NOT NULL,
	host VARCHAR(300) NOT NULL,
	network VARCHAR(64) NOT NULL,
	pay_to VARCHAR(64) NOT NULL,
	PRIMARY KEY (account, host, network)
);

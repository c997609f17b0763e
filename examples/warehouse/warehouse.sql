-- A little warehouse of a made-up software business: who its customers are, what they paid
-- for each month, and what was spent on winning more of them. Amounts are cents of USD.

CREATE TABLE accounts (
	account TEXT PRIMARY KEY,
	segment TEXT NOT NULL          -- small, medium, large
);

-- The monthly recurring revenue of an account at the end of a month. An account without a
-- row for a month is no customer in it.
CREATE TABLE recurring (
	account TEXT NOT NULL REFERENCES accounts,
	month   TEXT NOT NULL,         -- 2026-03
	cents   INTEGER NOT NULL CHECK (cents > 0),
	PRIMARY KEY (account, month)
);

CREATE TABLE marketing (
	segment TEXT NOT NULL,
	month   TEXT NOT NULL,
	cents   INTEGER NOT NULL,
	PRIMARY KEY (segment, month)
);

-- The months to report, and the one before each.
CREATE TABLE months (
	month  TEXT PRIMARY KEY,
	before TEXT NOT NULL
);

INSERT INTO months VALUES ('2026-01', '2025-12'), ('2026-02', '2026-01'), ('2026-03', '2026-02');

INSERT INTO accounts VALUES
	('alder', 'small'), ('birch', 'small'), ('cedar', 'small'), ('dogwood', 'small'), ('elm', 'small'),
	('fir', 'medium'), ('ginkgo', 'medium'), ('hazel', 'medium'), ('iroko', 'medium'),
	('juniper', 'large'), ('kapok', 'large');

INSERT INTO recurring VALUES
	('alder', '2025-12', 4900),     ('alder', '2026-01', 4900),     ('alder', '2026-02', 9900),     ('alder', '2026-03', 9900),
	('birch', '2025-12', 9900),     ('birch', '2026-01', 4900),     ('birch', '2026-02', 4900),
	('cedar', '2025-12', 4900),                                     ('cedar', '2026-02', 4900),     ('cedar', '2026-03', 4900),
	                                ('dogwood', '2026-01', 9900),   ('dogwood', '2026-02', 9900),   ('dogwood', '2026-03', 14900),
	                                                                                                ('elm', '2026-03', 4900),
	('fir', '2025-12', 49900),      ('fir', '2026-01', 49900),      ('fir', '2026-02', 59900),      ('fir', '2026-03', 59900),
	('ginkgo', '2025-12', 39900),   ('ginkgo', '2026-01', 39900),   ('ginkgo', '2026-02', 39900),
	                                ('hazel', '2026-01', 24900),    ('hazel', '2026-02', 24900),    ('hazel', '2026-03', 19900),
	                                                                ('iroko', '2026-02', 29900),    ('iroko', '2026-03', 29900),
	                                ('juniper', '2026-01', 240000), ('juniper', '2026-02', 240000), ('juniper', '2026-03', 300000),
	                                                                                                ('kapok', '2026-03', 180050);

INSERT INTO marketing VALUES
	('small', '2026-01', 12000),  ('small', '2026-02', 8000),   ('small', '2026-03', 10000),
	('medium', '2026-01', 45000), ('medium', '2026-02', 40000), ('medium', '2026-03', 0),
	('large', '2026-01', 300000), ('large', '2026-02', 150000), ('large', '2026-03', 250000);

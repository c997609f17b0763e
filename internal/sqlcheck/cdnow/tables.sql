-- The log as it is, one row a line. Two equal lines are two purchases.
CREATE TABLE log (
  line     INTEGER PRIMARY KEY,
  customer TEXT    NOT NULL, -- id in the full data
  at       INTEGER NOT NULL, -- start of the day, nanoseconds of Unix time
  cds      INTEGER NOT NULL,
  cents    INTEGER NOT NULL
);

-- The period and the segment that the queries are asked about, in one row.
CREATE TABLE cell (
  start_at INTEGER NOT NULL,
  end_at   INTEGER NOT NULL, -- not in it
  segment  TEXT              -- NULL is all of them together
);

-- Purchases of the cell.
CREATE VIEW here AS
SELECT log.*
FROM cell CROSS JOIN log
WHERE log.at >= cell.start_at AND log.at < cell.end_at
  AND (cell.segment IS NULL OR CAST(log.cds AS TEXT) = cell.segment);

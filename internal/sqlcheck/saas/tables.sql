-- The log as it is, one row a line: copies, late rows and test traffic included. Times are
-- nanoseconds of Unix time; props is the JSON of the line.
CREATE TABLE log (
  line           INTEGER PRIMARY KEY,
  source         TEXT    NOT NULL,
  id             TEXT    NOT NULL,
  event          TEXT    NOT NULL,
  time           INTEGER NOT NULL,
  effective_time INTEGER,
  recorded_time  INTEGER,
  seq            INTEGER NOT NULL,
  user_id        TEXT,
  anonymous_id   TEXT,
  account_id     TEXT,
  session_id     TEXT,
  test           INTEGER NOT NULL,
  props          TEXT    NOT NULL
);

-- The period and the segment that the queries are asked about, in one row.
CREATE TABLE cell (
  start_at INTEGER NOT NULL,
  end_at   INTEGER NOT NULL, -- not in it
  segment  TEXT              -- NULL is all of them together
);

-- What happened: each event once, none of the tests, at the time it counts in.
CREATE VIEW happened AS
WITH copies AS (
  SELECT *, row_number() OVER (PARTITION BY source, id ORDER BY time, seq, recorded_time, line) AS copy
  FROM log
)
SELECT
  row_number() OVER (ORDER BY time, seq, recorded_time, source, id) AS place, -- in the order of what happened
  event,
  coalesce(effective_time, time)              AS at,
  coalesce(user_id, anonymous_id, account_id) AS customer,
  coalesce(props ->> 'region', '(none)')      AS segment,
  props ->> 'amount'          AS amount, -- cents
  props ->> 'attempt'         AS attempt,
  props ->> 'author'          AS author,
  props ->> 'bounce_type'     AS bounce_type,
  props ->> 'cart_id'         AS cart_id,
  props ->> 'clicks'          AS clicks,
  props ->> 'converted'       AS converted,
  props ->> 'engaged'         AS engaged,
  props ->> 'impressions'     AS impressions,
  props ->> 'invoice_id'      AS invoice_id,
  props ->> 'machine'         AS machine,
  props ->> 'message_id'      AS message_id,
  props ->> 'opportunity_id'  AS opportunity_id,
  props ->> 'order_id'        AS order_id,
  props ->> 'page_views'      AS page_views,
  props ->> 'public'          AS public,
  props ->> 'quantity'        AS quantity,
  props ->> 'response_id'     AS response_id,
  props ->> 'scale_max'       AS scale_max,
  props ->> 'scale_min'       AS scale_min,
  props ->> 'score'           AS score,
  props ->> 'subscription_id' AS subscription_id,
  props ->> 'ticket_id'       AS ticket_id,
  props ->> 'type'            AS type,
  props ->> 'voluntary'       AS voluntary,
  props ->> 'won'             AS won
FROM copies
WHERE copy = 1 AND NOT test;

-- happened, written out once the log is loaded.
CREATE TABLE events AS SELECT * FROM happened;
CREATE INDEX events_at ON events (at);
CREATE INDEX events_event ON events (event);

-- Events of the cell.
CREATE VIEW here AS
SELECT events.*
FROM cell CROSS JOIN events
WHERE events.at >= cell.start_at AND events.at < cell.end_at
  AND (cell.segment IS NULL OR events.segment = cell.segment);

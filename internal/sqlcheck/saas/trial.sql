-- trial.starts: count
SELECT count(*) FROM here WHERE event = 'trial_started';

-- trial.conversions: count
SELECT count(*) FROM here WHERE event = 'trial_ended' AND converted = 1;

-- trial.trial_to_paid_rate: share
SELECT
  count(*) FILTER (WHERE event = 'trial_ended' AND converted = 1),
  count(*) FILTER (WHERE event = 'trial_started')
FROM here;

-- trial.ended: count
SELECT count(*) FROM here WHERE event = 'trial_ended';

-- trial.period_conversions: count
SELECT count(*) FROM here WHERE event = 'trial_ended' AND converted = 1;

-- trial.trial_to_paid_rate_of_ended: share
SELECT count(*) FILTER (WHERE converted = 1), count(*) FROM here WHERE event = 'trial_ended';

-- trial.trial_to_paid_rate_same_period: ratio
SELECT
  count(*) FILTER (WHERE event = 'trial_ended' AND converted = 1),
  count(*) FILTER (WHERE event = 'trial_started')
FROM here;

-- trial.signup_rate: ratio
SELECT
  count(*) FILTER (WHERE event = 'trial_started'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'session_ended')
FROM here;

-- trial.lengths: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the first end, and in the segment of the first start.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'trial_started' GROUP BY customer),
  ended AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'trial_ended' GROUP BY customer)
SELECT ended.at - began.at
FROM began JOIN ended USING (customer) CROSS JOIN cell
WHERE ended.at >= began.at
  AND ended.at >= cell.start_at AND ended.at < cell.end_at
  AND (cell.segment IS NULL OR began.segment = cell.segment)
ORDER BY 1;

-- trial.trial_length: mean
-- Of the middle one or the middle two.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'trial_started' GROUP BY customer),
  ended AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'trial_ended' GROUP BY customer),
  ranked AS (
    SELECT
      ended.at - began.at AS took,
      row_number() OVER (ORDER BY ended.at - began.at) AS rank,
      count(*) OVER () AS n
    FROM began JOIN ended USING (customer) CROSS JOIN cell
    WHERE ended.at >= began.at
      AND ended.at >= cell.start_at AND ended.at < cell.end_at
      AND (cell.segment IS NULL OR began.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- trial.conversion_times: durations
-- To the first end that was paid, whatever ended before.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'trial_started' GROUP BY customer),
  paid AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'trial_ended' AND converted = 1 GROUP BY customer)
SELECT paid.at - began.at
FROM began JOIN paid USING (customer) CROSS JOIN cell
WHERE paid.at >= began.at
  AND paid.at >= cell.start_at AND paid.at < cell.end_at
  AND (cell.segment IS NULL OR began.segment = cell.segment)
ORDER BY 1;

-- trial.time_to_conversion: mean
-- Of the middle one or the middle two.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'trial_started' GROUP BY customer),
  paid AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'trial_ended' AND converted = 1 GROUP BY customer),
  ranked AS (
    SELECT
      paid.at - began.at AS took,
      row_number() OVER (ORDER BY paid.at - began.at) AS rank,
      count(*) OVER () AS n
    FROM began JOIN paid USING (customer) CROSS JOIN cell
    WHERE paid.at >= began.at
      AND paid.at >= cell.start_at AND paid.at < cell.end_at
      AND (cell.segment IS NULL OR began.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

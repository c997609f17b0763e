-- churn.cancellation_requests: count
SELECT count(*) FROM here WHERE event = 'subscription_cancellation_requested';

-- churn.cancellation_intents: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'subscription_cancellation_requested';

-- churn.cancellations: count
SELECT count(*) FROM here WHERE event = 'subscription_cancelled';

-- churn.voluntarily_churned_customers: count
-- A cancellation that does not say whose wish it was does not count.
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'subscription_cancelled' AND voluntary = 1;

-- churn.times_to_churn: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the first end, and in the segment of the start.
WITH
  started AS (SELECT subscription_id, segment, at, min(place) FROM events
    WHERE event = 'subscription_started' GROUP BY subscription_id),
  ended AS (SELECT subscription_id, at, min(place) FROM events
    WHERE event = 'subscription_cancelled' GROUP BY subscription_id)
SELECT ended.at - started.at
FROM started JOIN ended USING (subscription_id) CROSS JOIN cell
WHERE ended.at >= started.at
  AND ended.at >= cell.start_at AND ended.at < cell.end_at
  AND (cell.segment IS NULL OR started.segment = cell.segment)
ORDER BY 1;

-- churn.time_to_churn: mean
-- Of the middle one or the middle two.
WITH
  started AS (SELECT subscription_id, segment, at, min(place) FROM events
    WHERE event = 'subscription_started' GROUP BY subscription_id),
  ended AS (SELECT subscription_id, at, min(place) FROM events
    WHERE event = 'subscription_cancelled' GROUP BY subscription_id),
  ranked AS (
    SELECT
      ended.at - started.at AS took,
      row_number() OVER (ORDER BY ended.at - started.at) AS rank,
      count(*) OVER () AS n
    FROM started JOIN ended USING (subscription_id) CROSS JOIN cell
    WHERE ended.at >= started.at
      AND ended.at >= cell.start_at AND ended.at < cell.end_at
      AND (cell.segment IS NULL OR started.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- churn.mean_time_to_churn: mean
WITH
  started AS (SELECT subscription_id, segment, at, min(place) FROM events
    WHERE event = 'subscription_started' GROUP BY subscription_id),
  ended AS (SELECT subscription_id, at, min(place) FROM events
    WHERE event = 'subscription_cancelled' GROUP BY subscription_id)
SELECT coalesce(sum(ended.at - started.at), 0), count(*)
FROM started JOIN ended USING (subscription_id) CROSS JOIN cell
WHERE ended.at >= started.at
  AND ended.at >= cell.start_at AND ended.at < cell.end_at
  AND (cell.segment IS NULL OR started.segment = cell.segment);

-- sales.created_opportunities: count
SELECT count(*) FROM here WHERE event = 'opportunity_created';

-- sales.won_opportunities: count
SELECT count(*) FROM here WHERE event = 'opportunity_closed' AND won = 1;

-- sales.lost_opportunities: count
SELECT count(*) FROM here WHERE event = 'opportunity_closed' AND won = 0;

-- sales.won_value: money
SELECT read_sum(amount) FROM here WHERE event = 'opportunity_closed' AND won = 1;

-- sales.average_deal: price
SELECT read_sum(amount), count(*) FROM here WHERE event = 'opportunity_closed' AND won = 1;

-- sales.win_rate: share
SELECT count(*) FILTER (WHERE won = 1), count(*) FILTER (WHERE won IN (0, 1))
FROM here WHERE event = 'opportunity_closed';

-- sales.close_rate: ratio
SELECT
  count(*) FILTER (WHERE event = 'opportunity_closed' AND won = 1),
  count(*) FILTER (WHERE event = 'opportunity_created')
FROM here;

-- sales.sales_cycles: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the win, and in the segment of the opening.
WITH
  opened AS (SELECT opportunity_id, segment, at, min(place) FROM events
    WHERE event = 'opportunity_created' GROUP BY opportunity_id),
  won AS (SELECT opportunity_id, at, min(place) FROM events
    WHERE event = 'opportunity_closed' AND won = 1 GROUP BY opportunity_id)
SELECT won.at - opened.at
FROM opened JOIN won USING (opportunity_id) CROSS JOIN cell
WHERE won.at >= opened.at
  AND won.at >= cell.start_at AND won.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment)
ORDER BY 1;

-- sales.cycle_length: mean
-- Of the middle one or the middle two.
WITH
  opened AS (SELECT opportunity_id, segment, at, min(place) FROM events
    WHERE event = 'opportunity_created' GROUP BY opportunity_id),
  won AS (SELECT opportunity_id, at, min(place) FROM events
    WHERE event = 'opportunity_closed' AND won = 1 GROUP BY opportunity_id),
  ranked AS (
    SELECT
      won.at - opened.at AS took,
      row_number() OVER (ORDER BY won.at - opened.at) AS rank,
      count(*) OVER () AS n
    FROM opened JOIN won USING (opportunity_id) CROSS JOIN cell
    WHERE won.at >= opened.at
      AND won.at >= cell.start_at AND won.at < cell.end_at
      AND (cell.segment IS NULL OR opened.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- sales.created_value: money
SELECT read_sum(amount) FROM here WHERE event = 'opportunity_created';

-- sales.lost_value: money
SELECT read_sum(amount) FROM here WHERE event = 'opportunity_closed' AND won = 0;

-- sales.loss_rate: share
SELECT count(*) FILTER (WHERE won = 0), count(*) FILTER (WHERE won IN (0, 1))
FROM here WHERE event = 'opportunity_closed';

-- sales.win_loss_ratio: ratio
SELECT count(*) FILTER (WHERE won = 1), count(*) FILTER (WHERE won = 0)
FROM here WHERE event = 'opportunity_closed';

-- sales.win_rate_by_value: share
-- Without the value of what was won, or of what was lost, there is no value of both.
SELECT
  read_sum(amount) FILTER (WHERE won = 1),
  read_sum(amount) FILTER (WHERE won = 1) + read_sum(amount) FILTER (WHERE won = 0)
FROM here WHERE event = 'opportunity_closed';

-- sales.required_coverage: ratio
-- One over the share won.
SELECT count(*) FILTER (WHERE won IN (0, 1)), count(*) FILTER (WHERE won = 1)
FROM here WHERE event = 'opportunity_closed';

-- sales.mean_cycle_length: mean
WITH
  opened AS (SELECT opportunity_id, segment, at, min(place) FROM events
    WHERE event = 'opportunity_created' GROUP BY opportunity_id),
  won AS (SELECT opportunity_id, at, min(place) FROM events
    WHERE event = 'opportunity_closed' AND won = 1 GROUP BY opportunity_id)
SELECT coalesce(sum(won.at - opened.at), 0), count(*)
FROM opened JOIN won USING (opportunity_id) CROSS JOIN cell
WHERE won.at >= opened.at
  AND won.at >= cell.start_at AND won.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment);

-- sales.closed_cycles: durations
-- Whatever the decision was, and also if it is not said.
WITH
  opened AS (SELECT opportunity_id, segment, at, min(place) FROM events
    WHERE event = 'opportunity_created' GROUP BY opportunity_id),
  closed AS (SELECT opportunity_id, at, min(place) FROM events
    WHERE event = 'opportunity_closed' GROUP BY opportunity_id)
SELECT closed.at - opened.at
FROM opened JOIN closed USING (opportunity_id) CROSS JOIN cell
WHERE closed.at >= opened.at
  AND closed.at >= cell.start_at AND closed.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment)
ORDER BY 1;

-- sales.closed_cycle_length: mean
-- Of the middle one or the middle two.
WITH
  opened AS (SELECT opportunity_id, segment, at, min(place) FROM events
    WHERE event = 'opportunity_created' GROUP BY opportunity_id),
  closed AS (SELECT opportunity_id, at, min(place) FROM events
    WHERE event = 'opportunity_closed' GROUP BY opportunity_id),
  ranked AS (
    SELECT
      closed.at - opened.at AS took,
      row_number() OVER (ORDER BY closed.at - opened.at) AS rank,
      count(*) OVER () AS n
    FROM opened JOIN closed USING (opportunity_id) CROSS JOIN cell
    WHERE closed.at >= opened.at
      AND closed.at >= cell.start_at AND closed.at < cell.end_at
      AND (cell.segment IS NULL OR opened.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- support.tickets: count
SELECT count(*) FROM here WHERE event = 'ticket_created';

-- support.escalated_tickets: count
SELECT read_count(DISTINCT ticket_id) FROM here WHERE event = 'ticket_escalated';

-- support.escalation_rate: ratio
SELECT
  read_count(DISTINCT ticket_id) FILTER (WHERE event = 'ticket_escalated'),
  count(*) FILTER (WHERE event = 'ticket_created')
FROM here;

-- support.first_responses: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the first public reply of an agent, and in the segment of the opening.
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  answered AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_replied' AND author = 'agent' AND public = 1 GROUP BY ticket_id)
SELECT answered.at - opened.at
FROM opened JOIN answered USING (ticket_id) CROSS JOIN cell
WHERE answered.at >= opened.at
  AND answered.at >= cell.start_at AND answered.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment)
ORDER BY 1;

-- support.first_response_time: mean
-- Of the middle one or the middle two.
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  answered AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_replied' AND author = 'agent' AND public = 1 GROUP BY ticket_id),
  ranked AS (
    SELECT
      answered.at - opened.at AS took,
      row_number() OVER (ORDER BY answered.at - opened.at) AS rank,
      count(*) OVER () AS n
    FROM opened JOIN answered USING (ticket_id) CROSS JOIN cell
    WHERE answered.at >= opened.at
      AND answered.at >= cell.start_at AND answered.at < cell.end_at
      AND (cell.segment IS NULL OR opened.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- support.mean_first_response_time: mean
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  answered AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_replied' AND author = 'agent' AND public = 1 GROUP BY ticket_id)
SELECT coalesce(sum(answered.at - opened.at), 0), count(*)
FROM opened JOIN answered USING (ticket_id) CROSS JOIN cell
WHERE answered.at >= opened.at
  AND answered.at >= cell.start_at AND answered.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment);

-- support.contacting_customers: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'ticket_created';

-- support.tickets_per_contacting_customer: ratio
SELECT count(*), read_count(DISTINCT customer) FROM here WHERE event = 'ticket_created';

-- support.contacts_per_order: ratio
SELECT count(*) FILTER (WHERE event = 'ticket_created'), count(*) FILTER (WHERE event = 'order_completed') FROM here;

-- support.agent_replies: count
SELECT count(*) FROM here WHERE event = 'ticket_replied' AND author = 'agent' AND public = 1;

-- support.solved_tickets: count
SELECT count(*) FROM here WHERE event = 'ticket_solved';

-- support.replies_per_solution: ratio
SELECT
  count(*) FILTER (WHERE event = 'ticket_replied' AND author = 'agent' AND public = 1),
  count(*) FILTER (WHERE event = 'ticket_solved')
FROM here;

-- support.resolutions: durations
-- In the period of the first solution, and in the segment of the opening.
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  solved AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_solved' GROUP BY ticket_id)
SELECT solved.at - opened.at
FROM opened JOIN solved USING (ticket_id) CROSS JOIN cell
WHERE solved.at >= opened.at
  AND solved.at >= cell.start_at AND solved.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment)
ORDER BY 1;

-- support.resolution_time: mean
-- Of the middle one or the middle two.
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  solved AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_solved' GROUP BY ticket_id),
  ranked AS (
    SELECT
      solved.at - opened.at AS took,
      row_number() OVER (ORDER BY solved.at - opened.at) AS rank,
      count(*) OVER () AS n
    FROM opened JOIN solved USING (ticket_id) CROSS JOIN cell
    WHERE solved.at >= opened.at
      AND solved.at >= cell.start_at AND solved.at < cell.end_at
      AND (cell.segment IS NULL OR opened.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- support.mean_resolution_time: mean
WITH
  opened AS (SELECT ticket_id, segment, at, min(place) FROM events
    WHERE event = 'ticket_created' GROUP BY ticket_id),
  solved AS (SELECT ticket_id, at, min(place) FROM events
    WHERE event = 'ticket_solved' GROUP BY ticket_id)
SELECT coalesce(sum(solved.at - opened.at), 0), count(*)
FROM opened JOIN solved USING (ticket_id) CROSS JOIN cell
WHERE solved.at >= opened.at
  AND solved.at >= cell.start_at AND solved.at < cell.end_at
  AND (cell.segment IS NULL OR opened.segment = cell.segment);

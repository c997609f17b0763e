-- onboarding.signups: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'signed_up';

-- onboarding.activated_users: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'activated';

-- onboarding.activation_rate: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'activated'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'signed_up')
FROM here;

-- onboarding.times_to_value: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the first activation, and in the segment of the registration.
WITH
  registered AS (SELECT customer, segment, at, min(place) FROM events WHERE event = 'signed_up' GROUP BY customer),
  activated AS (SELECT customer, at, min(place) FROM events WHERE event = 'activated' GROUP BY customer)
SELECT activated.at - registered.at
FROM registered JOIN activated USING (customer) CROSS JOIN cell
WHERE activated.at >= registered.at
  AND activated.at >= cell.start_at AND activated.at < cell.end_at
  AND (cell.segment IS NULL OR registered.segment = cell.segment)
ORDER BY 1;

-- onboarding.time_to_value: mean
-- Of the middle one or the middle two.
WITH
  registered AS (SELECT customer, segment, at, min(place) FROM events WHERE event = 'signed_up' GROUP BY customer),
  activated AS (SELECT customer, at, min(place) FROM events WHERE event = 'activated' GROUP BY customer),
  ranked AS (
    SELECT
      activated.at - registered.at AS took,
      row_number() OVER (ORDER BY activated.at - registered.at) AS rank,
      count(*) OVER () AS n
    FROM registered JOIN activated USING (customer) CROSS JOIN cell
    WHERE activated.at >= registered.at
      AND activated.at >= cell.start_at AND activated.at < cell.end_at
      AND (cell.segment IS NULL OR registered.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

-- onboarding.mean_time_to_value: mean
WITH
  registered AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'signed_up' GROUP BY customer),
  activated AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'activated' GROUP BY customer)
SELECT coalesce(sum(activated.at - registered.at), 0), count(*)
FROM registered JOIN activated USING (customer) CROSS JOIN cell
WHERE activated.at >= registered.at
  AND activated.at >= cell.start_at AND activated.at < cell.end_at
  AND (cell.segment IS NULL OR registered.segment = cell.segment);

-- onboarding.unactivated_share: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'signed_up')
    - read_count(DISTINCT customer) FILTER (WHERE event = 'activated'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'signed_up')
FROM here;

-- onboarding.new_accounts: count
SELECT count(*) FROM here WHERE event = 'account_created';

-- onboarding.invites_sent: count
SELECT count(*) FROM here WHERE event = 'invite_sent';

-- onboarding.started_onboarding: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'onboarding_started';

-- onboarding.completed_onboarding: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'onboarding_completed';

-- onboarding.start_rate: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'onboarding_started'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'signed_up')
FROM here;

-- onboarding.completion_rate: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'onboarding_completed'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'onboarding_started')
FROM here;

-- onboarding.completion_rate_of_signups: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'onboarding_completed'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'signed_up')
FROM here;

-- onboarding.onboarding_times: durations
-- With min(place), SQLite takes the other columns of a group from its first event. In the period of the first completion, and in the segment of the start.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'onboarding_started' GROUP BY customer),
  finished AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'onboarding_completed' GROUP BY customer)
SELECT finished.at - began.at
FROM began JOIN finished USING (customer) CROSS JOIN cell
WHERE finished.at >= began.at
  AND finished.at >= cell.start_at AND finished.at < cell.end_at
  AND (cell.segment IS NULL OR began.segment = cell.segment)
ORDER BY 1;

-- onboarding.time_to_complete: mean
-- Of the middle one or the middle two.
WITH
  began AS (SELECT customer, segment, at, min(place) FROM events
    WHERE event = 'onboarding_started' GROUP BY customer),
  finished AS (SELECT customer, at, min(place) FROM events
    WHERE event = 'onboarding_completed' GROUP BY customer),
  ranked AS (
    SELECT
      finished.at - began.at AS took,
      row_number() OVER (ORDER BY finished.at - began.at) AS rank,
      count(*) OVER () AS n
    FROM began JOIN finished USING (customer) CROSS JOIN cell
    WHERE finished.at >= began.at
      AND finished.at >= cell.start_at AND finished.at < cell.end_at
      AND (cell.segment IS NULL OR began.segment = cell.segment)
  )
SELECT coalesce(sum(took), 0), count(*) FROM ranked WHERE rank IN ((n + 1) / 2, n / 2 + 1);

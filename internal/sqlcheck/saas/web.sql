-- web.sessions: count
SELECT count(*) FROM here WHERE event = 'session_ended';

-- web.engaged_sessions: count
SELECT count(*) FROM here WHERE event = 'session_ended' AND engaged = 1;

-- web.page_views: count
SELECT count(*) FROM here WHERE event = 'page_viewed';

-- web.bounce_rate: share
-- A visit that does not say whether it was engaged was not.
SELECT count(*) FILTER (WHERE engaged IS NOT 1), count(*) FROM here WHERE event = 'session_ended';

-- web.engagement_rate: share
SELECT count(*) FILTER (WHERE engaged = 1), count(*) FROM here WHERE event = 'session_ended';

-- web.pages_per_session: ratio
SELECT count(*) FILTER (WHERE event = 'page_viewed'), count(*) FILTER (WHERE event = 'session_ended') FROM here;

-- web.visitors: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'session_ended';

-- web.sessions_per_visitor: ratio
SELECT count(*), read_count(DISTINCT customer) FROM here WHERE event = 'session_ended';

-- web.views_per_visitor: ratio
SELECT
  count(*) FILTER (WHERE event = 'page_viewed'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'session_ended')
FROM here;

-- web.single_page_sessions: count
SELECT count(*) FROM here WHERE event = 'session_ended' AND page_views = 1;

-- web.single_page_bounce_rate: share
SELECT count(*) FILTER (WHERE page_views = 1), count(*) FROM here WHERE event = 'session_ended';

-- web.purchase_conversion_rate: ratio
SELECT count(*) FILTER (WHERE event = 'order_completed'), count(*) FILTER (WHERE event = 'session_ended') FROM here;

-- web.revenue_per_session: price
SELECT
  read_sum(amount) FILTER (WHERE event = 'order_completed'),
  count(*) FILTER (WHERE event = 'session_ended')
FROM here;

-- web.revenue_per_visitor: price
SELECT
  read_sum(amount) FILTER (WHERE event = 'order_completed'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'session_ended')
FROM here;

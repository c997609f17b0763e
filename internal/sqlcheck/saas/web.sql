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

-- web.pages_per_session: number
SELECT count(*) FILTER (WHERE event = 'page_viewed'), count(*) FILTER (WHERE event = 'session_ended') FROM here;

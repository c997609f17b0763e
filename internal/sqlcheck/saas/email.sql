-- An opening or a click that does not say who made it is taken for a reader's: IS NOT 1.

-- email.sent: count
SELECT count(*) FROM here WHERE event = 'email_sent';

-- email.bounces: count
SELECT count(*) FROM here WHERE event = 'email_bounced';

-- email.delivered: count
SELECT count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced') FROM here;

-- email.unique_opens: count
SELECT read_count(DISTINCT message_id) FROM here WHERE event = 'email_opened' AND machine IS NOT 1;

-- email.unique_clicks: count
SELECT read_count(DISTINCT message_id) FROM here WHERE event = 'email_link_clicked' AND machine IS NOT 1;

-- email.unsubscribes: count
SELECT count(*) FROM here WHERE event = 'unsubscribed';

-- email.delivery_rate: share
SELECT
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced'),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.bounce_rate: share
SELECT
  count(*) FILTER (WHERE event = 'email_bounced'),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.open_rate: share
SELECT
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_opened' AND machine IS NOT 1),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.open_rate_on_sent: share
SELECT
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_opened' AND machine IS NOT 1),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.click_through_rate: share
SELECT
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_link_clicked' AND machine IS NOT 1),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.click_to_open_rate: ratio
SELECT
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_link_clicked' AND machine IS NOT 1),
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_opened' AND machine IS NOT 1)
FROM here;

-- email.unsubscribe_rate: share
SELECT
  count(*) FILTER (WHERE event = 'unsubscribed'),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.hard_bounces: count
SELECT count(*) FROM here WHERE event = 'email_bounced' AND bounce_type = 'hard';

-- email.soft_bounces: count
SELECT count(*) FROM here WHERE event = 'email_bounced' AND bounce_type = 'soft';

-- email.hard_bounce_rate: share
SELECT
  count(*) FILTER (WHERE event = 'email_bounced' AND bounce_type = 'hard'),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.soft_bounce_rate: share
SELECT
  count(*) FILTER (WHERE event = 'email_bounced' AND bounce_type = 'soft'),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.opens_with_machines: count
SELECT read_count(DISTINCT message_id) FROM here WHERE event = 'email_opened';

-- email.open_rate_with_machines: share
SELECT
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_opened'),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.total_opens: count
SELECT count(*) FROM here WHERE event = 'email_opened' AND machine IS NOT 1;

-- email.total_clicks: count
SELECT count(*) FROM here WHERE event = 'email_link_clicked' AND machine IS NOT 1;

-- email.total_open_rate: ratio
SELECT
  count(*) FILTER (WHERE event = 'email_opened' AND machine IS NOT 1),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.total_click_rate: ratio
SELECT
  count(*) FILTER (WHERE event = 'email_link_clicked' AND machine IS NOT 1),
  count(*) FILTER (WHERE event = 'email_sent') - count(*) FILTER (WHERE event = 'email_bounced')
FROM here;

-- email.unsubscribe_rate_on_sent: share
SELECT
  count(*) FILTER (WHERE event = 'unsubscribed'),
  count(*) FILTER (WHERE event = 'email_sent')
FROM here;

-- email.unsubscribe_rate_on_opened: ratio
SELECT
  count(*) FILTER (WHERE event = 'unsubscribed'),
  read_count(DISTINCT message_id) FILTER (WHERE event = 'email_opened' AND machine IS NOT 1)
FROM here;

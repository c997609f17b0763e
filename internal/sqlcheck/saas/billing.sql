-- billing.failed_amount: money
SELECT read_sum(amount) FROM here WHERE event = 'payment_failed' AND attempt = 1;

-- billing.recovered_amount: money
SELECT read_sum(amount) FROM here WHERE event = 'payment_recovered';

-- billing.payment_recovery_rate: share
SELECT
  read_sum(amount) FILTER (WHERE event = 'payment_recovered'),
  read_sum(amount) FILTER (WHERE event = 'payment_failed' AND attempt = 1)
FROM here;

-- billing.failed_payments: count
SELECT read_count(DISTINCT invoice_id) FROM here WHERE event = 'payment_failed' AND attempt = 1;

-- billing.recovered_payments: count
SELECT read_count(DISTINCT invoice_id) FROM here WHERE event = 'payment_recovered';

-- billing.payment_recovery_rate_by_count: share
SELECT
  read_count(DISTINCT invoice_id) FILTER (WHERE event = 'payment_recovered'),
  read_count(DISTINCT invoice_id) FILTER (WHERE event = 'payment_failed' AND attempt = 1)
FROM here;

-- billing.involuntarily_churned_customers: count
-- A cancellation that does not say whose wish it was does not count.
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'subscription_cancelled' AND voluntary = 0;

-- billing.collected_amount: money
SELECT read_sum(amount) FROM here WHERE event = 'payment_succeeded';

-- billing.successful_payments: count
SELECT read_count(DISTINCT invoice_id) FROM here WHERE event = 'payment_succeeded';

-- billing.failed_accounts: count
-- At whichever attempt.
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'payment_failed';

-- billing.recovered_accounts: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'payment_recovered';

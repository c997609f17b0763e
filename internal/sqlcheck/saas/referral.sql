-- referral.new_customers: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'account_created';

-- referral.referred_customers: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'referral_converted';

-- referral.referral_rate: share
SELECT
  read_count(DISTINCT customer) FILTER (WHERE event = 'referral_converted'),
  read_count(DISTINCT customer) FILTER (WHERE event = 'account_created')
FROM here;

-- referral.referrals_sent: count
SELECT count(*) FROM here WHERE event = 'referral_sent';

-- referral.converted_referrals: count
SELECT count(*) FROM here WHERE event = 'referral_converted';

-- referral.referral_conversion_rate: ratio
SELECT
  count(*) FILTER (WHERE event = 'referral_converted'),
  count(*) FILTER (WHERE event = 'referral_sent')
FROM here;

-- referral.referring_customers: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'referral_sent';

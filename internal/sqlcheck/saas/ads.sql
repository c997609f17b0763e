-- ads.spend: money
SELECT read_sum(amount) FROM here WHERE event = 'ad_spend_recorded';

-- ads.impressions: count
SELECT read_sum(impressions) FROM here WHERE event = 'ad_spend_recorded';

-- ads.clicks: count
SELECT read_sum(clicks) FROM here WHERE event = 'ad_spend_recorded';

-- ads.actions: count
SELECT count(*) FROM here WHERE event = 'brochure_downloaded';

-- ads.click_through_rate: ratio
SELECT read_sum(clicks), read_sum(impressions) FROM here WHERE event = 'ad_spend_recorded';

-- ads.cost_per_click: price
SELECT read_sum(amount), read_sum(clicks) FROM here WHERE event = 'ad_spend_recorded';

-- ads.cost_per_action: price
SELECT
  read_sum(amount) FILTER (WHERE event = 'ad_spend_recorded'),
  count(*) FILTER (WHERE event = 'brochure_downloaded')
FROM here;

-- ads.cost_per_mille: price
SELECT 1000 * read_sum(amount), read_sum(impressions) FROM here WHERE event = 'ad_spend_recorded';

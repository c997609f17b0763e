-- ads.spend: money
SELECT coalesce(sum(amount), 0) FROM here WHERE event = 'ad_spend_recorded';

-- ads.impressions: count
SELECT coalesce(sum(impressions), 0) FROM here WHERE event = 'ad_spend_recorded';

-- ads.clicks: count
SELECT coalesce(sum(clicks), 0) FROM here WHERE event = 'ad_spend_recorded';

-- ads.actions: count
SELECT count(*) FROM here WHERE event = 'brochure_downloaded';

-- ads.click_through_rate: ratio
SELECT coalesce(sum(clicks), 0), coalesce(sum(impressions), 0) FROM here WHERE event = 'ad_spend_recorded';

-- ads.cost_per_click: price
SELECT coalesce(sum(amount), 0), coalesce(sum(clicks), 0) FROM here WHERE event = 'ad_spend_recorded';

-- ads.cost_per_action: price
SELECT
  coalesce(sum(amount) FILTER (WHERE event = 'ad_spend_recorded'), 0),
  count(*) FILTER (WHERE event = 'brochure_downloaded')
FROM here;

-- ads.cost_per_mille: price
SELECT 1000 * coalesce(sum(amount), 0), coalesce(sum(impressions), 0) FROM here WHERE event = 'ad_spend_recorded';

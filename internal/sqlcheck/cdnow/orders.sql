-- orders.orders: count
SELECT count(*) FROM here;

-- orders.revenue: money
SELECT coalesce(sum(cents), 0) FROM here;

-- orders.customers: count
SELECT count(DISTINCT customer) FROM here;

-- orders.repeat_customers: count
SELECT count(*) FROM (SELECT customer FROM here GROUP BY customer HAVING count(*) >= 2);

-- orders.units: count
SELECT coalesce(sum(cds), 0) FROM here;

-- orders.average_order_value: price
SELECT coalesce(sum(cents), 0), count(*) FROM here;

-- orders.items_per_order: ratio
SELECT coalesce(sum(cds), 0), count(*) FROM here;

-- orders.repeat_purchase_rate: share
SELECT count(*) FILTER (WHERE purchases >= 2), count(*)
FROM (SELECT count(*) AS purchases FROM here GROUP BY customer);

-- orders.purchase_frequency: ratio
SELECT count(*), count(DISTINCT customer) FROM here;

-- orders.revenue_per_customer: price
SELECT coalesce(sum(cents), 0), count(DISTINCT customer) FROM here;

-- orders.average_selling_price: price
SELECT coalesce(sum(cents), 0), coalesce(sum(cds), 0) FROM here;

-- orders.orders: count
SELECT count(*) FROM here WHERE event = 'order_completed';

-- orders.revenue: money
SELECT coalesce(sum(amount), 0) FROM here WHERE event = 'order_completed';

-- orders.customers: count
SELECT count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.repeat_customers: count
SELECT count(*) FROM (
  SELECT customer FROM here WHERE event = 'order_completed' GROUP BY customer HAVING count(*) >= 2
);

-- orders.units: count
SELECT coalesce(sum(quantity), 0) FROM here WHERE event = 'order_completed';

-- orders.average_order_value: price
SELECT coalesce(sum(amount), 0), count(*) FROM here WHERE event = 'order_completed';

-- orders.items_per_order: ratio
SELECT coalesce(sum(quantity), 0), count(*) FROM here WHERE event = 'order_completed';

-- orders.repeat_purchase_rate: share
SELECT count(*) FILTER (WHERE purchases >= 2), count(*)
FROM (SELECT count(*) AS purchases FROM here WHERE event = 'order_completed' GROUP BY customer);

-- orders.purchase_frequency: ratio
SELECT count(*), count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.revenue_per_customer: price
SELECT coalesce(sum(amount), 0), count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.refunds: count
SELECT count(DISTINCT order_id) FROM here WHERE event = 'order_refunded';

-- orders.refunded_amount: money
SELECT coalesce(sum(amount), 0) FROM here WHERE event = 'order_refunded';

-- orders.refund_rate: ratio
SELECT
  count(DISTINCT order_id) FILTER (WHERE event = 'order_refunded'),
  count(*) FILTER (WHERE event = 'order_completed')
FROM here;

-- orders.refund_rate_by_value: ratio
SELECT
  coalesce(sum(amount) FILTER (WHERE event = 'order_refunded'), 0),
  coalesce(sum(amount) FILTER (WHERE event = 'order_completed'), 0)
FROM here;

-- orders.carts: count
SELECT count(DISTINCT cart_id) FROM here WHERE event = 'product_added';

-- orders.purchased_carts: count
SELECT count(DISTINCT cart_id) FROM here WHERE event = 'order_completed';

-- orders.cart_abandonment_rate: share
SELECT
  count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
    - count(DISTINCT cart_id) FILTER (WHERE event = 'order_completed'),
  count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
FROM here;

-- orders.average_selling_price: price
SELECT coalesce(sum(amount), 0), coalesce(sum(quantity), 0) FROM here WHERE event = 'order_completed';

-- orders.average_order_value_after_returns: price
SELECT
  coalesce(sum(amount) FILTER (WHERE event = 'order_completed'), 0)
    - coalesce(sum(amount) FILTER (WHERE event = 'order_refunded'), 0),
  count(*) FILTER (WHERE event = 'order_completed')
FROM here;

-- orders.cart_conversion_rate: share
SELECT
  count(DISTINCT cart_id) FILTER (WHERE event = 'order_completed'),
  count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
FROM here;

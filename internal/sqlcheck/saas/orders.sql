-- orders.orders: count
SELECT count(*) FROM here WHERE event = 'order_completed';

-- orders.revenue: money
SELECT read_sum(amount) FROM here WHERE event = 'order_completed';

-- orders.customers: count
SELECT read_count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.repeat_customers: count
SELECT count(*) FROM (
  SELECT customer FROM here WHERE event = 'order_completed' GROUP BY customer HAVING count(*) >= 2
);

-- orders.units: count
SELECT read_sum(quantity) FROM here WHERE event = 'order_completed';

-- orders.average_order_value: price
SELECT read_sum(amount), count(*) FROM here WHERE event = 'order_completed';

-- orders.items_per_order: ratio
SELECT read_sum(quantity), count(*) FROM here WHERE event = 'order_completed';

-- orders.repeat_purchase_rate: share
SELECT count(*) FILTER (WHERE purchases >= 2), count(*)
FROM (SELECT count(*) AS purchases FROM here WHERE event = 'order_completed' GROUP BY customer);

-- orders.purchase_frequency: ratio
SELECT count(*), read_count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.revenue_per_customer: price
SELECT read_sum(amount), read_count(DISTINCT customer) FROM here WHERE event = 'order_completed';

-- orders.refunds: count
SELECT read_count(DISTINCT order_id) FROM here WHERE event = 'order_refunded';

-- orders.refunded_amount: money
SELECT read_sum(amount) FROM here WHERE event = 'order_refunded';

-- orders.refund_rate: ratio
SELECT
  read_count(DISTINCT order_id) FILTER (WHERE event = 'order_refunded'),
  count(*) FILTER (WHERE event = 'order_completed')
FROM here;

-- orders.refund_rate_by_value: ratio
SELECT
  read_sum(amount) FILTER (WHERE event = 'order_refunded'),
  read_sum(amount) FILTER (WHERE event = 'order_completed')
FROM here;

-- orders.carts: count
SELECT read_count(DISTINCT cart_id) FROM here WHERE event = 'product_added';

-- orders.purchased_carts: count
SELECT read_count(DISTINCT cart_id) FROM here WHERE event = 'order_completed';

-- orders.cart_abandonment_rate: share
SELECT
  read_count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
    - read_count(DISTINCT cart_id) FILTER (WHERE event = 'order_completed'),
  read_count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
FROM here;

-- orders.average_selling_price: price
SELECT read_sum(amount), read_sum(quantity) FROM here WHERE event = 'order_completed';

-- orders.average_order_value_after_returns: price
SELECT
  read_sum(amount) FILTER (WHERE event = 'order_completed')
    - read_sum(amount) FILTER (WHERE event = 'order_refunded'),
  count(*) FILTER (WHERE event = 'order_completed')
FROM here;

-- orders.cart_conversion_rate: share
SELECT
  read_count(DISTINCT cart_id) FILTER (WHERE event = 'order_completed'),
  read_count(DISTINCT cart_id) FILTER (WHERE event = 'product_added')
FROM here;

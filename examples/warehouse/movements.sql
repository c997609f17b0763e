-- What happened to recurring revenue and customers in each segment and month. The columns
-- are ids of metrics, with an underscore for the dot.

WITH grid AS (
	SELECT
		segment,
		months.month,
		coalesce(opening.cents, 0) AS opening,
		coalesce(closing.cents, 0) AS closing,
		EXISTS (SELECT 1 FROM recurring AS r WHERE r.account = accounts.account AND r.month < months.month) AS known
	FROM accounts
	CROSS JOIN months
	LEFT JOIN recurring AS opening ON opening.account = accounts.account AND opening.month = months.before
	LEFT JOIN recurring AS closing ON closing.account = accounts.account AND closing.month = months.month
)
SELECT
	segment,
	month,
	sum(opening)                                                             AS subscription_opening_mrr,
	sum(CASE WHEN opening = 0 AND NOT known THEN closing ELSE 0 END)         AS subscription_new_mrr,
	sum(CASE WHEN opening = 0 AND known THEN closing ELSE 0 END)             AS subscription_reactivation_mrr,
	sum(CASE WHEN opening > 0 THEN max(closing - opening, 0) ELSE 0 END)     AS subscription_expansion_mrr,
	sum(CASE WHEN closing > 0 THEN max(opening - closing, 0) ELSE 0 END)     AS subscription_contraction_mrr,
	sum(CASE WHEN closing = 0 THEN opening ELSE 0 END)                       AS subscription_churned_mrr,
	sum(opening > 0)                                                         AS subscription_opening_customers,
	sum(opening = 0 AND closing > 0 AND NOT known)                           AS subscription_new_customers,
	sum(opening = 0 AND closing > 0 AND known)                               AS subscription_reactivated_customers,
	sum(opening > 0 AND closing = 0)                                         AS subscription_churned_customers,
	marketing.cents                                                          AS economics_sales_and_marketing_cost,
	count(*)                                                                 AS accounts_ever
FROM grid
LEFT JOIN marketing USING (segment, month)
GROUP BY segment, month
ORDER BY month, segment;

// Package purchase turns a log of orders into what models of customer value and segments
// read: how often, how recently, for how long and for how much each customer has bought.
//
//	log, err := purchase.New(purchase.Options{Location: berlin})
//	...
//	for i := range events {
//		log.Add(&events[i])
//	}
//	summary, err := log.Summary(purchase.SummaryOptions{End: lastDay, Unit: purchase.Weeks})
//	for key, c := range summary.All() {
//		fmt.Println(key, c.Frequency, c.Recency, c.Age)
//	}
//
// # What is a purchase
//
// On the event surface a purchase is an order_completed, or what [Options.Orders] says. An
// order counts once: of several purchases of one customer with one order_id the first in the
// order of [event.Compare] does, unless [Options.Lines] says that they are its lines. An
// order_refunded lowers the amount of the order with its order_id, from the day of the
// refund on, and an order_cancelled takes all of it. An order of which nothing is left is no
// purchase; one that was free from the start is. A refund whose order is not there, and what
// a refund takes beyond the amount of its order, is unmatched: [Log.Report] counts it, and it
// lowers what the customer paid in all ([Total]), but no transaction ([Customer]).
//
// On the column surface each row is a purchase, or an unmatched refund if its amount is
// negative. [Log.AddRow] takes one such row with a key and money.
//
// # Days
//
// Time is counted in civil days of [Options.Location]. The orders of one day are one
// transaction, or each is one, or those of a week or month are, as [SummaryOptions] say.
//
// # The state
//
// By default a Log keeps what it needs to answer for any last day of observation: of the
// column surface at most two rows of 32 bytes for each customer, day and currency (and up to
// 65,536 rows a bucket that wait to be added up), of the event surface a row of 96 bytes, the
// id of the event and the id of the order for each event of an order. With [Options.Unique]
// that is a row of 32 bytes, 40 with a sequence number and 48 with a time of record, and the
// id of the order; and orders without an id are kept like rows of columns. With [KeepTotals] it
// keeps 32 bytes a customer, answers for all that was added and for no earlier day, and takes
// every event for a new one.
//
// Logs of equal options merge: with + for [Log.Merge] and 0 for an empty one,
//
//	(a + b) + c = a + (b + c)
//	a + b = b + a
//	a + 0 = a
//	log(orders) = the merge of logs of any split of the orders
//
// and equal states have equal bytes. Amounts are integers of minor units, and sums of them
// are exact.
package purchase

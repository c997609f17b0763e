// Package lifecycle is the standardized catalogue of customer-lifecycle metrics: one
// definition of each that a service can look up, compute exactly, roll up correctly and
// explain. This package holds no code; it is the reading map.
//
// # Three doors
//
// Numbers in hand. Every metric is a function of its domain's package. Facts go in by
// name and in any order, and a value or the reason why there is none comes out:
//
//	nrr, err := subscription.NetRevenueRetention().Of(
//		subscription.OpeningMRR().Is(metric.USD("100000")),
//		subscription.ExpansionMRR().Is(metric.USD("9000")),
//		subscription.ContractionMRR().Is(metric.USD("2000")),
//		subscription.ChurnedMRR().Is(metric.USD("4000")),
//	) // 103%
//
// Rows in hand. Rows of a query or of a CSV file, with metric ids for columns, become
// metric.Facts, which hold what is known of one population and period. catalog.Evaluate
// computes every metric that they determine, and catalog.Explain shows how one came about.
//
// Events in hand. A capture.Collector takes events once and yields the facts for every
// period and segment asked for.
//
// # Where to read on
//
//   - [github.com/openlifecycle/lifecycle/catalog]: the metrics, by id, name, stage and domain
//   - [github.com/openlifecycle/lifecycle/catalog/subscription] and its siblings: the reference, one page a domain
//   - [github.com/openlifecycle/lifecycle/metric]: values, facts, periods, errors
//   - [github.com/openlifecycle/lifecycle/metric/formula]: metrics of your own
//   - [github.com/openlifecycle/lifecycle/metric/event]: events and their vocabulary
//   - [github.com/openlifecycle/lifecycle/catalog/capture]: from events to facts
//   - [github.com/openlifecycle/lifecycle/metric/ledger]: recurring revenue of subscriptions
//   - [github.com/openlifecycle/lifecycle/metric/retention]: cohorts and who came back
//   - [github.com/openlifecycle/lifecycle/metric/engagement]: active customers, sessions, activation, paths
//   - [github.com/openlifecycle/lifecycle/metric/funnel]: ordered conversion
//   - [github.com/openlifecycle/lifecycle/metric/purchase]: the purchases of each customer
//   - [github.com/openlifecycle/lifecycle/metric/clv]: predictive customer value
//   - [github.com/openlifecycle/lifecycle/metric/survival]: time until churn, value, conversion
//   - [github.com/openlifecycle/lifecycle/segment]: who: behaviour, RFM, lifecycle grids
//   - [github.com/openlifecycle/lifecycle/stage/journey]: how customers move through stages
//   - [github.com/openlifecycle/lifecycle/catalog/exchange]: the catalogue as JSON, CSV and Markdown, and back
//   - [github.com/openlifecycle/lifecycle/stage]: attract, convert, onboard, retain, grow, exit
//
// The library is pure: nothing of it dials, listens, logs, reads files or the clock, keeps
// global state or outlives a call. Importing it runs no code of ours, and a program carries
// only the metrics it uses.
package lifecycle

// Package metric is the vocabulary of the catalogue: metrics, facts, values, units, money,
// periods, and what can be wrong with them.
//
// # From facts to values
//
// A [Metric] is a handle on a definition with the Go type of its values. It is either a
// base metric, captured or supplied, or a derived one with a formula over other metrics.
// A [Fact] is the value of one metric for one population and period:
//
//	nrr, err := subscription.NetRevenueRetention().Of(
//		subscription.OpeningMRR().Is(metric.USD("100000")),
//		subscription.ExpansionMRR().Is(metric.USD("9000")),
//		subscription.ContractionMRR().Is(metric.USD("2000")),
//		subscription.ChurnedMRR().Is(metric.USD("4000")),
//	) // 103%
//
// [Facts] hold many of them and answer for any metric: its value, what is missing for it,
// how it came about ([Facts.Explain]) and what contradicts it ([Facts.Check]). Any facts
// that determine a metric will do, and a supplied value wins over its derivation.
//
// # Values
//
// The types of values are [Count], [Money], [Ratio], [Number], [Duration] and
// [Distribution]; [Value] holds any of them. All are exact and immutable, compare through
// methods, print for people with String and Format, and travel exactly as text through
// JSON, database/sql and encoding.TextMarshaler. A ratio is stored as a fraction; percent
// is a way of printing. A magnitude of 10^34 or more, or a digit below 10^-34, is refused
// where it enters.
//
// # Exactness
//
// Formulas are evaluated in exact fractions and rounded once, at the end: to 28 places,
// half away from zero, unless a [Rounding] says otherwise. No result depends on the
// order of facts or on a global variable, neither ours nor of package decimal.
//
// # No value
//
// There is no NaN, no infinity and no silent zero. A metric that has no value returns an
// error that wraps [ErrUndefined] and a [Reason], such as [ZeroDenominator] or
// [MissingInput]. Bad input returns an error that wraps [ErrInput]. Both arrive as an
// [*Error], which names the metric, the input to blame and the cause. Nothing panics on
// data; the helpers for literals, such as [USD] and [MustRatio], panic on nonsense in the
// source of a program.
//
// # Rolling up
//
// Only base metrics are ever added: [MergePeriods] and [MergePopulations] combine facts by
// each base metric's rule and compute derived metrics anew. What cannot be merged, such as
// a number of different customers, is undefined with [NotAdditive] in the result.
package metric

// Package catalog is the standard: every metric of the customer lifecycle, looked up,
// computed and explained.
//
// The metrics are reached in two ways. By name in code, through one package of accessors
// a domain:
//
//	email.OpenRate().Of(email.UniqueOpens().Is(2150), email.Delivered().Is(9850))
//
// And as data, through this package: [Lookup] finds a metric by its id, [Named] by any
// name people use for it, [Search] by words, [ByStage] and [ByDomain] list them, and
// [Evaluate] computes every metric that a set of facts determines. A typed handle comes
// from an untyped metric through metric.As.
//
// Rows of a query or of a CSV file become facts with [ReadRows], [ReadCSV] and [ReadMap];
// [ByModel] shows the metrics by the stages of a published model or of one's own.
//
// The catalogue is one graph without cycles: a derived metric has a formula over other
// metrics, a base metric is captured from events or supplied. [Requires] and [RequiredBy]
// walk it.
//
// The registry of the definitions is catalog/registry; the domain packages, their examples
// and the literals behind them are generated from it. Nothing here can be altered, and
// importing the package runs no code of ours.
package catalog

//go:generate go run -C internal/gen . -catalog ../..

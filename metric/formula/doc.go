// Package formula reads the text of a metric's formula, checks it and compiles it.
//
// It serves two readers: the generator of the standard catalogue, and services that
// define metrics of their own beside the standard ones with [Define]. A program that
// only uses the catalogue does not need it; its formulas are compiled already.
//
// # Language
//
// A formula is an expression in Go's syntax over metrics and decimal constants:
//
//	(opening_mrr + expansion_mrr - contraction_mrr - churned_mrr) / opening_mrr
//
// A bare name is a metric of the same domain, orders.revenue one of another.
// There are + - * / and parentheses, and the functions
//
//	min(a, b, ...)  max(a, b, ...)  abs(a)  pow(a, n)
//	mean(d)  median(d)  percentile(d, p)
//
// where d is a distribution, n an integer constant and p a constant from 0 to 100.
// Percentiles follow Hyndman and Fan's type 7. A constant may carry a unit in
// brackets: 12 [month/year]. It cannot be money, which would need a currency.
//
// A guard is a truth over the same names with == != < <= > >= && || and !.
//
// # Units
//
// A unit is a product of powers of money, second, the calendar bases month, quarter
// and year, and counted entities such as customer or email, written money/month/customer.
// Under + and -, in min and max, and in comparisons both sides must have the same unit;
// only the constant 0 compares with everything. Calendar bases are never converted into
// each other or into seconds.
//
// # Limits
//
// Formulas are data and may come from strangers. A text is at most [MaxLength] bytes of
// printable ASCII and at most [MaxDepth] deep; a constant has at most 18 digits and no
// exponent, underscore, leading zero or base prefix. Anything else is refused with its
// position and the reason. No code runs from a formula.
package formula

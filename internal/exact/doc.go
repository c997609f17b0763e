// Package exact holds the number kernels: accumulators that add without
// rounding ([Sum], [Lane], [Dot]), an exact rational for formulas ([Fraction]),
// the one rounding at the edge ([Mode], [Ratio]), and the text form and limits
// of decimals.
//
// Numbers are [decimal.Decimal] outside and scaled integers inside. Sums,
// differences and products are exact, so the order of the inputs and the way
// they were split over accumulators never show in a result. Decimals leave this
// package in one canonical shape per value, unless said otherwise: the exponent
// is at most zero, and there are no trailing zeros after the point.
//
// Nothing here reads a package-level setting of shopspring/decimal.
package exact

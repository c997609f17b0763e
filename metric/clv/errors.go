package clv

import (
	"fmt"
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// badInput returns an error that says which input is bad and why.
func badInput(input, format string, args ...any) error {
	return &metric.Error{Input: input, Err: fmt.Errorf("%w: "+format, append([]any{metric.ErrInput}, args...)...)}
}

// undefined returns an error that says why there is no value.
func undefined(what string, reason metric.Reason, format string, args ...any) error {
	return &metric.Error{Input: what, Reason: reason, Err: fmt.Errorf(format, args...)}
}

// finite returns v, or an error where the arithmetic left the range of float64.
func finite(what string, v float64) (float64, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, badInput(what, "beyond the range of numbers for these parameters")
	}
	return v, nil
}

// The range that parameters and times must be within, so that no arithmetic on them leaves
// that of float64.
const (
	smallest = 1e-12
	largest  = 1e12
)

// checkParameter returns an error unless v is a positive number within the range.
func checkParameter(name string, v float64) error {
	if !(v >= smallest && v <= largest) { // NaN, too
		return badInput(name, "%g is not within %g and %g", v, smallest, largest)
	}
	return nil
}

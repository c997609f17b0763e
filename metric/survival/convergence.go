package survival

import "strconv"

// Convergence tells how the search for the best fit ended.
type Convergence struct {
	Iterations int

	// Gradient is the largest slope of the log-likelihood that is left, per standard
	// deviation of the covariate or per unit of a parameter.
	Gradient float64

	Message string // "at the maximum"
}

// String returns the message with the number of iterations.
func (c Convergence) String() string {
	return c.Message + " after " + strconv.Itoa(c.Iterations) + " iterations, largest slope " + number(c.Gradient, 2)
}

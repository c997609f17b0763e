package clv

import (
	"fmt"
	"math"
	"strings"
)

// Doubt is a stable code for what is wrong with a fit, or to be known of it.
type Doubt string

// Doubts about the estimates.
const (
	NotConverged  Doubt = "not_converged"  // the search did not end at a maximum
	AtBoundary    Doubt = "boundary"       // a parameter runs to zero or to infinity
	FlatRidge     Doubt = "flat_ridge"     // very different parameters do nearly as well
	SeveralOptima Doubt = "several_optima" // another maximum is nearly as high
	FewRepeaters  Doubt = "few_repeaters"  // too few customers say anything about the parameters
)

// Limits of what a model can be asked, and of what it rests on.
const (
	UnboundedMean  Doubt = "unbounded_mean"  // an expectation without end does not exist
	DependentSpend Doubt = "dependent_spend" // value and number of purchases go together
	Excluded       Doubt = "excluded"        // customers that the model cannot use
)

// Remark is a doubt in words.
type Remark struct {
	Code Doubt  `json:"code"`
	Text string `json:"text"`
}

// Report is how the search for the estimates went.
type Report struct {
	Converged  bool `json:"converged"`
	Iterations int  `json:"iterations"` // over the whole sample, from the start that led to the estimates
	Starts     int  `json:"starts"`
	Agreeing   int  `json:"agreeing"` // starts that led to the estimates

	// Gain is by how much a further step is expected to raise the log-likelihood. A search
	// ends when it is below 5e-11, which is within 1e-5 standard errors of the maximum.
	Gain float64 `json:"gain"`

	Concerns []Remark `json:"concerns,omitempty"` // why the estimates should not be believed
	Notes    []Remark `json:"notes,omitempty"`    // what is to be known when they are used
}

// Believable reports whether there are no concerns.
func (r Report) Believable() bool { return len(r.Concerns) == 0 }

// Has reports whether there is a concern or note with the code.
func (r Report) Has(code Doubt) bool {
	for _, c := range r.Concerns {
		if c.Code == code {
			return true
		}
	}
	for _, c := range r.Notes {
		if c.Code == code {
			return true
		}
	}
	return false
}

// String returns the report as text: a line on the search, and one for each concern and note.
func (r Report) String() string {
	var b strings.Builder
	if r.Converged {
		fmt.Fprintf(&b, "converged in %d iterations", r.Iterations)
	} else {
		fmt.Fprintf(&b, "not converged after %d iterations", r.Iterations)
	}
	fmt.Fprintf(&b, ", %d of %d starts agree", r.Agreeing, r.Starts)
	for _, c := range r.Concerns {
		fmt.Fprintf(&b, "\nconcern: %s", c.Text)
	}
	for _, c := range r.Notes {
		fmt.Fprintf(&b, "\nnote: %s", c.Text)
	}
	return b.String()
}

func (r *Report) concern(code Doubt, format string, args ...any) {
	r.Concerns = append(r.Concerns, Remark{code, fmt.Sprintf(format, args...)})
}

func (r *Report) note(code Doubt, format string, args ...any) {
	r.Notes = append(r.Notes, Remark{code, fmt.Sprintf(format, args...)})
}

// ridge is the standard error, of a logarithm and in the least certain direction, from which
// on the parameters count as undetermined: a factor of e.
const ridge = 1.0

func newReport(parameters []parameter, best optimum, others []optimum, starts int, covariance *square) Report {
	r := Report{
		Converged: best.end == endConverged, Iterations: best.iterations,
		Starts: starts, Agreeing: starts - len(others), Gain: best.decrement / 2,
	}
	if math.IsNaN(r.Gain) || math.IsInf(r.Gain, 0) {
		r.Gain = 0
	}
	switch best.end {
	case endTooMany:
		r.concern(NotConverged, "the search was stopped after %d iterations, while a step was still expected to gain %.2g of log-likelihood", best.iterations, r.Gain)
	case endStalled:
		r.concern(NotConverged, "the search found no step uphill, though the likelihood is not flat there")
	case endBoundary:
		r.concern(AtBoundary, "the likelihood rises without end towards %s: a simpler model fits as well, or the data do not bear this one", runaway(parameters, best))
	}
	r.describeRidge(parameters, covariance, best.end)
	for _, o := range others {
		if o.end == endConverged && best.value-o.value < 2 && distance(o, best) > 0.2 {
			r.concern(SeveralOptima, "another maximum is lower by only %.2g of log-likelihood", best.value-o.value)
			break
		}
	}
	return r
}

// describeRidge adds a concern if the parameters are undetermined in some direction.
func (r *Report) describeRidge(parameters []parameter, covariance *square, end ending) {
	if covariance == nil {
		if end != endBoundary {
			r.concern(FlatRidge, "the likelihood is flat in some direction at the estimates, so that they have no standard errors")
		}
		return
	}
	n := 0
	for n < len(parameters) && !parameters[n].coefficient {
		n++
	}
	block := newSquare(n)
	for i := range n {
		for j := range n {
			block.set(i, j, covariance.at(i, j))
		}
	}
	variance, direction := block.principal()
	if !(variance > ridge*ridge) {
		return
	}
	var moves []string
	for i, d := range direction {
		if math.Abs(d) > 0.25 {
			moves = append(moves, fmt.Sprintf("%s by a factor of %.3g", parameters[i].name, math.Exp(math.Min(math.Abs(d)*math.Sqrt(variance), 500))))
		}
	}
	r.concern(FlatRidge, "very different parameters do nearly as well: one standard error along the ridge changes %s", strings.Join(moves, ", "))
}

// runaway says which parameters have gone far from where the search started.
func runaway(parameters []parameter, o optimum) string {
	var parts []string
	for i, p := range parameters {
		gone := o.theta[i] - o.start[i]
		switch {
		case math.Abs(gone) < maxDistance/2:
		case p.coefficient || gone > 0:
			parts = append(parts, p.name+" = infinity")
		default:
			parts = append(parts, p.name+" = zero")
		}
	}
	return strings.Join(parts, ", ")
}

func distance(a, b optimum) float64 {
	var d float64
	for i := range a.theta {
		d = max(d, math.Abs(a.theta[i]-b.theta[i]))
	}
	return d
}

// perParameter is how many repeat customers a parameter needs at least: a rule of thumb.
const perParameter = 10

// needRepeaters adds a concern if there are too few of them.
func (r *Report) needRepeaters(repeaters int64, parameters int) {
	if repeaters < int64(perParameter*parameters) {
		r.concern(FewRepeaters, "only %d customers have a repeat purchase, which is less than %d for each of the %d parameters", repeaters, perParameter, parameters)
	}
}

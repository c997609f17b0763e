package clv

import (
	"math"
	"slices"
)

// BGNBDCovariates is a [BGNBD] model whose parameters depend on what is known of a customer,
// as in Fader and Hardie (2007), Incorporating Time-Invariant Covariates into the Pareto/NBD
// and BG/NBD Models. For a customer with covariates z:
//
//	alpha = Base.Alpha exp(-Rate·z)
//	a     = Base.A exp(A·z)
//	b     = Base.B exp(B·z)
//
// A positive Rate means more purchases. The mean probability to leave after a purchase,
// a/(a+b), rises with A·z and falls with B·z.
type BGNBDCovariates struct {
	Base  BGNBD     `json:"base"`
	Names []string  `json:"names"`
	Rate  []float64 `json:"rate"`
	A     []float64 `json:"a"`
	B     []float64 `json:"b"`
}

// FitBGNBDCovariates estimates the parameters of a [BGNBDCovariates] model from a sample
// with covariates. Its log-likelihood can be compared with that of [FitBGNBD] on the same
// sample.
//
// Covariates of about the size of 1, such as 0 and 1 for no and yes, or numbers with the mean
// taken off, make the search easy and the base parameters meaningful.
func FitBGNBDCovariates(s *Sample, o Options) (*Fit[BGNBDCovariates], error) {
	if err := s.needCovariates(); err != nil {
		return nil, err
	}
	groups, n := s.groups(false), len(s.covariates)
	f := &purchases{
		kernel: &betaGeometric{k: 0}, groups: groups, covariates: n, blocks: 3,
		effects: [4]effect{{}, {1, -1}, {2, 1}, {3, 1}},
	}
	shape := BGNBDCovariates{
		Base: BGNBD{Unit: s.unit}, Names: slices.Clone(s.covariates),
		Rate: make([]float64, n), A: make([]float64, n), B: make([]float64, n),
	}
	fit, err := newFit(shape, f, withZeros(betaGeometricStarts(means(groups)), 3*n), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	return fit, nil
}

// For returns the model of customers with the covariates.
func (m BGNBDCovariates) For(covariates ...float64) (BGNBD, error) {
	if err := m.check(); err != nil {
		return BGNBD{}, err
	}
	if err := checkCovariates(m.Names, covariates); err != nil {
		return BGNBD{}, err
	}
	out := m.Base
	out.Alpha *= math.Exp(-dot(m.Rate, covariates))
	out.A *= math.Exp(dot(m.A, covariates))
	out.B *= math.Exp(dot(m.B, covariates))
	return out, out.check()
}

func (m BGNBDCovariates) kind() string { return "BG/NBD with covariates" }

func (m BGNBDCovariates) parameters() []parameter {
	out := m.Base.parameters()
	out = append(out, coefficients("rate", m.Names, m.Rate)...)
	out = append(out, coefficients("a", m.Names, m.A)...)
	return append(out, coefficients("b", m.Names, m.B)...)
}

func (m BGNBDCovariates) with(v []float64) BGNBDCovariates {
	n := len(m.Names)
	m.Base = m.Base.with(v[:4])
	m.Rate, m.A, m.B = slices.Clone(v[4:4+n]), slices.Clone(v[4+n:4+2*n]), slices.Clone(v[4+2*n:])
	return m
}

func (m BGNBDCovariates) check() error {
	if err := checkBlocks(m.Names, m.Rate, m.A, m.B); err != nil {
		return err
	}
	return checkModel(m.Base.Unit, m.parameters())
}

// ParetoNBDCovariates is a [ParetoNBD] model whose parameters depend on what is known of a
// customer, as in Fader and Hardie (2007), Incorporating Time-Invariant Covariates into the
// Pareto/NBD and BG/NBD Models. For a customer with covariates z:
//
//	alpha = Base.Alpha exp(-Rate·z)
//	beta  = Base.Beta exp(-Leave·z)
//
// A positive Rate means more purchases, a positive Leave a shorter life.
type ParetoNBDCovariates struct {
	Base  ParetoNBD `json:"base"`
	Names []string  `json:"names"`
	Rate  []float64 `json:"rate"`
	Leave []float64 `json:"leave"`
}

// FitParetoNBDCovariates estimates the parameters of a [ParetoNBDCovariates] model from a
// sample with covariates. What [FitBGNBDCovariates] says of them holds here.
func FitParetoNBDCovariates(s *Sample, o Options) (*Fit[ParetoNBDCovariates], error) {
	if err := s.needCovariates(); err != nil {
		return nil, err
	}
	groups, n := s.groups(false), len(s.covariates)
	f := &purchases{
		kernel: &pareto{}, groups: groups, covariates: n, blocks: 2,
		effects: [4]effect{{}, {1, -1}, {}, {2, -1}},
	}
	shape := ParetoNBDCovariates{
		Base: ParetoNBD{Unit: s.unit}, Names: slices.Clone(s.covariates),
		Rate: make([]float64, n), Leave: make([]float64, n),
	}
	fit, err := newFit(shape, f, withZeros(paretoStarts(means(groups)), 2*n), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	return fit, nil
}

// For returns the model of customers with the covariates.
func (m ParetoNBDCovariates) For(covariates ...float64) (ParetoNBD, error) {
	if err := m.check(); err != nil {
		return ParetoNBD{}, err
	}
	if err := checkCovariates(m.Names, covariates); err != nil {
		return ParetoNBD{}, err
	}
	out := m.Base
	out.Alpha *= math.Exp(-dot(m.Rate, covariates))
	out.Beta *= math.Exp(-dot(m.Leave, covariates))
	return out, out.check()
}

func (m ParetoNBDCovariates) kind() string { return "Pareto/NBD with covariates" }

func (m ParetoNBDCovariates) parameters() []parameter {
	out := append(m.Base.parameters(), coefficients("rate", m.Names, m.Rate)...)
	return append(out, coefficients("leave", m.Names, m.Leave)...)
}

func (m ParetoNBDCovariates) with(v []float64) ParetoNBDCovariates {
	n := len(m.Names)
	m.Base = m.Base.with(v[:4])
	m.Rate, m.Leave = slices.Clone(v[4:4+n]), slices.Clone(v[4+n:])
	return m
}

func (m ParetoNBDCovariates) check() error {
	if err := checkBlocks(m.Names, m.Rate, m.Leave); err != nil {
		return err
	}
	return checkModel(m.Base.Unit, m.parameters())
}

// coefficients are named as in "rate:channel".
func coefficients(block string, names []string, values []float64) []parameter {
	out := make([]parameter, len(values))
	for i, v := range values {
		out[i] = parameter{name: block + ":" + names[i], value: v, coefficient: true}
	}
	return out
}

func checkBlocks(names []string, blocks ...[]float64) error {
	for _, b := range blocks {
		if len(b) != len(names) {
			return badInput("coefficients", "%d for %d covariates", len(b), len(names))
		}
	}
	return nil
}

func checkCovariates(names []string, values []float64) error {
	if len(values) != len(names) {
		return badInput("covariates", "%d values for %d names", len(values), len(names))
	}
	for i, z := range values {
		if !(math.Abs(z) <= 1e6) {
			return badInput(names[i], "%g is beyond 1e6", z)
		}
	}
	return nil
}

// maxCovariates bounds the matrices of a fit.
const maxCovariates = 50

func (s *Sample) needCovariates() error {
	if err := s.needRepeats(); err != nil {
		return err
	}
	if n := len(s.covariates); n == 0 || n > maxCovariates {
		return badInput("covariates", "the sample has %d, want 1 to %d", n, maxCovariates)
	}
	return nil
}

func withZeros(starts [][]float64, n int) [][]float64 {
	for i := range starts {
		starts[i] = append(starts[i], make([]float64, n)...)
	}
	return starts
}

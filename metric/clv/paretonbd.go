package clv

// ParetoNBD is the Pareto/negative binomial model of Schmittlein, Morrison and Colombo
// (1987), Counting Your Customers: Who Are They and What Will They Do Next?, Management
// Science 33(1).
//
// While alive, a customer buys at random at a rate λ, and may be gone at any time, at a rate
// μ. Over customers, λ is gamma distributed with shape R and rate Alpha, and μ is gamma
// distributed with shape S and rate Beta.
//
// The likelihood of a fit is that of the instants of all repeat purchases; it has no x!. It
// can be compared with that of a [BGNBD] model of the same sample.
type ParetoNBD struct {
	Unit  Unit    `json:"unit"`
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"` // in units of time
	S     float64 `json:"s"`
	Beta  float64 `json:"beta"` // in units of time
}

// FitParetoNBD estimates the parameters of a [ParetoNBD] model. It leaves covariates out of
// account; [FitParetoNBDCovariates] does not.
//
// The fit is undefined for a sample without repeat purchases. [Fit.Report] notes it if S is 1
// or less: a customer is then expected to make infinitely many purchases in the end.
func FitParetoNBD(s *Sample, o Options) (*Fit[ParetoNBD], error) {
	if err := s.needRepeats(); err != nil {
		return nil, err
	}
	groups := s.groups(true)
	f := &purchases{kernel: &pareto{}, groups: groups}
	fit, err := newFit(ParetoNBD{Unit: s.unit}, f, paretoStarts(means(groups)), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	noteEndless(&fit.Report, "s", fit.Model.S)
	return fit, nil
}

// Newcomer returns the outlook of a customer at the first purchase.
func (m ParetoNBD) Newcomer() (Outlook, error) {
	return m.Outlook(Summary{Unit: m.Unit})
}

// Outlook returns the outlook of a customer with a history.
func (m ParetoNBD) Outlook(c Summary) (Outlook, error) {
	if err := m.check(); err != nil {
		return Outlook{}, err
	}
	c, err := c.in(m.Unit)
	if err != nil {
		return Outlook{}, err
	}
	x := float64(c.Frequency)
	return Outlook{
		unit:  m.Unit,
		alive: aliveParetoNBD(m.R+x, m.Alpha, m.S, m.Beta, c.Recency, c.Age),
		then:  paretoFuture{m.R + x, m.Alpha + c.Age, m.S, m.Beta + c.Age},
	}, nil
}

func (m ParetoNBD) kind() string   { return "Pareto/NBD" }
func (m ParetoNBD) timeUnit() Unit { return m.Unit }

func (m ParetoNBD) parameters() []parameter {
	return []parameter{{name: "r", value: m.R}, {name: "alpha", value: m.Alpha}, {name: "s", value: m.S}, {name: "beta", value: m.Beta}}
}

func (m ParetoNBD) with(v []float64) ParetoNBD {
	m.R, m.Alpha, m.S, m.Beta = v[0], v[1], v[2], v[3]
	return m
}

func (m ParetoNBD) check() error { return checkModel(m.Unit, m.parameters()) }

func (m ParetoNBD) draw(d *dice, age float64) (int, float64) {
	rate, hazard := d.gamma(m.R)/m.Alpha, d.gamma(m.S)/m.Beta
	return d.poisson(rate, min(age, d.ExpFloat64()/hazard))
}

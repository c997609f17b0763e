package clv

// BGNBD is the beta-geometric/negative binomial model of Fader, Hardie and Lee (2005),
// "Counting Your Customers" the Easy Way, Marketing Science 24(2).
//
// While alive, a customer buys at random at a rate λ, and is gone after each repeat purchase
// with a probability p. Over customers, λ is gamma distributed with shape R and rate Alpha,
// and p is beta distributed with A and B. A customer without a repeat purchase is alive for
// certain, which [MBGNBD] amends.
//
// The likelihood of a fit is that of the instants of all repeat purchases, as in the paper;
// it has no x!.
type BGNBD struct {
	Unit  Unit    `json:"unit"`
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"` // in units of time
	A     float64 `json:"a"`
	B     float64 `json:"b"`
}

// FitBGNBD estimates the parameters of a [BGNBD] model. It leaves covariates out of account;
// [FitBGNBDCovariates] does not.
//
// The fit is undefined for a sample without repeat purchases. [Fit.Report] notes it if A is
// 1 or less: a customer is then expected to make infinitely many purchases in the end.
func FitBGNBD(s *Sample, o Options) (*Fit[BGNBD], error) {
	if err := s.needRepeats(); err != nil {
		return nil, err
	}
	groups := s.groups(true)
	f := &purchases{kernel: &betaGeometric{k: 0}, groups: groups}
	fit, err := newFit(BGNBD{Unit: s.unit}, f, betaGeometricStarts(means(groups)), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	noteEndless(&fit.Report, "a", fit.Model.A)
	return fit, nil
}

// Newcomer returns the outlook of a customer at the first purchase.
func (m BGNBD) Newcomer() (Outlook, error) {
	return m.Outlook(Summary{Unit: m.Unit})
}

// Outlook returns the outlook of a customer with a history.
func (m BGNBD) Outlook(c Summary) (Outlook, error) {
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
		alive: aliveBetaGeometric(m.R, m.Alpha, m.A, m.B, 0, c),
		then:  geometricFuture{m.R + x, m.Alpha + c.Age, m.A, m.B + x},
	}, nil
}

func (m BGNBD) kind() string   { return "BG/NBD" }
func (m BGNBD) timeUnit() Unit { return m.Unit }

func (m BGNBD) parameters() []parameter {
	return []parameter{{name: "r", value: m.R}, {name: "alpha", value: m.Alpha}, {name: "a", value: m.A}, {name: "b", value: m.B}}
}

func (m BGNBD) with(v []float64) BGNBD {
	m.R, m.Alpha, m.A, m.B = v[0], v[1], v[2], v[3]
	return m
}

func (m BGNBD) check() error { return checkModel(m.Unit, m.parameters()) }

func (m BGNBD) draw(d *dice, age float64) (int, float64) {
	return d.geometric(d.gamma(m.R)/m.Alpha, d.beta(m.A, m.B), age)
}

// checkModel returns an error unless the unit and all parameters are within their range.
func checkModel(unit Unit, parameters []parameter) error {
	if err := unit.check(); err != nil {
		return err
	}
	for _, p := range parameters {
		if p.coefficient {
			if _, err := finite(p.name, p.value); err != nil {
				return err
			}
			continue
		}
		if err := checkParameter(p.name, p.value); err != nil {
			return err
		}
	}
	return nil
}

// noteEndless notes that a model expects a number without end.
func noteEndless(r *Report, name string, v float64) {
	if v <= 1 {
		r.note(UnboundedMean, "%s is %.4g: with 1 or less, what is expected without end of time and without a rate of discount is infinite", name, v)
	}
}

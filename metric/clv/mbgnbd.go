package clv

// MBGNBD is the modified BG/NBD model of Batislam, Denizel and Filiztekin (2007), Empirical
// Validation and Comparison of Models for Customer Base Analysis, International Journal of
// Research in Marketing 24(3): a [BGNBD] model in which a customer may be gone after the
// first purchase already, with the same probability as after a later one.
//
// The likelihood of a fit is that of the instants of all repeat purchases; it has no x!. It
// can be compared with that of a BG/NBD model of the same sample.
type MBGNBD struct {
	Unit  Unit    `json:"unit"`
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"` // in units of time
	A     float64 `json:"a"`
	B     float64 `json:"b"`
}

// FitMBGNBD estimates the parameters of a [MBGNBD] model. It leaves covariates out of
// account.
//
// The fit is undefined for a sample without repeat purchases. [Fit.Report] notes it if A is
// 1 or less: a customer is then expected to make infinitely many purchases in the end.
func FitMBGNBD(s *Sample, o Options) (*Fit[MBGNBD], error) {
	if err := s.needRepeats(); err != nil {
		return nil, err
	}
	groups := s.groups(true)
	f := &purchases{kernel: &betaGeometric{k: 1}, groups: groups}
	fit, err := newFit(MBGNBD{Unit: s.unit}, f, betaGeometricStarts(means(groups)), o)
	if err != nil {
		return nil, err
	}
	finish(fit, s, cells(groups))
	noteEndless(&fit.Report, "a", fit.Model.A)
	return fit, nil
}

// Newcomer returns the outlook of a customer at the first purchase.
func (m MBGNBD) Newcomer() (Outlook, error) {
	return m.Outlook(Summary{Unit: m.Unit})
}

// Outlook returns the outlook of a customer with a history.
func (m MBGNBD) Outlook(c Summary) (Outlook, error) {
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
		alive: aliveBetaGeometric(m.R, m.Alpha, m.A, m.B, 1, c),
		then:  geometricFuture{m.R + x, m.Alpha + c.Age, m.A, m.B + x + 1},
	}, nil
}

func (m MBGNBD) kind() string   { return "MBG/NBD" }
func (m MBGNBD) timeUnit() Unit { return m.Unit }

func (m MBGNBD) parameters() []parameter {
	return []parameter{{name: "r", value: m.R}, {name: "alpha", value: m.Alpha}, {name: "a", value: m.A}, {name: "b", value: m.B}}
}

func (m MBGNBD) with(v []float64) MBGNBD {
	m.R, m.Alpha, m.A, m.B = v[0], v[1], v[2], v[3]
	return m
}

func (m MBGNBD) check() error { return checkModel(m.Unit, m.parameters()) }

func (m MBGNBD) draw(d *dice, age float64) (int, float64) {
	rate, p := d.gamma(m.R)/m.Alpha, d.beta(m.A, m.B)
	if d.Float64() < p {
		return 0, 0
	}
	return d.geometric(rate, p, age)
}

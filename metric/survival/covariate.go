package survival

import (
	"cmp"
	"math"
	"slices"
)

// Covariate is a property of the observations that may bear on their times, such as the
// price paid or 1 for a customer with a contract and 0 for one without.
type Covariate struct {
	Name   string
	Values []float64 // in the order in which the observations were given to the sample
}

// Coefficient is the estimated effect of a covariate with its test against 0.
type Coefficient struct {
	Name string
	Estimate
	Z float64 // Value in standard errors
	P float64 // two-sided
}

// design is the sorted observations with their covariates, which are shifted to mean 0 and
// scaled to standard deviation 1, so that no unit of theirs matters to the search.
type design struct {
	rows  []row
	p     int
	x     []float64 // p for each row
	names []string
	mean  []float64
	scale []float64
}

const maxCovariates = 256

// design checks covariates. Rows that are equal otherwise are ordered by covariates, so that
// the order of input does not matter.
func (s *Sample) design(covariates []Covariate, order func(a, b row) int) (*design, error) {
	p := len(covariates)
	if p > maxCovariates {
		return nil, inputErrorf("%d covariates are too many, at most %d can be fitted", p, maxCovariates)
	}
	d := &design{p: p, names: make([]string, p), mean: make([]float64, p), scale: make([]float64, p)}
	for j, c := range covariates {
		switch {
		case slices.Contains(d.names[:j], c.Name):
			return nil, inputErrorf("two covariates are called %s", quote(c.Name))
		case len(c.Values) != len(s.rows):
			return nil, inputErrorf("covariate %s has %d values for %d observations", quote(c.Name), len(c.Values), len(s.rows))
		}
		for i, v := range c.Values {
			if math.IsNaN(v) || math.Abs(v) > maxTime {
				return nil, inputErrorf("covariate %s: value %d, %v, is not a number of a magnitude up to %v", quote(c.Name), i, v, maxTime)
			}
		}
		d.names[j] = c.Name
	}
	d.rows = slices.Clone(s.rows)
	slices.SortFunc(d.rows, func(a, b row) int {
		i, j := a.input, b.input
		a.input, b.input = 0, 0
		if c := order(a, b); c != 0 {
			return c
		}
		for _, v := range covariates {
			if c := cmp.Compare(v.Values[i], v.Values[j]); c != 0 {
				return c
			}
		}
		return cmp.Compare(i, j)
	})
	d.x = make([]float64, len(d.rows)*p)
	for j, c := range covariates {
		if err := d.standardise(j, c, s.total); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// standardise fills in column j.
func (d *design) standardise(j int, c Covariate, total float64) error {
	var largest float64
	for _, v := range c.Values {
		largest = max(largest, math.Abs(v))
	}
	if largest == 0 {
		largest = 1
	}
	var mean, square float64 // in units of the largest value
	for _, r := range d.rows {
		mean += r.weight * (c.Values[r.input] / largest)
	}
	mean /= total
	for _, r := range d.rows {
		v := c.Values[r.input]/largest - mean
		square += r.weight * v * v
	}
	scale := math.Sqrt(square / total)
	if !(scale > 1e-12) {
		return inputErrorf("covariate %s is constant, so it has no effect to be found", quote(c.Name))
	}
	for i, r := range d.rows {
		d.x[i*d.p+j] = (c.Values[r.input]/largest - mean) / scale
	}
	d.mean[j], d.scale[j] = mean*largest, scale*largest
	return nil
}

// dependent returns the first covariate that is a combination of those before it, or -1.
func (d *design) dependent() int {
	products := newSymmetric(d.p)
	for i := range d.rows {
		products.addSquare(d.rows[i].weight, d.x[i*d.p:(i+1)*d.p])
	}
	_, bad := products.factor(1e-10)
	return bad
}

// standard returns covariates as they stand in the design.
func (d *design) standard(x []float64) ([]float64, error) {
	if len(x) != d.p {
		return nil, inputErrorf("%d covariates are given, the model has %d", len(x), d.p)
	}
	out := make([]float64, d.p)
	for j, v := range x {
		if math.IsNaN(v) || math.Abs(v) > maxTime {
			return nil, inputErrorf("covariate %s: %v is not a number of a magnitude up to %v", quote(d.names[j]), v, maxTime)
		}
		out[j] = (v - d.mean[j]) / d.scale[j]
	}
	return out, nil
}

// coefficient makes the one for an estimate and its variance.
func coefficient(name string, v, variance, z, level float64) Coefficient {
	c := Coefficient{Name: name, Estimate: normalEstimate(v, variance, z, level)}
	if variance > 0 {
		c.Z = v / math.Sqrt(variance)
	}
	c.P = twoSided(c.Z)
	return c
}

// addCoefficients adds rows for coefficients to a table.
func (t *Table) addCoefficients(coefficients []Coefficient, more func(c Coefficient) []cell) {
	for _, c := range coefficients {
		cells := append([]cell{textCell(c.Name), numberCell(c.Value), optionalCell(c.StdErr)}, limitCells(c.Estimate)...)
		t.add(append(append(cells, numberCell(c.Z), numberCell(c.P)), more(c)...)...)
	}
}

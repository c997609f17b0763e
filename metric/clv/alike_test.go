package clv

import (
	"math"
	"testing"
)

// Where all customers are alike, a search that runs away ends, and the models are plain
// processes: purchases at the rate λ until an end, which comes at the rate μ or after a
// purchase with probability p. With parameters of size k they are to about 1/k.
func TestAllAlike(t *testing.T) {
	const p = 0.3
	delta := math.Log(1.1) / 365.25
	for _, k := range []float64{1e4, 1e6, 1e8, 1e10} {
		for _, speed := range []float64{1, 1e4, 1e9} { // for what takes a second beside a rate a year
			lambda, mu, days := 0.2*speed, 0.05*speed, 40/speed
			horizon := Horizon{days, Day}
			for _, c := range []struct {
				model                      Model
				expected, discounted, zero float64
			}{
				{ParetoNBD{Day, k, k / lambda, k, k / mu}, lambda / mu * -math.Expm1(-mu*days), lambda / (mu + delta),
					math.Exp(-(lambda+mu)*days) + mu/(lambda+mu)*-math.Expm1(-(lambda+mu)*days)},
				{BGNBD{Day, k, k / lambda, k * p, k * (1 - p)}, -math.Expm1(-lambda*p*days) / p, lambda / (lambda*p + delta),
					math.Exp(-lambda * days)},
			} {
				o, err := c.model.Newcomer()
				if err != nil {
					t.Fatal(err)
				}
				for _, x := range []struct {
					what string
					get  func() (float64, error)
					want float64
				}{
					{"expected", func() (float64, error) { return o.Expected(horizon) }, c.expected},
					{"discounted", func() (float64, error) { return o.Discounted(Forever(), AnnualRate(0.1)) }, c.discounted},
					{"no purchase", func() (float64, error) { return o.Probability(0, horizon) }, c.zero},
					{"one to many", func() (float64, error) {
						var sum float64
						for n := 1; n < 60; n++ {
							p, err := o.Probability(n, horizon)
							if err != nil {
								return 0, err
							}
							sum += p
						}
						return sum, nil
					}, 1 - c.zero},
				} {
					if got, err := x.get(); err != nil || !(math.Abs(got-x.want) <= (50/k+1e-6)*x.want) {
						t.Errorf("%v, %s: got %.10g, %v, want %.10g", c.model, x.what, got, err, x.want)
					}
				}
			}
		}
	}
}

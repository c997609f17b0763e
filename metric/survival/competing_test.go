package survival

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// Five customers: 1 cancels at 1, one fails to pay at 2, one is censored at 2, one cancels at
// 3, one is censored at 4. By hand:
//
//	F(cancel) = 1/5, then at 3: + S(2)·1/2 = 3/5·1/2    F(payment) = 4/5·1/4
func TestIncidenceByHand(t *testing.T) {
	s := sample(t, Month, Observation{Exit: 1, Cause: 1}, Observation{Exit: 2, Cause: 2}, Observation{Exit: 2},
		Observation{Exit: 3, Cause: 1}, Observation{Exit: 4})
	c := must[*Incidence](t)(s.CumulativeIncidence(Options{}))
	for _, w := range []struct {
		cause    int
		at, want float64
	}{{1, 0.5, 0}, {1, 1, 0.2}, {1, 2, 0.2}, {1, 3, 0.5}, {1, 4, 0.5}, {2, 1, 0}, {2, 2, 0.2}, {2, 4, 0.2}} {
		near(t, "F", must[Estimate](t)(c.At(w.cause, w.at)).Value, w.want, 1e-15)
	}
	// One minus a curve that censors the other cause is too high: 1 - 4/5·1/2.
	naive := sample(t, Month, Observation{Exit: 1, Cause: 1}, Observation{Exit: 2}, Observation{Exit: 2},
		Observation{Exit: 3, Cause: 1}, Observation{Exit: 4})
	v := must[Estimate](t)(must[*Curve](t)(naive.KaplanMeier(Options{})).Survival(4))
	near(t, "naive", 1-v.Value, 0.6, 1e-15)

	_, err := c.At(3, 1)
	isInput(t, err, "cause 3")
	_, err = c.At(1, 5)
	isUndefined(t, err, metric.InsufficientHistory)
	_, err = c.At(1, math.Inf(1))
	isInput(t, err, "time")
}

// With one cause it is one minus the Kaplan–Meier curve, and so is its variance; with
// several, the parts and the curve add up to one.
func TestIncidenceAgainstKaplanMeier(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 100 {
		list := hostile(r, 1+r.IntN(50))
		c := must[*Incidence](t)(sample(t, Day, list...).CumulativeIncidence(Options{}))
		km := must[*Curve](t)(sample(t, Day, list...).KaplanMeier(Options{}))
		for k := range km.Steps() {
			sum := k.Survival.Value
			for _, cause := range c.Causes() {
				sum += must[Estimate](t)(c.At(cause, k.Time)).Value
			}
			near(t, "sum of parts", sum, 1, 1e-13)
		}
		for i := range list {
			list[i].Cause = min(list[i].Cause, 1)
		}
		c = must[*Incidence](t)(sample(t, Day, list...).CumulativeIncidence(Options{}))
		km = must[*Curve](t)(sample(t, Day, list...).KaplanMeier(Options{}))
		for k := range km.Steps() {
			if k.Survival.Value == 0 || len(c.Causes()) == 0 {
				continue
			}
			e := must[Estimate](t)(c.At(1, k.Time))
			near(t, "1-S", e.Value, 1-k.Survival.Value, 1e-13)
			near(t, "se", e.StdErr.Value, k.Survival.StdErr.Value, 1e-13)
		}
	}
}

// The variance is that of the infinitesimal jackknife: the sum of squared influences, the
// influence of an observation being the derivative by its weight. Here it is numeric.
func TestIncidenceVarianceIsTheJackknife(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 20 {
		list := hostile(r, 25)
		for i := range list {
			list[i].Entry, list[i].Weight = 0, 1
		}
		at := func(i int, h float64, cause int, time float64) float64 {
			changed := append([]Observation(nil), list...)
			changed[i].Weight += h
			e, err := must[*Incidence](t)(sample(t, Day, changed...).CumulativeIncidence(Options{Extend: true})).At(cause, time)
			if err != nil {
				t.Fatal(err)
			}
			return e.Value
		}
		c := must[*Incidence](t)(sample(t, Day, list...).CumulativeIncidence(Options{Extend: true}))
		for _, cause := range c.Causes() {
			for _, time := range []float64{1, 3, 5} {
				var sum float64
				for i := range list {
					const h = 1e-4
					influence := (at(i, h, cause, time) - at(i, -h, cause, time)) / (2 * h)
					sum += influence * influence
				}
				se := must[Estimate](t)(c.At(cause, time)).StdErr
				near(t, "se", se.Value, math.Sqrt(sum), 1e-6)
			}
		}
	}
}

func TestTooManyCauses(t *testing.T) {
	var list []Observation
	for i := range 65 {
		list = append(list, Observation{Exit: 1, Cause: i + 1})
	}
	_, err := sample(t, Day, list...).CumulativeIncidence(Options{})
	isInput(t, err, "causes")
}

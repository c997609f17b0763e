package clv

import (
	"math"

	"github.com/openlifecycle/lifecycle/metric"
)

// Model is a model of the purchases of customers who leave without saying so: [BGNBD],
// [MBGNBD], [ParetoNBD] and [BGBB].
type Model interface {
	// Newcomer returns the outlook of a customer at the first purchase.
	Newcomer() (Outlook, error)

	// Outlook returns the outlook of a customer with a history, at its end. The summary is
	// converted to the unit of the model.
	Outlook(c Summary) (Outlook, error)

	kind() string
	timeUnit() Unit
	check() error
	draw(d *dice, age float64) (frequency int, recency float64)
}

// Outlook is what a model expects of one customer from now on. The purchases it speaks of
// are those to come: neither the first one nor those of the history are among them.
type Outlook struct {
	unit  Unit
	alive float64
	then  future
}

// future is the process of purchases of a customer who is alive now. Times are in units of
// the model.
type future interface {
	expected(t float64) (float64, error)
	discounted(t, force float64) (float64, error) // t may be +Inf, and force is not zero
	probability(n int, t float64) (float64, error)
}

func (o Outlook) check() error {
	if o.then == nil {
		return badInput("outlook", "the zero Outlook is none; a model gives one")
	}
	return nil
}

// Alive returns the probability that the customer is still one. For [BGBB] it is that of
// being one at the next opportunity.
func (o Outlook) Alive() float64 { return o.alive }

// Expected returns the expected number of purchases within the horizon:
//
//	P(alive) E[purchases | alive]
//
// It is undefined ([metric.OutOfDomain]) for [Forever] if the model expects that number to
// grow without end.
func (o Outlook) Expected(h Horizon) (float64, error) { return o.Discounted(h, Rate{}) }

// Discounted returns the expected number of purchases within the horizon, each multiplied by
// what it is worth today at the rate:
//
//	P(alive) ∫ e^(-δu) dE[purchases up to u | alive]
//
// For [ParetoNBD] and [Forever] this is DERT, the discounted expected residual transactions
// of Fader, Hardie and Lee (2005). A purchase of [BGBB] is discounted to the end of its
// opportunity. It is undefined where [Outlook.Expected] is, unless the rate is above zero.
func (o Outlook) Discounted(h Horizon, r Rate) (float64, error) {
	if err := o.check(); err != nil {
		return 0, err
	}
	t, err := h.in(o.unit)
	if err != nil {
		return 0, err
	}
	force, err := r.force(o.unit)
	if err != nil {
		return 0, err
	}
	if o.alive == 0 {
		return 0, nil
	}
	var v float64
	switch {
	case force == 0:
		v, err = o.then.expected(t)
	case force*1e12 < 1 && math.IsInf(t, 1):
		return 0, badInput("rate", "%v is too small to be told from zero", r)
	default:
		v, err = o.then.discounted(t, force)
	}
	if err != nil {
		return 0, err
	}
	return finite("discounted purchases", o.alive*v)
}

// Probability returns the probability of exactly n purchases within the horizon, which must
// not be [Forever].
func (o Outlook) Probability(n int, h Horizon) (float64, error) {
	if err := o.check(); err != nil {
		return 0, err
	}
	if n < 0 || n > maxFrequency {
		return 0, badInput("purchases", "%d, want 0 to %d", n, maxFrequency)
	}
	t, err := h.in(o.unit)
	if err != nil {
		return 0, err
	}
	if math.IsInf(t, 1) {
		return 0, badInput("horizon", "forever, where an end is needed")
	}
	v, err := o.then.probability(n, t)
	if err != nil {
		return 0, err
	}
	v *= o.alive
	if n == 0 {
		v += 1 - o.alive
	}
	v, err = finite("probability", v)
	return math.Min(math.Max(v, 0), 1), err
}

// Value returns the value today of the purchases that the outlook expects within the
// horizon: customer lifetime value, or its rest for a customer with a history.
//
//	spend * Discounted(h, r)
//
// spend is the mean value of a purchase, such as [GammaGamma.Expected] gives it; for a value
// in profit, times the margin. The model assumes that it does not depend on the number of
// purchases.
func Value(o Outlook, spend float64, h Horizon, r Rate) (float64, error) {
	if !(math.Abs(spend) <= 1e34) {
		return 0, badInput("spend", "%g is beyond 1e34", spend)
	}
	v, err := o.Discounted(h, r)
	if err != nil {
		return 0, err
	}
	return finite("value", spend*v)
}

// endless is the error for an expectation that does not exist.
func endless(kind, condition string) error {
	return undefined("expected purchases", metric.OutOfDomain,
		"without end and rate they do not exist for a %s model with %s", kind, condition)
}

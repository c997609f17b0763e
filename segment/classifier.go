package segment

import (
	"math/big"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// Limit is how long the time since the last order may be. Exactly one of the first three is
// set, besides the zero Limit, which is none: it ends a [Classifier].
type Limit struct {
	// Days is a fixed number of days.
	Days int64

	// Own is a share of the customer's own mean gap, the time from the first order to the
	// last over the number of orders less one.
	Own Share

	// Deviations is a number of standard deviations over the mean gap of all customers, and
	// AllGaps marks it, since the number may be 0. The deviation is that of the population.
	Deviations int64
	AllGaps    bool

	// Before excludes the limit itself: the time must be less.
	Before bool
}

// Share is Num / Den; the zero Share is none.
type Share struct{ Num, Den int64 }

// Class is a name for the customers whose time since the last order keeps a limit, and none
// of the classes before.
type Class struct {
	Name  string
	Limit Limit
}

// Classifier names where customers stand by the time since their last order. The first class
// whose limit is kept counts, and the last has none, so that each customer with an order has
// exactly one.
type Classifier struct {
	Name    string
	Source  string // where the classifier is published; "" for a caller's own
	Classes []Class

	// NoGap is the name for customers with one order, who have no gap of their own, if a
	// limit asks for it.
	NoGap string
}

const stages = "customer-lifecycle stage models of retail tools, as published by "

// Ordinary returns the classifier by fixed days of many retail guides, where 90 days, which
// they put in two classes, are still lapsed.
func Ordinary() Classifier {
	return Classifier{Name: "ordinary", Source: stages + "several retail guides", Classes: []Class{
		{"new", Limit{Days: 30}}, {"due reorder", Limit{Days: 60}}, {"lapsed", Limit{Days: 90}}, {"lost", Limit{}},
	}}
}

// Pathfinder returns Pathfinder's classifier by fixed days.
func Pathfinder() Classifier {
	return Classifier{Name: "Pathfinder", Source: stages + "Pathfinder", Classes: []Class{
		{"active", Limit{Days: 90}}, {"disengaged", Limit{Days: 180}}, {"lapsed", Limit{}},
	}}
}

// Glew returns Glew's classifier for a lapse point of a number of days: at risk from four
// fifths of it on, lost from the point itself on. Days are whole, so that the first limit is
// the least number of days that is not below four fifths. Of less than five days a fifth has
// none, and [Classifier.Check] says so.
func Glew(lapse int64) Classifier {
	fourFifths := lapse/5*4 + (lapse%5*4+4)/5
	return Classifier{Name: "Glew", Source: stages + "Glew", Classes: []Class{
		{"active", Limit{Days: fourFifths, Before: true}}, {"at risk", Limit{Days: lapse, Before: true}}, {"lost", Limit{}},
	}}
}

// Clutch returns Clutch's classifier by the customer's own gap.
func Clutch() Classifier {
	return Classifier{Name: "Clutch", Source: stages + "Clutch", NoGap: "one order", Classes: []Class{
		{"active", Limit{Own: Share{4, 5}}}, {"at risk", Limit{Own: Share{1, 1}}}, {"churned", Limit{}},
	}}
}

// Clerk returns Clerk.io's classifier by the gaps of all customers.
func Clerk() Classifier {
	return Classifier{Name: "Clerk.io", Source: stages + "Clerk.io", Classes: []Class{
		{"just ordered", Limit{Days: 30}}, {"active", Limit{Deviations: 1, AllGaps: true}},
		{"slipping", Limit{Deviations: 2, AllGaps: true}}, {"lost", Limit{}},
	}}
}

// TripWire returns a classifier that says when a customer has been away longer than usual for
// that customer: the share of the own mean gap is exceeded.
func TripWire(share Share) Classifier {
	return Classifier{Name: "trip wire", NoGap: "one order", Classes: []Class{
		{"in rhythm", Limit{Own: share}}, {"overdue", Limit{}},
	}}
}

func (l Limit) isNone() bool { return l == Limit{} }

// Check reports whether each customer gets exactly one class. If not, the error is a
// [metric.ErrInput] that names the class at fault.
func (c *Classifier) Check() error {
	if len(c.Classes) == 0 {
		return intake.Errorf("Classifier.Classes", "there are none")
	}
	own := false
	for i, class := range c.Classes {
		l, last := class.Limit, i == len(c.Classes)-1
		kinds := 0
		for _, set := range []bool{l.Days != 0 || l.Before && l.Own == Share{} && !l.AllGaps, l.Own != Share{}, l.AllGaps} {
			if set {
				kinds++
			}
		}
		switch {
		case class.Name == "":
			return intake.Errorf("Classifier.Classes", "class %d has no name", i)
		case last != l.isNone():
			return intake.Errorf("Classifier.Classes", "%q: the last class, and no other, has no limit", class.Name)
		case kinds > 1 || l.Deviations != 0 && !l.AllGaps:
			return intake.Errorf("Classifier.Classes", "%q has several limits", class.Name)
		case l.Days < 0 || l.Deviations < 0 || l.Own != Share{} && (l.Own.Num < 0 || l.Own.Den <= 0):
			return intake.Errorf("Classifier.Classes", "%q has a limit below zero", class.Name)
		case !last && i > 0 && l.Days > 0 && c.Classes[i-1].Limit.Days > 0 && !wider(l, c.Classes[i-1].Limit):
			return intake.Errorf("Classifier.Classes", "%q cannot be reached: its limit is not above the one before", class.Name)
		}
		own = own || l.Own != Share{}
	}
	if own && c.NoGap == "" {
		return intake.Errorf("Classifier.NoGap", "customers with one order would have no class")
	}
	return nil
}

// wider reports whether more whole days keep l than m.
func wider(l, m Limit) bool {
	most := func(l Limit) int64 {
		if l.Before {
			return l.Days - 1
		}
		return l.Days
	}
	return most(l) > most(m)
}

// keeps reports whether a number of days, of a customer with a total, keeps the limit.
func (l Limit) keeps(days int64, t *purchase.Total, gaps purchase.Gaps) bool {
	var order int // of days and the limit
	switch {
	case l.isNone():
		return true
	case l.Own != Share{}:
		// days against (last - first) / (orders - 1) * num / den
		left := product(days, t.Orders-1, l.Own.Den)
		order = left.Cmp(product(int64(t.LastDate-t.FirstDate), l.Own.Num))
	case l.AllGaps:
		order = l.againstAll(days, gaps)
	case days < l.Days:
		order = -1
	case days > l.Days:
		order = 1
	}
	return order < 0 || order == 0 && !l.Before
}

// againstAll compares days with mean + deviations * sd, all times n:
//
//	n*days - sum against deviations * sqrt(n*squares - sum^2)
func (l Limit) againstAll(days int64, gaps purchase.Gaps) int {
	n := big.NewInt(gaps.N)
	left := new(big.Int).Mul(n, big.NewInt(days))
	left.Sub(left, gaps.Sum)
	variance := new(big.Int).Mul(n, gaps.Squares)
	variance.Sub(variance, new(big.Int).Mul(gaps.Sum, gaps.Sum))
	right := variance.Mul(variance, product(l.Deviations, l.Deviations)) // squared
	if left.Sign() <= 0 {
		if left.Sign() == 0 && right.Sign() == 0 {
			return 0
		}
		return -1
	}
	return left.Mul(left, left).Cmp(right)
}

func product(factors ...int64) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, big.NewInt(f))
	}
	return p
}

// Of returns the class of a customer who ordered last a number of days before. Gaps are those
// of all customers, see [purchase.Log.Gaps], and may be the zero Gaps unless a limit asks for
// them: then the error is [metric.InsufficientHistory] without a gap.
func (c *Classifier) Of(t *purchase.Total, days int64, gaps purchase.Gaps) (string, error) {
	for _, class := range c.Classes {
		l := class.Limit
		switch {
		case l.Own != Share{} && t.Orders < 2:
			return c.NoGap, nil
		case l.AllGaps && (gaps.N <= 0 || gaps.Sum == nil || gaps.Squares == nil):
			return "", metric.InsufficientHistory
		case l.keeps(days, t, gaps):
			return class.Name, nil
		}
	}
	return "", intake.Errorf("Classifier.Classes", "the last class has a limit")
}

// Label gives each customer a class, as seen on the day of at in the zone of the log. The error is a
// [metric.ErrInput] when the classifier is not right or some order came after that day, or
// that of [Classifier.Of].
func (c *Classifier) Label(t *purchase.Totals, at time.Time, gaps purchase.Gaps) (*Labels, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	l := newLabels(t.Keys())
	for _, class := range c.Classes {
		l.name(class.Name)
	}
	if c.NoGap != "" {
		l.name(c.NoGap)
	}
	err := eachSince(t, at, func(x *purchase.Total, days int64) error {
		name, err := c.Of(x, days, gaps)
		if err != nil {
			return err
		}
		l.set(x.Customer, l.name(name))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// eachSince calls do for each customer with the days since the last order.
func eachSince(t *purchase.Totals, at time.Time, do func(x *purchase.Total, days int64) error) error {
	end := t.Day(at)
	for b := range event.Buckets {
		part := t.Bucket(uint8(b))
		for i := range part {
			if part[i].LastDate > end {
				return intake.Errorf("Totals", "customer %q has orders after %s", t.Key(&part[i]), end)
			}
			if err := do(&part[i], int64(end-part[i].LastDate)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Latency returns the time since the last order over the customer's own mean gap. It is
// [metric.InsufficientHistory] for a customer with one order, and [metric.ZeroDenominator]
// for one whose orders are all of one day.
func Latency(t *purchase.Total, days int64) (metric.Ratio, error) {
	span := int64(t.LastDate - t.FirstDate)
	switch {
	case t.Orders < 2:
		return metric.Ratio{}, metric.InsufficientHistory
	case span == 0:
		return metric.Ratio{}, metric.ZeroDenominator
	}
	num := product(days, t.Orders-1)
	if !num.IsInt64() {
		return metric.Ratio{}, metric.OutOfDomain
	}
	return metric.RatioOf(num.Int64(), span)
}

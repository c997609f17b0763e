package retention

import (
	"math/big"
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// Averaging is how the rates of cohorts make one. Three that are in use differ for the same
// table: name the one you print. The zero Averaging is Pooled.
type Averaging uint8

// The averages, of cohorts with size n and c customers retained. With [Options.Value], n is
// the value in period 0 and c that in the column.
const (
	// Pooled treats all cohorts as one:
	//
	//	sum(c) / sum(n)
	Pooled Averaging = iota

	// Simple is the mean of the rates, whatever the size of the cohort. Cohorts without
	// customers have none:
	//
	//	mean(c / n)
	Simple

	// SizeWeighted weighs each cohort with its size twice, so that large ones dominate. It
	// is the average that Mixpanel prints:
	//
	//	sum(c * n) / sum(n * n)
	SizeWeighted
)

// String returns "pooled", "simple" or "size-weighted".
func (a Averaging) String() string {
	switch a {
	case Pooled:
		return "pooled"
	case Simple:
		return "simple"
	case SizeWeighted:
		return "size-weighted"
	}
	return "averaging " + strconv.Itoa(int(a))
}

// Mean is an average rate, and how many cohorts it is of.
type Mean struct {
	Rate       metric.Ratio // rounded to 28 decimals
	Cohorts    int          // complete ones of a size other than zero
	Incomplete int          // other ones of such a size, which were left out
}

// Point is the size of a cohort and how many of it were retained.
type Point struct {
	Size, Retained int64
	Incomplete     bool // the period has not ended for all members: left out
}

// Average returns the average rate of cohorts whose numbers the caller has. Incomplete ones
// are left out. If no complete cohort has members, it is [metric.NotMature] when an
// incomplete one has, and else [metric.EmptyPopulation]. Numbers below zero, and more
// retained than there were, are a [metric.ErrInput].
func Average(how Averaging, points []Point) (Mean, error) {
	list := make([]point, len(points))
	for i, p := range points {
		if p.Size < 0 || p.Retained < 0 || p.Retained > p.Size {
			return Mean{}, intake.Errorf("points", "cohort %d has %d of %d retained", i, p.Retained, p.Size)
		}
		list[i] = point{big.NewInt(p.Size), big.NewInt(p.Retained), p.Incomplete}
	}
	return average(how, list)
}

type point struct {
	size, retained *big.Int
	incomplete     bool
}

func average(how Averaging, points []point) (Mean, error) {
	if how > SizeWeighted {
		return Mean{}, intake.Errorf("averaging", "%s does not exist", how)
	}
	var m Mean
	var rates []exact.Fraction
	over, under, product := new(big.Int), new(big.Int), new(big.Int)
	for _, p := range points {
		empty := p.size.Sign() == 0
		switch {
		case p.incomplete && !empty:
			m.Incomplete++
			continue
		case p.incomplete:
			continue
		case !empty:
			m.Cohorts++
		}
		switch {
		case how == Pooled:
			over.Add(over, p.retained)
			under.Add(under, p.size)
		case how == SizeWeighted:
			over.Add(over, product.Mul(p.retained, p.size))
			under.Add(under, product.Mul(p.size, p.size))
		case p.size.Sign() < 0: // values only
			return m, &metric.Error{Input: "size", Reason: metric.OutOfDomain}
		case !empty:
			rates = append(rates, exact.FromRat(new(big.Rat).SetFrac(p.retained, p.size)))
		}
	}
	var err error
	switch {
	case m.Cohorts == 0 && m.Incomplete > 0:
		return m, &metric.Error{Reason: metric.NotMature}
	case m.Cohorts == 0:
		return m, &metric.Error{Reason: metric.EmptyPopulation}
	case how == Simple:
		m.Rate, err = mean(rates)
	default:
		m.Rate, err = ratio(over, under)
	}
	return m, err
}

// ratioPlaces is the number of decimals of ratios, as of metric.RatioOf.
const ratioPlaces = 28

// ratio returns over / under, rounded once.
func ratio(over, under *big.Int) (metric.Ratio, error) {
	switch under.Sign() {
	case 0:
		return metric.Ratio{}, &metric.Error{Input: "size", Reason: metric.ZeroDenominator}
	case -1:
		return metric.Ratio{}, &metric.Error{Input: "size", Reason: metric.OutOfDomain}
	}
	d, _ := exact.RatioBig(over, under, ratioPlaces, exact.HalfAwayFromZero)
	return metric.NewRatio(d)
}

// mean returns the mean of rates, rounded once.
func mean(rates []exact.Fraction) (metric.Ratio, error) {
	f, ok := sum(rates).Quo(exact.FromInt64(int64(len(rates))))
	if !ok || !f.Valid() {
		return metric.Ratio{}, &metric.Error{Input: "size", Reason: metric.OutOfDomain}
	}
	return metric.NewRatio(f.Round(ratioPlaces, exact.HalfAwayFromZero))
}

// sum adds up by halves, so that most additions are of short numbers.
func sum(list []exact.Fraction) exact.Fraction {
	switch len(list) {
	case 0:
		return exact.Fraction{}
	case 1:
		return list[0]
	}
	half := len(list) / 2
	return sum(list[:half]).Add(sum(list[half:]))
}

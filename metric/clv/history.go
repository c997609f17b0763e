package clv

import (
	"errors"
	"math"
	"strconv"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// SummaryOf returns what the models need to know of a customer of a purchase summary, in its
// unit. Monetary is in main units of the currency, or in the log's units if it knows of none.
//
// The error is a metric.ErrInput for a summary that counts the first purchase or the time
// since the last one, which the models do not, and metric.MixedCurrency where the customer's
// repeat purchases are of several currencies.
func SummaryOf(s *purchase.Summary, c *purchase.Customer) (Summary, error) {
	o := s.Options()
	switch {
	case o.IncludeFirst:
		return Summary{}, badInput("purchase summary", "it counts the first purchase, and the models repeat purchases alone")
	case o.SinceLast:
		return Summary{}, badInput("purchase summary", "its recency is the time since the last purchase, and that of the models the time up to it")
	case c.Frequency > maxFrequency:
		return Summary{}, badInput("frequency", "%d repeat purchases, want 0 to %d", c.Frequency, maxFrequency)
	}
	unit := Unit(s.Unit())
	out := Summary{
		Unit: unit, Frequency: int(c.Frequency),
		Recency: convert(float64(c.Recency), Day, unit), Age: convert(float64(c.Age), Day, unit),
	}
	mean, err := s.MeanSpend(c)
	switch units, ok := c.SpendUnits(); {
	case errors.Is(err, metric.EmptyPopulation):
		return out, nil
	case errors.Is(err, metric.MissingInput) && ok:
		out.Monetary = float64(units) / float64(c.Frequency)
		return out, nil
	case err != nil:
		return Summary{}, err
	}
	out.Monetary, err = strconv.ParseFloat(string(exact.AppendDecimal(nil, mean.Amount())), 64)
	if err != nil || math.IsInf(out.Monetary, 0) {
		return Summary{}, badInput("monetary", "%s is no float64", mean)
	}
	return out, nil
}

// AddPurchases adds the customers of a purchase summary to a sample without covariates, see
// [SummaryOf]. It stops at the first one that is an error, which names the customer; those
// before it stay added.
func (s *Sample) AddPurchases(p *purchase.Summary) error {
	for b := range 256 {
		list := p.Bucket(uint8(b))
		for i := range list {
			c, err := SummaryOf(p, &list[i])
			if err == nil {
				err = s.Add(c)
			}
			if err != nil {
				return &metric.Error{Input: "customer " + strconv.Quote(p.Key(&list[i])), Err: err}
			}
		}
	}
	return nil
}

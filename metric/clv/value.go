package clv

import "math"

// EstimateValue returns the [Value] of a customer with its standard error and confidence
// interval: the outlook is taken from a fitted model of purchases, and the mean value of a
// purchase is [GammaGamma.Expected] of the customer. outlook is m.Outlook(c) for a model
// without covariates.
//
// The two fits are of different parts of the data, so that the errors of their estimates are
// taken as independent. The interval is on the scale of the logarithm. It is of what customers
// with this history are worth on average, and not of what this one will come to pay, which
// varies much more: see [Outlook.Probability].
func EstimateValue[M Parametric[M]](purchases *Fit[M], outlook func(M) (Outlook, error), spend *Fit[GammaGamma], c Summary, h Horizon, r Rate, level float64) (Estimate, error) {
	count, countVariance, err := purchases.delta(func(m M) (float64, error) {
		o, err := outlook(m)
		if err != nil {
			return 0, err
		}
		return o.Discounted(h, r)
	})
	if err != nil {
		return Estimate{}, err
	}
	mean, meanVariance, err := spend.delta(func(m GammaGamma) (float64, error) { return m.Expected(c) })
	if err != nil {
		return Estimate{}, err
	}
	se := math.Sqrt(mean*mean*countVariance + count*count*meanVariance)
	return newEstimate("", Positive, level, count*mean, se)
}

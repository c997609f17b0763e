package metric_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

func ExampleMoney() {
	price, err := metric.ParseMoney("1234.50 USD")
	if err != nil {
		fmt.Println(err)
		return
	}
	total, err := price.Add(metric.USD("0.005"))
	fmt.Println(total, err)
	fmt.Println(total.Text())

	_, err = price.Add(metric.EUR("1"))
	fmt.Println(err, errors.Is(err, metric.MixedCurrency))
	// Output:
	// 1,234.51 USD <nil>
	// 1234.505 USD
	// mixed_currency: USD and EUR true
}

func ExampleMoneyFromMinor() {
	yen, err := metric.ParseCurrency("JPY")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(metric.MoneyFromMinor(123450, yen))
	fmt.Println(metric.MoneyFromMinor(123450, metric.USD("0").Currency()))
	// Output:
	// 123,450 JPY
	// 1,234.50 USD
}

func ExampleCurrency() {
	c, err := metric.ParseCurrency("KWD")
	fmt.Println(c, c.Name(), c.Exponent(), c.Number(), err)

	_, err = metric.ParseCurrency("kwd")
	fmt.Println(err)
	// Output:
	// KWD Kuwaiti Dinar 3 414 <nil>
	// currency "kwd" is not in upper case
}

func ExampleCount() {
	n := metric.Count(1234)
	fmt.Println(n, n.Text())
	// Output: 1,234 1234
}

func ExampleRatio() {
	for _, s := range []string{"0.0345", "3.45%", "43/197", "0.999996"} {
		r, err := metric.ParseRatio(s)
		fmt.Println(r, r.Text(), err)
	}
	// Output:
	// 3.45% 0.0345 <nil>
	// 3.45% 0.0345 <nil>
	// 21.83% 0.2182741116751269035532994924 <nil>
	// 99.9996% 0.999996 <nil>
}

func ExampleRatioOf() {
	r, err := metric.RatioOf(3, 4)
	fmt.Println(r, err)

	_, err = metric.RatioOf(3, 0)
	fmt.Println(err, errors.Is(err, metric.ErrUndefined))
	// Output:
	// 75% <nil>
	// zero_denominator true
}

func ExampleNumber() {
	n, err := metric.NewNumber(decimal.New(-42, 0))
	fmt.Println(n, err)
	// Output: -42 <nil>
}

func ExampleDuration() {
	d, err := metric.ParseDuration("1d 12h 30m")
	fmt.Println(d.Text(), d, err)
	fmt.Println(d.Format(metric.Format{DurationUnits: 4}))
	fmt.Println(metric.MustDuration("PT36H").Equal(metric.FromStd(36 * time.Hour)))

	_, err = metric.ParseDuration("P1M")
	fmt.Println(err)
	// Output:
	// 131400s 1d 13h <nil>
	// 1d 12h 30m
	// true
	// duration "P1M": a month has no fixed length, give days
}

func ExampleDistribution() {
	responses, err := metric.NewDistribution(
		metric.MustDuration("5m"),
		metric.MustDuration("1h"),
		metric.MustDuration("10m"),
		metric.MustDuration("2d"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(responses)

	p90, err := responses.Percentile(decimal.New(90, 0))
	fmt.Println(p90, err)

	_, err = metric.Distribution[metric.Duration]{}.Median()
	fmt.Println(err)
	// Output:
	// 4 values from 5m to 2d, median 35m
	// 1d 10h <nil>
	// empty_population
}

func ExampleDistributionFromUnits() {
	orders, err := metric.DistributionFromUnits[metric.Money]([]int64{1999, 500, 12000}, 2, metric.USD("0").Currency())
	if err != nil {
		fmt.Println(err)
		return
	}
	total, err := orders.Sum()
	fmt.Println(orders.Text(), total, err)
	// Output: ["5.00 USD","19.99 USD","120.00 USD"] 144.99 USD <nil>
}

func ExampleValue() {
	v, err := metric.ParseValue(metric.KindMoney, "1234.50 USD")
	fmt.Println(v.Kind(), v, v.Text(), err)

	m, err := metric.ValueAs[metric.Money](v)
	fmt.Println(m.Currency(), err)

	_, err = metric.ValueAs[metric.Ratio](v)
	fmt.Println(err)
	// Output:
	// money 1,234.50 USD 1234.50 USD <nil>
	// USD <nil>
	// value is of kind money, not ratio
}

func ExampleValue_MarshalJSON() {
	data, err := json.Marshal(map[string]metric.Value{
		"churned":   metric.ValueOf(metric.Count(3)),
		"mrr":       metric.ValueOf(metric.USD("1234.5")),
		"nrr":       metric.ValueOf(metric.MustRatio("1.03")),
		"responses": metric.ValueOf(metric.Distribution[metric.Duration]{}),
	})
	fmt.Println(string(data), err)
	// Output: {"churned":"3","mrr":"1234.50 USD","nrr":"1.03","responses":[]} <nil>
}

func ExampleFormat() {
	r := metric.MustRatio("0.98765")
	fmt.Println(r)
	fmt.Println(r.Format(metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfEven)}))
	fmt.Println(r.Format(metric.Format{Fraction: true}))
	fmt.Println(metric.USD("1234567.8").Format(metric.Format{NoGrouping: true}))
	// Output:
	// 98.765%
	// 98.8%
	// 0.98765
	// 1234567.80 USD
}

func ExampleRounding() {
	var standard metric.Rounding
	fmt.Println(standard)
	fmt.Println(metric.RoundTo(4, metric.RoundHalfEven))
	// Output:
	// 28 places, half_away_from_zero
	// 4 places, half_even
}

func ExampleKind() {
	k := metric.DistributionOf(metric.KindDuration)
	element, ok := k.Element()
	fmt.Println(k, element, ok)
	// Output: distribution[duration] duration true
}

func ExampleReason() {
	err := fmt.Errorf("churn rate: %w", metric.ZeroDenominator)
	var reason metric.Reason
	fmt.Println(errors.As(err, &reason), reason)
	fmt.Println(reason.Explain())
	// Output:
	// true zero_denominator
	// The denominator is zero, so the quotient does not exist.
}

func ExampleError() {
	err := &metric.Error{Metric: "orders.average_value", Input: "orders.count", Reason: metric.ZeroDenominator}
	fmt.Println(err)
	fmt.Println(errors.Is(err, metric.ErrUndefined), errors.Is(err, metric.ErrInput))
	// Output:
	// orders.average_value: orders.count: zero_denominator
	// true false
}

func ExamplePeriod() {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		fmt.Println(err)
		return
	}
	day, err := metric.Day(2026, time.March, 29, berlin)
	fmt.Println(day, day.Duration(), err)
	fmt.Println(day.Next(), day.Next().Duration())
	// Output:
	// 2026-03-29[Europe/Berlin] 23h <nil>
	// 2026-03-30[Europe/Berlin] 1d
}

func ExampleParsePeriod() {
	for _, s := range []string{"2026-W07", "FY2026-04", "P30D/2026-03-31", "2026-03-01/2026-04-01"} {
		p, err := metric.ParsePeriod(s, time.UTC)
		fmt.Println(p, p.Unit(), p.Start().Format(time.DateOnly), p.Days(), err)
	}
	// Output:
	// 2026-W07 week 2026-02-09 7 <nil>
	// FY2026-04 fiscal_year 2026-04-01 365 <nil>
	// P30D/2026-03-31 rolling 2026-03-01 30 <nil>
	// 2026-03 month 2026-03-01 31 <nil>
}

func ExamplePeriod_Divide() {
	quarter, err := metric.Quarter(2026, 1, time.UTC)
	if err != nil {
		fmt.Println(err)
		return
	}
	months, err := quarter.Divide(metric.UnitMonth)
	if err != nil {
		fmt.Println(err)
		return
	}
	for month := range months {
		fmt.Println(month, month.Incomplete(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)))
	}
	// Output:
	// 2026-01 false
	// 2026-02 false
	// 2026-03 true
}

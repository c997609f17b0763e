package ledger

import (
	"math/big"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// Amount is an exact amount of a currency, such as a third of a cent: what twelfths of
// yearly prices and 365/12 of daily ones add up to. It is rounded where it is reported, by
// [Amount.Money], and nowhere before (rule B4).
//
// Amount is immutable. Compare amounts with [Amount.Cmp] or [Amount.Equal] and not with ==.
// The zero Amount is zero and of no currency.
type Amount struct {
	minor    exact.Fraction // in units of the currency's exponent
	currency metric.Currency
}

// MinorAmount returns an amount of minor units of a currency.
func MinorAmount(units int64, c metric.Currency) Amount {
	return Amount{exact.FromInt64(units), c}
}

// Currency returns the currency.
func (a Amount) Currency() metric.Currency { return a.currency }

// Sign returns -1, 0 or +1.
func (a Amount) Sign() int { return a.minor.Sign() }

// IsZero reports whether a is zero, of whatever currency.
func (a Amount) IsZero() bool { return a.minor.IsZero() }

// Cmp returns -1, 0 or +1 as a is less than, equal to or greater than b. It does not look at
// the currencies.
func (a Amount) Cmp(b Amount) int { return a.minor.Cmp(b.minor) }

// Equal reports whether a and b are the same amount of the same currency.
func (a Amount) Equal(b Amount) bool { return a.currency == b.currency && a.minor.Cmp(b.minor) == 0 }

// Add returns a + b. Amounts of two currencies have no sum: a [metric.MixedCurrency]. An amount
// of no currency that is zero may be added to any.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.currency.IsZero() && a.IsZero() {
		a.currency = b.currency
	}
	if a.currency != b.currency && !(b.currency.IsZero() && b.IsZero()) {
		return Amount{}, &metric.Error{Metric: "ledger.amount", Reason: metric.MixedCurrency}
	}
	return a.add(b), nil
}

// Sub returns a - b, or the error of [Amount.Add].
func (a Amount) Sub(b Amount) (Amount, error) { return a.Add(b.neg()) }

// Neg returns -a.
func (a Amount) Neg() Amount { return a.neg() }

// Div returns a / n, exactly: an amount by customer or month. By zero it is undefined, a
// [metric.ZeroDenominator].
func (a Amount) Div(n int64) (Amount, error) { return a.over(exact.FromInt64(n)) }

// DivRatio returns a / r, exactly, such as an average revenue by the churn of a month. By zero
// it is undefined, a [metric.ZeroDenominator].
func (a Amount) DivRatio(r metric.Ratio) (Amount, error) {
	return a.over(exact.FromDecimal(r.Decimal()))
}

func (a Amount) over(f exact.Fraction) (Amount, error) {
	q, ok := a.minor.Quo(f)
	if !ok {
		return Amount{}, &metric.Error{Metric: "ledger.amount", Reason: metric.ZeroDenominator}
	}
	return Amount{q, a.currency}, nil
}

// Minor returns a in minor units of the currency, exactly.
func (a Amount) Minor() *big.Rat { return a.minor.Rat() }

// Round returns a rounded to minor units, half away from zero.
func (a Amount) Round() int64 {
	d := a.minor.Round(0, exact.HalfAwayFromZero)
	units, _ := exact.Minor(d, 0)
	return units
}

// Decimal returns a in major units, rounded to a number of decimal places, half away from
// zero.
func (a Amount) Decimal(places int32) decimal.Decimal {
	return a.major().Round(places, exact.HalfAwayFromZero)
}

// Money returns a rounded to minor units, half away from zero. It is the one rounding of a
// reported number.
func (a Amount) Money() metric.Money { return a.money(int32(a.currency.Exponent())) }

// Precise returns a with 28 decimal places or, if its decimals end before, exactly: what
// rates are computed from. The digits of a third do not end, so it is rounded there.
func (a Amount) Precise() metric.Money { return a.money(preciseplaces) }

const preciseplaces = 28

func (a Amount) money(places int32) metric.Money {
	m, err := metric.NewMoney(a.Decimal(places), a.currency)
	if err != nil {
		return metric.Money{}
	}
	return m
}

// String returns a in major units with the currency, rounded to minor units.
func (a Amount) String() string {
	if a.currency.IsZero() {
		return exact.FromInt64(0).Add(a.minor).Round(0, exact.HalfAwayFromZero).String()
	}
	return a.Money().String()
}

// major returns a in major units.
func (a Amount) major() exact.Fraction {
	return a.minor.Mul(exact.FromUnits(1, uint8(a.currency.Exponent())))
}

func (a Amount) add(b Amount) Amount { return Amount{a.minor.Add(b.minor), a.currency} }
func (a Amount) sub(b Amount) Amount { return Amount{a.minor.Sub(b.minor), a.currency} }
func (a Amount) neg() Amount         { return Amount{a.minor.Neg(), a.currency} }

// fraction returns num / den for den > 0.
func fraction(num, den int64) exact.Fraction {
	f, _ := exact.FromInt64(num).Quo(exact.FromInt64(den))
	return f
}

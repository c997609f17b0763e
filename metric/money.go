package metric

import (
	"database/sql/driver"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Money is an exact amount of one currency. Amounts may be negative and may be finer
// than the currency's smallest unit. Their magnitude is below 10^34, and they have no
// digit below 10^-34.
//
// Money is immutable. It is not comparable; use [Money.Equal]. The zero Money has no
// currency and is not a valid value: nothing can be computed from it.
type Money struct {
	_        [0]func()
	amount   decimal.Decimal
	currency Currency
}

// NewMoney returns an amount of a currency.
func NewMoney(amount decimal.Decimal, c Currency) (Money, error) {
	if c.IsZero() {
		return Money{}, errNoCurrency
	}
	if err := checkRange(amount); err != nil {
		return Money{}, err
	}
	return Money{amount: amount, currency: c}, nil
}

// MoneyFromMinor returns an amount given in the smallest unit of its currency:
// 123450 of USD is 1234.50 USD, and of JPY it is 123450 JPY.
func MoneyFromMinor(units int64, c Currency) Money {
	return Money{amount: decimal.New(units, -int32(c.Exponent())), currency: c}
}

// ParseMoney reads an amount and a currency with one space between them, in either
// order: "1234.50 USD" or "USD 1234.50". It knows neither thousands separators nor
// currency symbols, which mean different things in different places.
func ParseMoney(s string) (Money, error) {
	first, second, ok := strings.Cut(s, " ")
	if !ok {
		return Money{}, inputErrorf("money %s: want an amount and a currency, as in \"1234.50 USD\"", quote(s))
	}
	amount, code := first, second
	if first != "" && first[0] >= 'A' && first[0] <= 'Z' {
		amount, code = second, first
	}
	c, err := ParseCurrency(code)
	if err != nil {
		return Money{}, inputErrorf("money %s: %w", quote(s), err)
	}
	d, err := parseNumber(amount)
	if err != nil {
		return Money{}, inputErrorf("money %s: %w", quote(s), err)
	}
	return Money{amount: d, currency: c}, nil
}

// MustMoney is [ParseMoney] for literals. It panics on anything else.
func MustMoney(s string) Money { return must(ParseMoney(s)) }

// USD returns US dollars, for literals: USD("1234.50"). It panics when amount is not a
// plain decimal number. Use [ParseMoney] or [NewMoney] for data.
func USD(amount string) Money { return MustMoney(amount + " USD") }

// EUR returns euros, as [USD] does dollars.
func EUR(amount string) Money { return MustMoney(amount + " EUR") }

// GBP returns pounds sterling, as [USD] does dollars.
func GBP(amount string) Money { return MustMoney(amount + " GBP") }

// JPY returns yen, as [USD] does dollars.
func JPY(amount string) Money { return MustMoney(amount + " JPY") }

// CHF returns Swiss francs, as [USD] does dollars.
func CHF(amount string) Money { return MustMoney(amount + " CHF") }

// Amount returns the amount in the main unit of the currency.
func (m Money) Amount() decimal.Decimal { return m.amount }

// Currency returns the currency.
func (m Money) Currency() Currency { return m.currency }

// IsValid reports whether m has a currency.
func (m Money) IsValid() bool { return !m.currency.IsZero() }

// Minor returns the amount in the smallest unit of the currency. It is false when the
// amount is finer than that, does not fit an int64, or has no currency.
func (m Money) Minor() (int64, bool) {
	if !m.IsValid() {
		return 0, false
	}
	return exact.Minor(m.amount, uint8(m.currency.Exponent()))
}

// Sign returns -1, 0 or +1 as the amount is negative, zero or positive.
func (m Money) Sign() int { return m.amount.Sign() }

// IsZero reports whether the amount is zero. Unlike the zero Money, 0 USD is valid.
func (m Money) IsZero() bool { return m.amount.IsZero() }

// Neg returns -m.
func (m Money) Neg() Money { return Money{amount: m.amount.Neg(), currency: m.currency} }

// Add returns m + n. It is [MixedCurrency] when their currencies differ, and an
// [ErrInput] when one has none or the sum is out of range.
func (m Money) Add(n Money) (Money, error) {
	if err := m.checkSameCurrency(n); err != nil {
		return Money{}, err
	}
	return NewMoney(m.amount.Add(n.amount), m.currency)
}

// Sub returns m - n. The errors are those of [Money.Add].
func (m Money) Sub(n Money) (Money, error) { return m.Add(n.Neg()) }

// Cmp returns -1, 0 or +1 as m is less than, equal to or greater than n. It is
// [MixedCurrency] when their currencies differ, and an [ErrInput] when one has none.
func (m Money) Cmp(n Money) (int, error) {
	if err := m.checkSameCurrency(n); err != nil {
		return 0, err
	}
	return m.amount.Cmp(n.amount), nil
}

// Equal reports whether m and n are the same amount of the same currency: 1.5 USD
// equals 1.50 USD, and 0 USD does not equal 0 EUR.
func (m Money) Equal(n Money) bool {
	return m.currency == n.currency && m.amount.Equal(n.amount)
}

func (m Money) checkSameCurrency(n Money) error {
	switch {
	case !m.IsValid() || !n.IsValid():
		return errNoCurrency
	case m.currency != n.currency:
		return mixedCurrency(m.currency, n.currency)
	}
	return nil
}

// Text returns m exactly: the amount with at least the digits of the currency's
// smallest unit, and the currency; "1234.50 USD".
func (m Money) Text() string { return ValueOf(m).Text() }

// String returns m for people: "1,234.50 USD".
func (m Money) String() string { return ValueOf(m).String() }

// Format returns m for people, as f says.
func (m Money) Format(f Format) string { return ValueOf(m).Format(f) }

// MarshalText returns [Money.Text]. The zero Money has no text form.
func (m Money) MarshalText() ([]byte, error) { return ValueOf(m).MarshalText() }

// UnmarshalText accepts what [ParseMoney] does.
func (m *Money) UnmarshalText(text []byte) error { return assign(m, ParseMoney, text) }

// UnmarshalJSON accepts the text form as a string. A number is refused, because it
// has no currency.
func (m *Money) UnmarshalJSON(data []byte) error {
	return unmarshalJSON("money", data, func(s string) error { return assign(m, ParseMoney, []byte(s)) }, nil)
}

// Value implements [driver.Valuer] with the text form.
func (m Money) Value() (driver.Value, error) { return driverText(m.MarshalText()) }

// Scan implements the scanner of database/sql for text.
func (m *Money) Scan(src any) error { return scanText("money", src, m.UnmarshalText) }

// must is for literals only.
func must[T any](v T, err error) T {
	if err != nil {
		panic("metric: " + err.Error())
	}
	return v
}

// assign sets dst to the value that parse reads from text.
func assign[T any](dst *T, parse func(string) (T, error), text []byte) error {
	v, err := parse(string(text))
	if err != nil {
		return err
	}
	*dst = v
	return nil
}

// parseNumber reads a plain decimal number that is in range.
func parseNumber(s string) (decimal.Decimal, error) {
	d, err := exact.ParseDecimal(s)
	if err != nil {
		return decimal.Decimal{}, inputErrorf("%w", err)
	}
	return d, nil
}

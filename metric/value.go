package metric

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

// Value is the value of a metric whose type is not known to the compiler: one of
// the types of [Quantity], with its [Kind].
//
// Value is immutable. It is not comparable; use [Value.Equal]. The zero Value is
// no value: its kind is the zero [Kind].
type Value struct {
	_        [0]func()
	kind     Kind
	currency Currency        // money and distributions of money
	count    int64           // counts
	number   decimal.Decimal // other single values; durations in seconds
	dist     *distribution   // distributions
}

// ValueOf returns q as a Value.
func ValueOf[Q Quantity](q Q) Value {
	switch q := any(&q).(type) { // Of the value itself, an interface would copy it to the heap.
	case *Count:
		return Value{kind: KindCount, count: int64(*q)}
	case *Money:
		return Value{kind: KindMoney, number: q.amount, currency: q.currency}
	case *Ratio:
		return Value{kind: KindRatio, number: q.number}
	case *Number:
		return Value{kind: KindNumber, number: q.number}
	case *Duration:
		return Value{kind: KindDuration, number: q.seconds}
	case *Distribution[Count]:
		return q.untyped()
	case *Distribution[Money]:
		return q.untyped()
	case *Distribution[Ratio]:
		return q.untyped()
	case *Distribution[Number]:
		return q.untyped()
	case *Distribution[Duration]:
		return q.untyped()
	}
	return Value{}
}

// ValueAs returns v as a Q. It is an [ErrInput] when v is of another kind.
func ValueAs[Q Quantity](v Value) (Q, error) {
	var q Q
	if want := kindOf[Q](); v.kind != want {
		return q, inputErrorf("value is of kind %s, not %s", v.kind, want)
	}
	switch p := any(&q).(type) {
	case *Count:
		*p = Count(v.count)
	case *Money:
		*p = Money{amount: v.number, currency: v.currency}
	case *Ratio:
		*p = Ratio{number: v.number}
	case *Number:
		*p = Number{number: v.number}
	case *Duration:
		*p = Duration{seconds: v.number}
	case *Distribution[Count]:
		p.d = v.dist
	case *Distribution[Money]:
		p.d = v.dist
	case *Distribution[Ratio]:
		p.d = v.dist
	case *Distribution[Number]:
		p.d = v.dist
	case *Distribution[Duration]:
		p.d = v.dist
	}
	return q, nil
}

// ParseValue reads the text form of a value of the given kind, as the parser of its
// type does: [ParseCount], [ParseMoney], [ParseRatio], [ParseNumber] or
// [ParseDuration]. A distribution is a JSON list of such texts.
func ParseValue(kind Kind, text string) (Value, error) {
	switch kind {
	case KindCount:
		return parsed(ParseCount(text))
	case KindMoney:
		return parsed(ParseMoney(text))
	case KindRatio:
		return parsed(ParseRatio(text))
	case KindNumber:
		return parsed(ParseNumber(text))
	case KindDuration:
		return parsed(ParseDuration(text))
	case DistributionOf(KindCount):
		return parsed(parseDistribution[Count]([]byte(text)))
	case DistributionOf(KindMoney):
		return parsed(parseDistribution[Money]([]byte(text)))
	case DistributionOf(KindRatio):
		return parsed(parseDistribution[Ratio]([]byte(text)))
	case DistributionOf(KindNumber):
		return parsed(parseDistribution[Number]([]byte(text)))
	case DistributionOf(KindDuration):
		return parsed(parseDistribution[Duration]([]byte(text)))
	}
	return Value{}, inputErrorf("kind %d is unknown", uint8(kind))
}

func parsed[Q Quantity](q Q, err error) (Value, error) {
	if err != nil {
		return Value{}, err
	}
	return ValueOf(q), nil
}

// valueFromDecimal returns the single value of the given kind whose number is d. A
// count must be an integer, money must have a currency.
func valueFromDecimal(kind Kind, d decimal.Decimal, c Currency) (Value, error) {
	if err := checkRange(d); err != nil {
		return Value{}, err
	}
	switch kind {
	case KindCount:
		n, ok := exact.Minor(d, 0)
		if !ok {
			return Value{}, inputErrorf("count %s is not an integer of 64 bits", plain(d))
		}
		return Value{kind: kind, count: n}, nil
	case KindMoney:
		if c.IsZero() {
			return Value{}, inputErrorf("money %s has no currency", plain(d))
		}
		return Value{kind: kind, number: d, currency: c}, nil
	case KindRatio, KindNumber, KindDuration:
		return Value{kind: kind, number: d}, nil
	}
	return Value{}, inputErrorf("a value of kind %s is not a single number", kind)
}

// Kind returns the kind of v, the zero Kind for no value.
func (v Value) Kind() Kind { return v.kind }

// IsZero reports whether v is no value. The number 0 is a value.
func (v Value) IsZero() bool { return v.kind == 0 }

// Currency returns the currency of money and of distributions of money.
func (v Value) Currency() Currency { return v.currency }

// Decimal returns the number of a single value: the count, the amount of money, the
// fraction of a ratio, the seconds of a duration. It is false for a distribution
// and for no value.
func (v Value) Decimal() (decimal.Decimal, bool) {
	switch {
	case v.kind == KindCount:
		return decimal.NewFromInt(v.count), true
	case v.kind.isScalar():
		return v.number, true
	}
	return decimal.Decimal{}, false
}

// Equal reports whether v and w have the same kind, currency and number, however
// many zeros the number was written with.
func (v Value) Equal(w Value) bool {
	switch {
	case v.kind != w.kind:
		return false
	case v.kind == 0:
		return true
	case v.kind == KindCount:
		return v.count == w.count
	case v.kind.isScalar():
		return v.currency == w.currency && v.number.Equal(w.number)
	}
	return v.distribution().equal(w.distribution())
}

// Compare returns -1, 0 or +1 as v is less than, equal to or greater than w. It is
// an [ErrInput] unless both are single values of one kind, and [MixedCurrency] when
// they are money of two currencies.
func (v Value) Compare(w Value) (int, error) {
	switch {
	case v.kind != w.kind:
		return 0, inputErrorf("a value of kind %s does not compare to one of kind %s", v.kind, w.kind)
	case !v.kind.isScalar():
		return 0, inputErrorf("values of kind %s have no order", v.kind)
	case v.currency != w.currency:
		return 0, mixedCurrency(v.currency, w.currency)
	}
	a, _ := v.Decimal()
	b, _ := w.Decimal()
	return a.Cmp(b), nil
}

// Text returns v exactly, in the form that [ParseValue] reads: "1234", "1234.50 USD",
// "0.0345", "3.2", "131400s", or a JSON list of such texts. It is empty for no value.
func (v Value) Text() string { return string(v.appendText(nil)) }

// String returns v for people, as [Value.Format] does with the zero Format.
func (v Value) String() string { return v.Format(Format{}) }

// MarshalText returns [Value.Text]. The kind is not part of it.
func (v Value) MarshalText() ([]byte, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	return v.appendText([]byte{}), nil
}

// MarshalJSON returns [Value.Text] as a string, a list of strings for a distribution,
// and null for no value.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.IsZero() {
		return []byte("null"), nil
	}
	text, err := v.MarshalText()
	if err != nil || v.kind.IsDistribution() {
		return text, err
	}
	return json.Marshal(string(text))
}

// check refuses money that has no currency.
func (v Value) check() error {
	if v.kind == KindMoney && v.currency.IsZero() {
		return errNoCurrency
	}
	return nil
}

func (v Value) appendText(b []byte) []byte {
	switch v.kind {
	case KindCount:
		return exact.AppendDecimal(b, decimal.NewFromInt(v.count))
	case KindMoney:
		b = appendPadded(b, v.number, v.currency.Exponent())
		return append(append(b, ' '), v.currency.Code()...)
	case KindRatio, KindNumber:
		return exact.AppendDecimal(b, v.number)
	case KindDuration:
		return append(exact.AppendDecimal(b, v.number), 's')
	case 0:
		return b
	}
	return v.distribution().appendText(b)
}

// fraction returns the number of a single value.
func (v Value) fraction() exact.Fraction {
	if v.kind == KindCount {
		return exact.FromInt64(v.count)
	}
	return exact.FromDecimal(v.number)
}

// distribution returns the distribution that v is, and an empty one for anything else.
func (v Value) distribution() *distribution {
	if v.dist == nil {
		e, _ := v.kind.Element()
		return &distribution{element: e, currency: v.currency}
	}
	return v.dist
}

// checkRange refuses numbers of magnitudes that no business quantity has, so that
// none can exhaust the arithmetic.
func checkRange(d decimal.Decimal) error {
	if !exact.InRange(d) {
		return errOutOfRange
	}
	return nil
}

var (
	errOutOfRange error = &badInput{message: "number is out of range: its magnitude is beyond 10^34 or it has digits below 10^-34"}
	errNoCurrency error = &badInput{message: "money has no currency"}
)

func mixedCurrency(a, b Currency) error {
	return &Error{Reason: MixedCurrency, Err: fmt.Errorf("%s and %s", a.orNone(), b.orNone())}
}

// plain writes d in full, for messages.
func plain(d decimal.Decimal) string { return string(exact.AppendDecimal(nil, d)) }

// appendPadded writes d in full with at least places digits after the point.
func appendPadded(b []byte, d decimal.Decimal, places int) []byte {
	b = exact.AppendDecimal(b, d)
	have := max(0, -int(d.Exponent()))
	if have >= places {
		return b
	}
	if have == 0 {
		b = append(b, '.')
	}
	for ; have < places; have++ {
		b = append(b, '0')
	}
	return b
}

// driverText turns marshaled text into a value for a database.
func driverText(text []byte, err error) (driver.Value, error) {
	if err != nil {
		return nil, err
	}
	return string(text), nil
}

// scanText reads text from a database.
func scanText(what string, src any, text func([]byte) error) error {
	return scanNumber(what, src, text, nil)
}

// scanNumber reads text from a database, or an integer where a number alone is a
// complete value.
func scanNumber(what string, src any, text func([]byte) error, integer func(int64) error) error {
	switch src := src.(type) {
	case string:
		return text([]byte(src))
	case []byte:
		return text(src)
	case int64:
		if integer != nil {
			return integer(src)
		}
	case float64:
		return inputErrorf("%s from a float64, which is not exact: select it as text", what)
	case nil:
		return inputErrorf("%s from NULL: scan into a sql.Null", what)
	}
	return inputErrorf("%s from a %T, want text", what, src)
}

// unmarshalJSON reads a JSON string as text and a JSON number, in its own digits,
// with number.
func unmarshalJSON(what string, data []byte, text, number func(string) error) error {
	switch s := strings.TrimSpace(string(data)); {
	case s == "null":
		return inputErrorf("%s from null", what)
	case strings.HasPrefix(s, `"`):
		var unquoted string
		if err := json.Unmarshal(data, &unquoted); err != nil {
			return inputErrorf("%s: %w", what, err)
		}
		return text(unquoted)
	case s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9'):
		if number == nil {
			return inputErrorf("%s from the number %s, want text", what, quote(s))
		}
		return number(s)
	default:
		return inputErrorf("%s from %s, want text", what, quote(s))
	}
}

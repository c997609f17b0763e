package event_test

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func dec(coef string, exp int32) decimal.Decimal {
	n, ok := new(big.Int).SetString(coef, 10)
	if !ok {
		panic(coef)
	}
	return decimal.NewFromBigInt(n, exp)
}

func TestNumbersHaveOneForm(t *testing.T) {
	zeros := strings.Repeat("0", 33)
	for _, c := range []struct {
		d    decimal.Decimal
		kind event.Kind
		text string
	}{
		{decimal.Decimal{}, event.KindInt, "0"},
		{dec("0", 9000), event.KindInt, "0"},
		{dec("12", 0), event.KindInt, "12"},
		{dec("1200", -2), event.KindInt, "12"},
		{dec("12", 2), event.KindInt, "1200"},
		{dec("-1250", -2), event.KindDecimal, "-12.5"},
		{dec("5", -3), event.KindDecimal, "0.005"},
		{dec("9223372036854775807", 0), event.KindInt, "9223372036854775807"},
		{dec("-9223372036854775808", 0), event.KindInt, "-9223372036854775808"},
		{dec("9223372036854775808", 0), event.KindDecimal, "9223372036854775808"},
		{dec("1", 33), event.KindDecimal, "1" + zeros},
		{dec("1"+zeros, -33), event.KindInt, "1"},
		{dec("1", -34), event.KindDecimal, "0." + zeros + "1"},
		{dec("10", -35), event.KindDecimal, "0." + zeros + "1"},
		{dec("1", 34), event.KindInvalid, "null"},
		{dec("1", -35), event.KindInvalid, "null"},
		{dec("1", math.MaxInt32), event.KindInvalid, "null"},
		{dec("1", math.MinInt32), event.KindInvalid, "null"},
	} {
		v := event.DecimalValue(c.d)
		if v.Kind() != c.kind || v.String() != c.text {
			t.Errorf("%de%d is %s %s, want %s %s", c.d.Coefficient(), c.d.Exponent(), v.Kind(), v, c.kind, c.text)
		}
	}
}

func TestGettersOfOtherKinds(t *testing.T) {
	at := mustTime("2026-03-01T00:00:00.5Z")
	values := map[event.Kind]event.Value{
		event.KindInvalid: {},
		event.KindString:  event.StringValue("x"),
		event.KindBool:    event.BoolValue(true),
		event.KindInt:     event.IntValue(7),
		event.KindDecimal: event.DecimalValue(dec("75", -1)),
		event.KindTime:    event.TimeValue(at),
		event.KindList:    event.ListValue(event.IntValue(1)),
		event.KindRecord:  event.RecordValue(event.NewProps(event.Int("a", 1))),
	}
	for kind, v := range values {
		if v.Kind() != kind {
			t.Errorf("%s is a %s", kind, v.Kind())
		}
		text, isText := v.Text()
		truth, isBool := v.Bool()
		n, isInt := v.Int()
		d, isNumber := v.Decimal()
		when, isTime := v.Time()
		list, isList := v.List()
		record, isRecord := v.Record()
		if isText != (kind == event.KindString) || isText && text != "x" {
			t.Errorf("%s: Text %q, %v", kind, text, isText)
		}
		if isBool != (kind == event.KindBool) || truth != isBool {
			t.Errorf("%s: Bool %v, %v", kind, truth, isBool)
		}
		if isInt != (kind == event.KindInt) || isInt && n != 7 || !isInt && n != 0 {
			t.Errorf("%s: Int %v, %v", kind, n, isInt)
		}
		if isNumber != (kind == event.KindInt || kind == event.KindDecimal) || isNumber && d.Sign() != 1 {
			t.Errorf("%s: Decimal %v", kind, isNumber)
		}
		if isTime != (kind == event.KindTime) || isTime && !when.Equal(at) {
			t.Errorf("%s: Time %v, %v", kind, when, isTime)
		}
		if isList != (kind == event.KindList) || len(list) == 1 != isList {
			t.Errorf("%s: List %v, %v", kind, list, isList)
		}
		if isRecord != (kind == event.KindRecord) || record.Len() == 1 != isRecord {
			t.Errorf("%s: Record %v", kind, isRecord)
		}
	}
}

func TestTextTimes(t *testing.T) {
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{"2026-03-01T00:00:00Z", true},
		{"2026-03-01T00:00:00.123456789+05:30", true},
		{"2026-02-29T00:00:00Z", false},
		{"2026-03-01T24:00:00Z", false},
		{"2026-03-01T0:00:00Z", false},
		{"2026-03-01T00:00:00,5Z", false},
		{"2026-03-01 00:00:00Z", false},
		{"2026-03-01", false},
		{"", false},
		{"2026-03-01T00:00:00." + strings.Repeat("0", 1000) + "Z", false},
	} {
		got, ok := event.StringValue(c.text).Time()
		if ok != c.ok || ok && !got.Equal(mustTime(c.text)) || ok && got.Location() != time.UTC {
			t.Errorf("%.40q: %v, %v", c.text, got, ok)
		}
	}
}

func TestValueCompareIsATotalOrder(t *testing.T) {
	r := newRand(5)
	values := make([]event.Value, 80)
	for i := range values {
		values[i] = randomValue(r, 2)
	}
	for _, a := range values {
		for _, b := range values {
			if a.Compare(b) != -b.Compare(a) || a.Equal(b) != (a.Compare(b) == 0) {
				t.Fatalf("not antisymmetric: %v, %v", a, b)
			}
			for _, c := range values {
				if a.Compare(b) <= 0 && b.Compare(c) <= 0 && a.Compare(c) > 0 {
					t.Fatalf("not transitive: %v, %v, %v", a, b, c)
				}
			}
		}
	}
}

func TestNumbersCompareBySize(t *testing.T) {
	r := newRand(6)
	draw := func() (event.Value, *big.Rat) {
		coef := r.Int64() - r.Int64()
		if r.IntN(2) == 0 {
			coef %= 1000
		}
		exp := int32(r.IntN(30) - 20)
		if exp > 15 {
			exp = 0
		}
		v := event.DecimalValue(decimal.New(coef, exp))
		rat, ok := new(big.Rat).SetString(v.String())
		if !ok {
			t.Fatalf("%v is no number", v)
		}
		want := new(big.Rat).SetInt64(coef)
		pow := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil))
		if exp < 0 {
			pow.Inv(pow)
		}
		if want.Mul(want, pow).Cmp(rat) != 0 {
			t.Fatalf("%de%d is printed %v", coef, exp, v)
		}
		return v, rat
	}
	for range 2000 {
		a, x := draw()
		b, y := draw()
		if a.Compare(b) != x.Cmp(y) {
			t.Fatalf("Compare(%v, %v) = %d", a, b, a.Compare(b))
		}
	}
}

func TestValuesAreImmutable(t *testing.T) {
	in := []event.Value{event.IntValue(1), event.IntValue(2)}
	v := event.ListValue(in...)
	in[0] = event.IntValue(9)
	out, _ := v.List()
	out[1] = event.IntValue(9)
	if v.String() != "[1,2]" {
		t.Error(v)
	}
}

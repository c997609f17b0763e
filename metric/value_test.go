package metric

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var sampleValues = []struct {
	kind Kind
	text string
}{
	{KindCount, "1234"},
	{KindCount, "-9223372036854775808"},
	{KindMoney, "1234.50 USD"},
	{KindMoney, "-0.000001 JPY"},
	{KindMoney, "0.00 EUR"},
	{KindRatio, "0.0345"},
	{KindRatio, "0.80"},
	{KindRatio, "0.3333333333333333333333333333"},
	{KindNumber, "-3.2"},
	{KindNumber, "9999999999999999999999999999999999"},
	{KindDuration, "131400s"},
	{KindDuration, "-0.000000001s"},
	{DistributionOf(KindCount), `["-1","2","2"]`},
	{DistributionOf(KindMoney), `["1.00 USD","2.505 USD"]`},
	{DistributionOf(KindRatio), `["0.5"]`},
	{DistributionOf(KindNumber), `[]`},
	{DistributionOf(KindDuration), `["1.5s","3600s"]`},
}

func TestValueTextRoundTrip(t *testing.T) {
	for _, s := range sampleValues {
		v, err := ParseValue(s.kind, s.text)
		if err != nil {
			t.Errorf("%s %s: %v", s.kind, s.text, err)
			continue
		}
		if v.Kind() != s.kind || v.Text() != s.text || v.IsZero() {
			t.Errorf("%s %s becomes %s %s", s.kind, s.text, v.Kind(), v.Text())
		}
		text, err := v.MarshalText()
		if err != nil || string(text) != s.text {
			t.Errorf("%s %s: MarshalText gives %s, %v", s.kind, s.text, text, err)
		}
		want := s.text
		if !s.kind.IsDistribution() {
			want = `"` + want + `"`
		}
		if data, err := json.Marshal(v); err != nil || string(data) != want {
			t.Errorf("%s %s: JSON is %s, %v", s.kind, s.text, data, err)
		}
	}
	if data, err := json.Marshal(Value{}); err != nil || string(data) != "null" {
		t.Errorf("no value is %s, %v", data, err)
	}
	for _, k := range []Kind{0, 6, 16, 99} {
		if v, err := ParseValue(k, "1"); !errors.Is(err, ErrInput) || !v.IsZero() {
			t.Errorf("ParseValue(%d) = %s, %v", k, v, err)
		}
	}
	if _, err := ValueOf(Money{}).MarshalText(); !errors.Is(err, ErrInput) {
		t.Errorf("the text of money without a currency: %v", err)
	}
	if _, err := json.Marshal(struct{ M Money }{}); err == nil {
		t.Error("money without a currency became JSON")
	}
}

func testConversion[Q Quantity](t *testing.T, q Q, equal func(Q, Q) bool) {
	t.Helper()
	v := ValueOf(q)
	if v.Kind() != kindOf[Q]() {
		t.Errorf("%T becomes a value of kind %s", q, v.Kind())
	}
	back, err := ValueAs[Q](v)
	if err != nil || !equal(q, back) {
		t.Errorf("%T comes back as %v, %v", q, back, err)
	}
	if _, err := ValueAs[Q](Value{}); !errors.Is(err, ErrInput) {
		t.Errorf("no value is taken for a %T", q)
	}
}

func TestValueConversions(t *testing.T) {
	counts, _ := NewDistribution[Count](1, 2)
	money, _ := NewDistribution(USD("1"))
	ratios, _ := NewDistribution(MustRatio("0.5"))
	numbers, _ := NewDistribution(MustNumber("-1"))
	times, _ := NewDistribution(MustDuration("1h"))
	testConversion(t, Count(-7), func(a, b Count) bool { return a == b })
	testConversion(t, USD("1.50"), Money.Equal)
	testConversion(t, MustRatio("0.5"), Ratio.Equal)
	testConversion(t, MustNumber("3.2"), Number.Equal)
	testConversion(t, MustDuration("2d"), Duration.Equal)
	testConversion(t, counts, Distribution[Count].Equal)
	testConversion(t, money, Distribution[Money].Equal)
	testConversion(t, ratios, Distribution[Ratio].Equal)
	testConversion(t, numbers, Distribution[Number].Equal)
	testConversion(t, times, Distribution[Duration].Equal)
	if _, err := ValueAs[Number](ValueOf(MustRatio("1"))); err == nil || err.Error() != "value is of kind ratio, not number" {
		t.Errorf("a ratio as a number: %v", err)
	}
}

func TestValueEqualAndCompare(t *testing.T) {
	parse := func(k Kind, s string) Value {
		v, err := ParseValue(k, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	// In strictly ascending order within each kind and currency.
	groups := [][]Value{
		{parse(KindCount, "-1"), parse(KindCount, "0"), parse(KindCount, "10")},
		{parse(KindMoney, "-1 USD"), parse(KindMoney, "0.001 USD"), parse(KindMoney, "1 USD")},
		{parse(KindMoney, "0 EUR")},
		{parse(KindRatio, "-1"), parse(KindRatio, "0.33")},
		{parse(KindNumber, "-1"), parse(KindNumber, "0.33")},
		{parse(KindDuration, "1s"), parse(KindDuration, "1m")},
	}
	for i, g := range groups {
		for j, h := range groups {
			for x, v := range g {
				for y, w := range h {
					if got, want := v.Equal(w), i == j && x == y; got != want {
						t.Errorf("%s %s equals %s %s: %t", v.Kind(), v, w.Kind(), w, got)
					}
					c, err := v.Compare(w)
					switch {
					case i == j && (err != nil || c != cmpInt(x, y)):
						t.Errorf("%s compares to %s as %d, %v", v, w, c, err)
					case i != j && v.Kind() == w.Kind() && !errors.Is(err, MixedCurrency):
						t.Errorf("%s compares to %s: %v", v, w, err)
					case v.Kind() != w.Kind() && !errors.Is(err, ErrInput):
						t.Errorf("%s compares to %s: %v", v, w, err)
					}
				}
			}
		}
	}
	if !parse(KindRatio, "0.50").Equal(parse(KindRatio, "50%")) || !parse(DistributionOf(KindNumber), `["1.0"]`).Equal(parse(DistributionOf(KindNumber), `["1"]`)) {
		t.Error("trailing zeros make a difference")
	}
	if !(Value{}).Equal(Value{}) || (Value{}).Equal(groups[0][1]) {
		t.Error("no value is not equal to itself alone")
	}
	d := parse(DistributionOf(KindCount), "[]")
	if _, err := d.Compare(d); !errors.Is(err, ErrInput) {
		t.Errorf("distributions have an order: %v", err)
	}
	if _, err := (Value{}).Compare(Value{}); !errors.Is(err, ErrInput) {
		t.Errorf("no values have an order: %v", err)
	}
	if diff := cmp.Diff(struct{ V Value }{parse(KindRatio, "0.5")}, struct{ V Value }{parse(KindRatio, "0.50")}); diff != "" {
		t.Error(diff)
	}
}

func cmpInt(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestValueFromDecimal(t *testing.T) {
	usd, _ := ParseCurrency("USD")
	for _, tt := range []struct {
		kind Kind
		d    decimal.Decimal
		c    Currency
		want string // "" for an error
	}{
		{KindCount, dec("12"), Currency{}, "12"},
		{KindCount, dec("12.000"), Currency{}, "12"},
		{KindCount, decimal.New(12, 3), Currency{}, "12000"},
		{KindCount, dec("12.5"), Currency{}, ""},
		{KindCount, dec("9223372036854775808"), Currency{}, ""},
		{KindMoney, dec("1.5"), usd, "1.50 USD"},
		{KindMoney, dec("1.5"), Currency{}, ""},
		{KindRatio, dec("1.5"), Currency{}, "1.5"},
		{KindNumber, decimal.New(1, 34), Currency{}, ""},
		{KindNumber, decimal.New(1, math.MaxInt32), Currency{}, ""},
		{KindDuration, dec("90.5"), Currency{}, "90.5s"},
		{DistributionOf(KindCount), dec("1"), Currency{}, ""},
		{0, dec("1"), Currency{}, ""},
	} {
		v, err := valueFromDecimal(tt.kind, tt.d, tt.c)
		if tt.want == "" {
			if !errors.Is(err, ErrInput) {
				t.Errorf("%s: got %s, %v", tt.kind, v.Text(), err)
			}
			continue
		}
		if err != nil || v.Text() != tt.want {
			t.Errorf("%s: got %s, %v; want %s", tt.kind, v.Text(), err, tt.want)
			continue
		}
		d, ok := v.Decimal()
		if f, exact := v.fraction().Decimal(); !ok || !d.Equal(tt.d) || !exact || !f.Equal(tt.d) {
			t.Errorf("%s: number %s, fraction %s", tt.kind, d, f)
		}
	}
	if _, ok := (Value{}).Decimal(); ok {
		t.Error("no value has a number")
	}
}

func TestJSON(t *testing.T) {
	type all struct {
		Count    Count
		Money    Money
		Ratio    Ratio
		Number   Number
		Duration Duration
		Amounts  Distribution[Money]
		Currency Currency
		Kind     Kind
		Reason   Reason
		Period   Period
		Unit     PeriodUnit
	}
	const text = `{"Count":"9007199254740993","Money":"1.50 USD","Ratio":"0.10","Number":"-2","Duration":"90s","Amounts":["1.00 EUR","2.00 EUR"],` +
		`"Currency":"CHF","Kind":"distribution[money]","Reason":"not_mature","Period":"2026-Q1","Unit":"week"}`
	var v all
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil || string(data) != text {
		t.Errorf("got %s, %v\nwant %s", data, err, text)
	}
	if v.Count != 9007199254740993 || !v.Money.Equal(USD("1.5")) || !v.Duration.Equal(MustDuration("1m30s")) {
		t.Errorf("read %+v", v)
	}
}

func TestJSONNumbersKeepTheirDigits(t *testing.T) {
	var v struct {
		Count    Count
		Ratio    Ratio
		Number   Number
		Duration Duration
		Counts   Distribution[Count]
	}
	const text = `{"Count":9007199254740993,"Ratio":0.1000000000000000000000000001,"Number":-1.5e3,"Duration":90.25,"Counts":[2,9007199254740993]}`
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	got := []string{v.Count.Text(), v.Ratio.Text(), v.Number.Text(), v.Duration.Text(), v.Counts.Text()}
	want := []string{"9007199254740993", "0.1000000000000000000000000001", "-1500", "90.25s", `["2","9007199254740993"]`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONRefuses(t *testing.T) {
	for _, tt := range []struct {
		dst  any
		data string
	}{
		{new(Count), `1.5`}, {new(Count), `null`}, {new(Count), `true`}, {new(Count), `"1.5"`}, {new(Count), `1e30`}, {new(Count), `[1]`}, {new(Count), `"\u0061"`},
		{new(Money), `1.5`}, {new(Money), `null`}, {new(Money), `{}`}, {new(Money), `"1.5"`}, {new(Money), `""`},
		{new(Ratio), `null`}, {new(Ratio), `""`}, {new(Ratio), `1e99`}, {new(Ratio), `false`},
		{new(Number), `null`}, {new(Number), `"x"`}, {new(Number), `[]`},
		{new(Duration), `null`}, {new(Duration), `"90"`}, {new(Duration), `{}`},
		{new(Distribution[Count]), `null`}, {new(Distribution[Count]), `"[]"`}, {new(Distribution[Count]), `[null]`}, {new(Distribution[Count]), `{}`},
		{new(Distribution[Money]), `["1 USD","1 EUR"]`},
		{new(Currency), `"usd"`}, {new(Kind), `"x"`}, {new(Reason), `"x"`}, {new(Period), `"x"`}, {new(PeriodUnit), `"x"`},
	} {
		if err := json.Unmarshal([]byte(tt.data), tt.dst); err == nil {
			t.Errorf("%T read %s", tt.dst, tt.data)
		}
	}
}

func TestSQL(t *testing.T) {
	for _, tt := range []struct {
		dst  sql.Scanner
		src  any
		want driver.Value
	}{
		{new(Count), int64(5), int64(5)},
		{new(Count), "5", int64(5)},
		{new(Count), []byte("-5"), int64(-5)},
		{new(Money), "1.5 USD", "1.50 USD"},
		{new(Money), []byte("EUR 2"), "2.00 EUR"},
		{new(Ratio), "3.45%", "0.0345"},
		{new(Ratio), int64(1), "1"},
		{new(Number), []byte("3.20"), "3.20"},
		{new(Number), int64(-3), "-3"},
		{new(Duration), "1h", "3600s"},
		{new(Duration), int64(90), "90s"},
		{new(Distribution[Count]), `["2","1"]`, `["1","2"]`},
		{new(Currency), "USD", "USD"},
		{new(Currency), "", ""},
		{new(Kind), "money", "money"},
		{new(Reason), []byte("suppressed"), "suppressed"},
		{new(Period), "2026-03", "2026-03"},
	} {
		if err := tt.dst.Scan(tt.src); err != nil {
			t.Errorf("%T from %v: %v", tt.dst, tt.src, err)
			continue
		}
		got, err := tt.dst.(driver.Valuer).Value()
		if err != nil || got != tt.want || !driver.IsValue(got) {
			t.Errorf("%T from %v gives %v, %v", tt.dst, tt.src, got, err)
		}
	}
}

func TestSQLRefuses(t *testing.T) {
	for _, dst := range []sql.Scanner{new(Count), new(Money), new(Ratio), new(Number), new(Duration), new(Distribution[Ratio]), new(Currency), new(Kind), new(Reason), new(Period)} {
		for src, want := range map[any]string{nil: "NULL", 1.5: "not exact", true: "bool", time.Time{}: "time.Time", "\x00": ""} {
			err := dst.Scan(src)
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), want) {
				t.Errorf("%T from %v: %v", dst, src, err)
			}
			if !reflect.ValueOf(dst).Elem().IsZero() {
				t.Errorf("%T from %v was changed", dst, src)
			}
		}
	}
	for _, dst := range []sql.Scanner{new(Money), new(Distribution[Count]), new(Currency), new(Kind), new(Period)} {
		if err := dst.Scan(int64(1)); !errors.Is(err, ErrInput) {
			t.Errorf("%T from an integer: %v", dst, err)
		}
	}
	var null sql.Null[Money]
	if err := null.Scan(nil); err != nil || null.Valid {
		t.Errorf("NULL in a sql.Null: %+v, %v", null, err)
	}
	if err := null.Scan("1 USD"); err != nil || !null.V.Equal(USD("1")) {
		t.Errorf("a value in a sql.Null: %+v, %v", null, err)
	}
}

// A struct with one of these in it must not be compared with ==.
func TestDecimalsAreNotComparable(t *testing.T) {
	for _, v := range []any{Money{}, Ratio{}, Number{}, Duration{}, Distribution[Count]{}, Value{}, Period{}} {
		if reflect.TypeOf(v).Comparable() {
			t.Errorf("%T is comparable", v)
		}
	}
	for _, v := range []any{Count(0), Currency{}, Kind(0), Reason(""), Rounding{}, PeriodUnit(0), Format{}} {
		if !reflect.TypeOf(v).Comparable() {
			t.Errorf("%T is not comparable", v)
		}
	}
}

package catalog_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
	"github.com/shopspring/decimal"
)

// fakeRows is a query's result as *sql.Rows has it: values go to the Scan of each target.
type fakeRows struct {
	columns []string
	rows    [][]any
	at      int
	scanErr map[int]error // by row, from 1
	err     error         // at the end
	buffer  []byte        // in which all bytes are handed out, and written over
}

func (f *fakeRows) Columns() ([]string, error) { return f.columns, nil }

func (f *fakeRows) Next() bool {
	f.at++
	for i := range f.buffer {
		f.buffer[i] = '#'
	}
	f.buffer = f.buffer[:0]
	return f.at <= len(f.rows)
}

func (f *fakeRows) Scan(dest ...any) error {
	if err := f.scanErr[f.at]; err != nil {
		return err
	}
	if len(dest) != len(f.columns) {
		return fmt.Errorf("%d targets, want %d", len(dest), len(f.columns))
	}
	for i, v := range f.rows[f.at-1] {
		if b, ok := v.([]byte); ok && b != nil {
			start := len(f.buffer)
			f.buffer = append(f.buffer, b...)
			v = f.buffer[start:len(f.buffer):len(f.buffer)]
		}
		if err := dest[i].(sql.Scanner).Scan(v); err != nil {
			return err
		}
	}
	return nil
}

func (f *fakeRows) Err() error { return f.err }

// factsText writes facts as "id=text id=text".
func factsText(f *metric.Facts) string {
	if f == nil {
		return "none"
	}
	var parts []string
	for fact := range f.All() {
		parts = append(parts, fact.Definition().ID()+"="+fact.Value().Text())
	}
	return strings.Join(parts, " ")
}

// readAll collects rows as "number: facts" and the texts of errors.
func readAll(rows iter.Seq2[catalog.Row, error]) []string {
	var got []string
	for row, err := range rows {
		if err != nil {
			got = append(got, fmt.Sprintf("%d! %v", row.Number, err))
			continue
		}
		got = append(got, fmt.Sprintf("%d: %s", row.Number, factsText(row.Facts)))
	}
	return got
}

func wantLines(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, g, w)
		}
	}
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func currency(t testing.TB, code string) metric.Currency {
	t.Helper()
	c, err := metric.ParseCurrency(code)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestColumns(t *testing.T) {
	c, err := catalog.ResolveColumns([]string{
		"region", "email.sent", "EMAIL_BOUNCES", "Orders.Revenue", "email_opend", "sent", "rev", "survey_promoters", "region2", "_", "", "email__sent", "x.y.z",
	}, catalog.RowOptions{
		Segments: []string{"REGION"},
		Rename:   map[string]string{"Rev": "subscription.opening_mrr", "survey_promoters": ""},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name, d := range c.Metrics() {
		got = append(got, name+" "+d.ID())
	}
	wantLines(t, got, []string{"email.sent email.sent", "EMAIL_BOUNCES email.bounces", "Orders.Revenue orders.revenue", "rev subscription.opening_mrr"})
	wantLines(t, c.Unknown(), []string{"email_opend", "sent", "region2", "_", "", "email__sent", "x.y.z"})

	// What is handed out is the caller's.
	c.Unknown()[0] = "changed"
	if c.Unknown()[0] != "email_opend" {
		t.Error("the caller can change the columns")
	}
}

// Every metric is found by its id and by the name that a database can give a column, in any
// case, and no two share one.
func TestEveryMetricIsAColumn(t *testing.T) {
	var dotted, flat []string
	for d := range catalog.All() {
		dotted = append(dotted, d.ID())
		flat = append(flat, strings.ToUpper(strings.Replace(d.ID(), ".", "_", 1)))
	}
	for _, names := range [][]string{dotted, flat} {
		c, err := catalog.ResolveColumns(names, catalog.RowOptions{})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for name, d := range c.Metrics() {
			if name != names[i] || d.ID() != dotted[i] {
				t.Errorf("column %s is %s, want %s", name, d, dotted[i])
			}
			i++
		}
		if i != len(names) || len(c.Unknown()) > 0 {
			t.Errorf("%d of %d columns are metrics; unknown are %q", i, len(names), c.Unknown())
		}
	}
}

// ownMetric is a metric that the catalogue does not have.
func ownMetric(t testing.TB, id string) metric.Definition {
	t.Helper()
	d, err := formula.Define(formula.Spec{
		ID: id, Name: "Own", Stage: stage.Grow, Kind: metric.KindCount, Unit: "order", Direction: "higher",
		Range: "[0, inf)", Time: "period", RollUpTime: "sum", RollUpPopulation: "sum", Stability: "beta",
	}, catalog.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestColumnErrors(t *testing.T) {
	ownSent := ownMetric(t, "email.sent")
	unit, err := metric.ParsePeriodUnit("rolling")
	if err != nil {
		t.Fatal(err)
	}
	march, err := metric.Month(2026, time.March, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		names   string
		options catalog.RowOptions
		want    string
	}{
		{"email.sent EMAIL_SENT", catalog.RowOptions{}, `header: column "EMAIL_SENT": metric email.sent has a column "email.sent" already`},
		{"n email.sent", catalog.RowOptions{Rename: map[string]string{"n": "email.sent"}}, `header: column "email.sent": metric email.sent has a column "n" already`},
		{"region Region", catalog.RowOptions{Segments: []string{"region"}}, `header: column "Region": there are two columns of that name`},
		{"a", catalog.RowOptions{Segments: []string{"b"}}, `header: column "b": there is no such column, which is said to be a segment`},
		{"a", catalog.RowOptions{PeriodColumn: "month"}, `header: column "month": there is no such column, which is said to be the period`},
		{"a", catalog.RowOptions{CurrencyColumn: "currency"}, `header: column "currency": there is no such column, which is said to be the currency`},
		{"a", catalog.RowOptions{Rename: map[string]string{"b": "email.sent"}}, `header: column "b": there is no such column, which is said to be renamed`},
		{"a", catalog.RowOptions{Rename: map[string]string{"b": ""}}, `header: column "b": there is no such column, which is said to be left out`},
		{"a", catalog.RowOptions{Rename: map[string]string{"a": "email.opend"}}, `header: column "a": there is no metric "email.opend"`},
		{"a", catalog.RowOptions{Segments: []string{"a"}, PeriodColumn: "A"}, `header: column "a": it is said to be the period and a segment`},
		{"a", catalog.RowOptions{Segments: []string{"a", "a"}}, `header: column "a": it is said to be a segment and a segment`},
		{"a", catalog.RowOptions{Segments: []string{"a"}, Rename: map[string]string{"a": "email.sent"}}, `header: column "a": it is said to be a segment and renamed`},
		{"m", catalog.RowOptions{PeriodColumn: "m", Period: march}, `header: column "m": it holds the periods, but all rows are said to be of 2026-03`},
		{"m", catalog.RowOptions{PeriodColumn: "m", PeriodUnit: unit}, `header: a rolling period is not determined by a time`},
		{"m", catalog.RowOptions{PeriodUnit: metric.UnitMonth}, `header: a period unit without a period column`},
		{"m", catalog.RowOptions{Times: 7}, `header: time reading 7 is unknown`},
		{"m", catalog.RowOptions{Metrics: []metric.Definition{ownSent}}, `header: email.sent is an id of the catalogue, so no metric of the caller's own can have it`},
		{"m", catalog.RowOptions{Metrics: []metric.Definition{{}}}, `header: a metric of the caller's own is the zero Definition`},
		{"m", catalog.RowOptions{Metrics: []metric.Definition{email.Sent().Definition(), email.Sent().Definition()}}, `header: metric email.sent is given twice`},
		// All faults, not only the first.
		{"email.sent email_sent orders.orders orders_orders", catalog.RowOptions{},
			"header: column \"email_sent\": metric email.sent has a column \"email.sent\" already\nheader: column \"orders_orders\": metric orders.orders has a column \"orders.orders\" already"},
	} {
		c, err := catalog.ResolveColumns(strings.Fields(test.names), test.options)
		if c != nil || err == nil || err.Error() != test.want {
			t.Errorf("%s, %+v:\n got %v\nwant %s", test.names, test.options, err, test.want)
			continue
		}
		fault, ok := errors.AsType[*catalog.RowError](err)
		if !ok || fault.Row != 0 || !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v is a %T", err, err)
		}
	}
}

func TestOwnMetricsAreColumns(t *testing.T) {
	returns := ownMetric(t, "acme.returned_orders")
	options := catalog.RowOptions{Metrics: []metric.Definition{returns}}
	for _, name := range []string{"acme.returned_orders", "ACME_RETURNED_ORDERS"} {
		_, row, err := catalog.ReadMap(map[string]string{name: "7", "orders_orders": "9"}, options)
		if got := factsText(row.Facts); err != nil || got != "acme.returned_orders=7 orders.orders=9" {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	// a.b_c and a_b.c are one name for a column.
	options.Metrics = []metric.Definition{ownMetric(t, "acme.shop_orders"), ownMetric(t, "acme_shop.orders")}
	_, err := catalog.ResolveColumns([]string{"acme_shop_orders"}, options)
	if err == nil || err.Error() != `header: column "acme_shop_orders": it may be acme.shop_orders or acme_shop.orders: rename it` {
		t.Error(err)
	}
	options.Rename = map[string]string{"acme_shop_orders": "acme_shop.orders"}
	if c, err := catalog.ResolveColumns([]string{"acme_shop_orders", "acme.shop_orders"}, options); err != nil || len(c.Unknown()) > 0 {
		t.Error(err)
	}
}

// Types that drivers or callers may have.
type (
	namedText  string
	namedInt   int16
	namedFloat float32
	valuer     struct {
		v   any
		err error
	}
	namedBytes []byte
)

// Value is that of driver.Valuer.
func (v valuer) Value() (driver.Value, error) { return v.v, v.err }

func ptr[T any](v T) *T { return &v }

func TestValues(t *testing.T) {
	count, money, ratio, number, duration, durations := "email.sent", "orders.revenue", "email.open_rate", "survey.net_promoter_score", "support.first_response_time", "support.first_responses"
	huge, _ := new(big.Int).SetString("9223372036854775808", 10)
	cyclic := []any{int64(1)}
	cyclic[0] = cyclic
	tests := []struct {
		id   string
		v    any
		want string // the value, "" for absent, or "! " and what the error ends with
	}{
		{count, nil, ""},
		{count, []byte(nil), ""},
		{count, (*int64)(nil), ""},
		{count, (*big.Int)(nil), ""},
		{count, (*valuer)(nil), ""},
		{count, sql.NullInt64{}, ""},
		{count, int64(12), "12"},
		{count, int64(9223372036854775807), "9223372036854775807"},
		{count, "9223372036854775807", "9223372036854775807"},
		{count, 12, "12"},
		{count, uint8(12), "12"},
		{count, uint64(1 << 62), "4611686018427387904"},
		{count, uint64(1 << 63), "! email.sent: count 9223372036854775808 is not an integer of 64 bits"},
		{count, huge, "! email.sent: count 9223372036854775808 is not an integer of 64 bits"},
		{count, big.NewInt(77), "77"},
		{count, *big.NewInt(77), "! email.sent: count from a big.Int"},
		{count, "12", "12"},
		{count, []byte("12"), "12"},
		{count, namedBytes("12"), "12"},
		{count, json.RawMessage("12"), "12"},
		{count, "12.00", "12"}, // sum() of a numeric column
		{count, "1.2e1", "12"},
		{count, "12.5", "! email.sent: count 12.5 is not an integer of 64 bits"},
		{count, json.Number("12"), "12"},
		{count, namedText("12"), "12"},
		{count, namedInt(12), "12"},
		{count, ptr(int64(12)), "12"},
		{count, ptr(ptr(12)), "12"},
		{count, valuer{v: int64(12)}, "12"},
		{count, &valuer{v: valuer{v: "12"}}, "12"},
		{count, valuer{v: valuer{v: valuer{v: valuer{v: valuer{v: valuer{v: 12}}}}}}, "! email.sent: count from a catalog_test.valuer"},
		{count, valuer{err: errors.New("gone")}, "! email.sent: count from a catalog_test.valuer that has no value: gone"},
		{count, sql.NullInt64{Int64: 12, Valid: true}, "12"},
		{count, sql.Null[string]{V: "12", Valid: true}, "12"},
		{count, decimal.New(12, 0), "12"},
		{count, ptr(decimal.New(12, 0)), "12"},
		{count, decimal.New(1, 2_000_000_000), "! email.sent: count 1e2000000000 is not an integer of 64 bits"},
		{count, metric.Count(12), "12"},
		{count, metric.ValueOf(metric.Count(12)), "12"},
		{count, metric.USD("12"), "! email.sent: a value of kind money, want count"},
		{count, metric.Value{}, "! email.sent: a fact with neither a value nor a reason"},
		{count, true, "! email.sent: count from a truth value"},
		{count, ptr(false), "! email.sent: count from a truth value"},
		{count, time.Unix(0, 0), "! email.sent: count from a time"},
		{count, time.Second, "! email.sent: count from a duration"},
		{count, 12.0, "! email.sent: count from a floating point number, which is not exact: select it as text, or allow it"},
		{count, namedFloat(12), "! email.sent: count from a floating point number, which is not exact: select it as text, or allow it"},
		{count, struct{}{}, "! email.sent: count from a struct {}"},
		{count, []int{1}, "! email.sent: count from a list"},
		{count, map[string]int{}, "! email.sent: count from a map[string]int"},
		{count, "", "! email.sent: count \"\": not a decimal number: empty text"},
		{count, " 12", "! email.sent: count \" 12\": not a decimal number: \" 12\" has an unexpected ' ' at position 1"},
		{count, "12 ", "! email.sent: count \"12 \": not a decimal number: \"12 \" has an unexpected ' ' at position 3"},
		{count, "1,200", "! email.sent: count \"1,200\": not a decimal number: \"1,200\" has an unexpected ',' at position 2"},
		{count, int64(-1), "! email.sent: -1 is outside [0, inf)"},

		{money, "12.50 EUR", "12.50 EUR"},
		{money, []byte("EUR 12.5"), "12.50 EUR"},
		{money, metric.EUR("12.5"), "12.50 EUR"},
		{money, ptr(metric.EUR("12.5")), "12.50 EUR"},
		{money, "12.50", "! orders.revenue: money 12.50 has no currency: name it in the text, in a column or in the options"},
		{money, int64(12), "! orders.revenue: money 12 has no currency: name it in the text, in a column or in the options"},
		{money, 12.5, "! orders.revenue: money from a floating point number, which is not exact: select it as text, or allow it"},
		{money, float32(12.5), "! orders.revenue: money from a floating point number, which is not exact: select it as text, or allow it"},
		{money, sql.NullFloat64{Float64: 1, Valid: true}, "! orders.revenue: money from a floating point number, which is not exact: select it as text, or allow it"},
		{money, "12.50 XXX", "! orders.revenue: money \"12.50 XXX\": currency \"XXX\" is not a code of ISO 4217"},
		{money, "€12", "! orders.revenue: money \"€12\": not a decimal number: \"€12\" has an unexpected '€' at position 1"},
		{money, metric.Money{}, "! orders.revenue: money without a currency"},

		{ratio, "0.125", "0.125"},
		{ratio, "12.5%", "0.125"},
		{ratio, "1/8", "0.125"},
		{ratio, int64(1), "1"},
		{ratio, decimal.New(125, -3), "0.125"},
		{ratio, "NaN", "! email.open_rate: ratio \"NaN\": not a decimal number: \"NaN\" has an unexpected 'N' at position 1"},
		{ratio, 0.125, "! email.open_rate: ratio from a floating point number, which is not exact: select it as text, or allow it"},

		{number, "-12.5", "-12.5"},
		{number, int64(-12), "-12"},
		{number, "1e999", "! survey.net_promoter_score: number \"1e999\": decimal out of range, magnitude must be below 1e34 and digits not below 1e-34: \"1e999\""},
		{number, uint64(1), "1"},

		{duration, int64(5400), "5400s"},
		{duration, "5400", "5400s"},
		{duration, "5400.500", "5400.500s"},
		{duration, "1h30m", "5400s"},
		{duration, "PT1H30M", "5400s"},
		{duration, 90 * time.Minute, "5400s"},
		{duration, "01:30:00", "! support.first_response_time: duration \"01:30:00\": not a decimal number: \"01:30:00\" has an unexpected ':' at position 3"},
		{duration, "1mon", "! support.first_response_time: duration \"1mon\": unit \"mon\" is unknown"},

		{durations, `["1h", 90, "60.5"]`, `["60.5s","90s","3600s"]`},
		{durations, ` [1]`, `["1s"]`},
		{durations, []byte(`{1h,90,"1day"}`), "! support.first_responses: element 3: duration \"1day\": unit \"day\" is unknown"},
		{durations, `{1h,90,"1d 2h"}`, `["90s","3600s","93600s"]`},
		{durations, `{}`, `[]`},
		{durations, `[]`, `[]`},
		{durations, []int64{3, 1, 2}, `["1s","2s","3s"]`},
		{durations, []any{"1h", 2, ptr(int64(3)), time.Second}, `["1s","2s","3s","3600s"]`},
		{durations, []time.Duration{time.Minute}, `["60s"]`},
		{durations, []metric.Duration{metric.MustDuration("1h")}, `["3600s"]`},
		{durations, metric.MustDistribution(metric.MustDuration("1h")), `["3600s"]`},
		{durations, []int(nil), ""},
		{durations, `[1,null]`, "! support.first_responses: element 2: NULL"},
		{durations, `{1,NULL}`, "! support.first_responses: element 2: NULL"},
		{durations, `{1,"NULL"}`, "! support.first_responses: element 2: duration \"NULL\": want a number before \"NULL\""},
		{durations, `[1,[2]]`, "! support.first_responses: element 2: duration from a []interface {}"},
		{durations, `[1,{"a":1}]`, "! support.first_responses: element 2: duration from a map[string]interface {}"},
		{durations, `[1,true]`, "! support.first_responses: element 2: duration from a truth value"},
		{durations, cyclic, "! support.first_responses: element 1: duration from a []interface {}"},
		{durations, []*[]int{{1}}, "! support.first_responses: element 1: duration from a []int"},
		{durations, `[1`, "! support.first_responses: distribution: \"[1\": unexpected EOF"},
		{durations, `[1] 2`, "! support.first_responses: distribution: \"[1] 2\": something follows the list"},
		{durations, `{{1},{2}}`, "! support.first_responses: distribution: array \"{{1},{2}}\": element 1: want a single value without quotes, or wholly in quotes"},
		{durations, `{1,}`, "! support.first_responses: distribution: array \"{1,}\": element 2: empty"},
		{durations, `{1,2`, "! support.first_responses: distribution: array \"{1,2\": element 2: the closing } is missing"},
		{durations, `{"1`, "! support.first_responses: distribution: array \"{\\\"1\": element 1: the closing quote is missing"},
		{durations, `{"1\`, "! support.first_responses: distribution: array \"{\\\"1\\\\\": element 1: the closing quote is missing"},
		{durations, `{1}x`, "! support.first_responses: distribution: array \"{1}x\": after element 1: want a comma, or } at the end"},
		{durations, `{"1"2}`, "! support.first_responses: distribution: array \"{\\\"1\\\"2}\": after element 1: want a comma, or } at the end"},
		{durations, `{`, "! support.first_responses: distribution: array \"{\": element 1: the closing } is missing"},
		{durations, `{"\1\h"}`, `["3600s"]`},
		{durations, "36h", "! support.first_responses: distribution: \"36h\" is not a list"},
		{durations, int64(36), "! support.first_responses: distribution: an integer is not a list"},
		{durations, []float64{1.5}, "! support.first_responses: element 1: duration from a floating point number, which is not exact: select it as text, or allow it"},
		{durations, []metric.Count{1}, "! support.first_responses: element 1: value is of kind count, not duration"},
		{durations, metric.Count(1), "! support.first_responses: a value of kind count, want distribution[duration]"},
	}
	for _, test := range tests {
		fromMap := func() (*metric.Facts, error) {
			_, row, err := catalog.ReadMap(map[string]any{test.id: test.v}, catalog.RowOptions{})
			return row.Facts, err
		}
		fromRows := func() (*metric.Facts, error) {
			_, rows, err := catalog.ReadRows(&fakeRows{columns: []string{test.id}, rows: [][]any{{test.v}}}, catalog.RowOptions{})
			if err != nil {
				return nil, err
			}
			for row, err := range rows {
				return row.Facts, err
			}
			return nil, errors.New("no row")
		}
		for name, read := range map[string]func() (*metric.Facts, error){"map": fromMap, "rows": fromRows} {
			facts, err := read()
			if want, bad := strings.CutPrefix(test.want, "! "); bad {
				want = fmt.Sprintf("row 1: column %q: %s", test.id, want)
				if facts != nil || err == nil || err.Error() != want || !errors.Is(err, metric.ErrInput) {
					t.Errorf("%s: %s from %T %v:\n got %v\nwant %s", name, test.id, test.v, test.v, err, want)
				}
				continue
			}
			want := ""
			if test.want != "" {
				want = test.id + "=" + test.want
			}
			if got := factsText(facts); err != nil || got != want {
				t.Errorf("%s: %s from %T %v: %s, %v, want %s", name, test.id, test.v, test.v, got, err, want)
			}
		}
	}
}

// addFloats adds as a database does; the compiler would add constants exactly.
func addFloats(a, b float64) float64 { return a + b }

// A float is the shortest decimal that reads back as the same float, if it is allowed.
func TestFloats(t *testing.T) {
	for _, test := range []struct {
		id   string
		v    any
		want string
	}{
		{"orders.revenue", 0.1, "0.10 USD"},
		{"orders.revenue", 19.99, "19.99 USD"},
		{"orders.revenue", float32(19.99), "19.99 USD"},
		{"orders.revenue", addFloats(0.1, 0.2), "0.30000000000000004 USD"},
		{"orders.revenue", 1e21, "1000000000000000000000.00 USD"},
		{"orders.orders", 3.0, "3"},
		{"orders.orders", 3.5, "! count 3.5 is not an integer of 64 bits"},
		{"orders.orders", 1e19, "! count 10000000000000000000 is not an integer of 64 bits"},
		{"email.open_rate", 1e-7, "0.0000001"},
		{"survey.net_promoter_score", -12.5, "-12.5"},
		{"support.first_response_time", 1.5, "1.5s"},
		{"support.first_responses", []float32{0.1}, `["0.1s"]`},
	} {
		_, row, err := catalog.ReadMap(map[string]any{test.id: test.v}, catalog.RowOptions{AllowFloat: true, Currency: currency(t, "USD")})
		if want, bad := strings.CutPrefix(test.want, "! "); bad {
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%v: %v, want %s", test.v, err, want)
			}
			continue
		}
		if got := factsText(row.Facts); err != nil || got != test.id+"="+test.want {
			t.Errorf("%v: %s, %v, want %s", test.v, got, err, test.want)
		}
	}
	for _, v := range []string{"NaN", "+Inf", "-Inf"} {
		var f float64
		if _, err := fmt.Sscan(v, &f); err != nil {
			t.Fatal(err)
		}
		_, _, err := catalog.ReadMap(map[string]any{"orders.orders": f}, catalog.RowOptions{AllowFloat: true})
		if err == nil || !strings.HasSuffix(err.Error(), "count from "+v) {
			t.Errorf("%s: %v", v, err)
		}
	}
}

func TestMoney(t *testing.T) {
	usd, jpy := currency(t, "USD"), currency(t, "JPY")
	for _, test := range []struct {
		options  catalog.RowOptions
		currency any // in the currency column, if there is one
		amount   any
		want     string
	}{
		{catalog.RowOptions{Currency: usd}, nil, "12.5", "12.50 USD"},
		{catalog.RowOptions{Currency: usd}, nil, "12.5 EUR", "12.50 EUR"}, // a default gives way
		{catalog.RowOptions{CurrencyColumn: "currency"}, "EUR", "12.5", "12.50 EUR"},
		{catalog.RowOptions{CurrencyColumn: "currency"}, []byte("EUR"), int64(12), "12.00 EUR"},
		{catalog.RowOptions{CurrencyColumn: "currency"}, "EUR", "12.5 EUR", "12.50 EUR"},
		{catalog.RowOptions{CurrencyColumn: "currency"}, "EUR", "12.5 USD", `! column "orders.revenue": orders.revenue: money "12.5 USD" in a row of EUR`},
		{catalog.RowOptions{CurrencyColumn: "currency"}, "EUR", metric.USD("12.5"), `! column "orders.revenue": orders.revenue: money "12.50 USD" in a row of EUR`},
		{catalog.RowOptions{CurrencyColumn: "currency", Currency: usd}, "EUR", "12.5", "12.50 EUR"},
		{catalog.RowOptions{CurrencyColumn: "currency", Currency: usd}, nil, "12.5", "12.50 USD"},
		{catalog.RowOptions{CurrencyColumn: "currency"}, nil, "12.5", `! column "orders.revenue": orders.revenue: money 12.5 has no currency: name it in the text, in a column or in the options`},
		{catalog.RowOptions{CurrencyColumn: "currency"}, "eur", nil, `! column "currency": currency "eur" is not in upper case`},
		{catalog.RowOptions{CurrencyColumn: "currency"}, int64(978), nil, `! column "currency": a currency from an integer, want its code as text`},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, int64(1250), "12.50 USD"},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, "1250", "12.50 USD"},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, "1250.00", "12.50 USD"}, // sum() of a numeric column
		{catalog.RowOptions{Currency: jpy, MinorUnits: true}, nil, int64(1250), "1250 JPY"},
		{catalog.RowOptions{CurrencyColumn: "currency", MinorUnits: true}, "KWD", int64(1250), "1.250 KWD"},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, "12.5", `! column "orders.revenue": orders.revenue: money 12.5 is not a whole number of minor units of 64 bits`},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, "1250 USD", `! column "orders.revenue": orders.revenue: money "1250 USD" names its currency, but amounts are in minor units`},
		{catalog.RowOptions{Currency: usd, MinorUnits: true}, nil, metric.EUR("12.5"), "12.50 EUR"},
	} {
		row := map[string]any{"orders.revenue": test.amount}
		if test.options.CurrencyColumn != "" {
			row[test.options.CurrencyColumn] = test.currency
		}
		_, got, err := catalog.ReadMap(row, test.options)
		if want, bad := strings.CutPrefix(test.want, "! "); bad {
			if err == nil || err.Error() != "row 1: "+want {
				t.Errorf("%v:\n got %v\nwant %s", row, err, want)
			}
			continue
		}
		if text := factsText(got.Facts); err != nil || text != "orders.revenue="+test.want {
			t.Errorf("%v: %s, %v, want %s", row, text, err, test.want)
		}
	}
}

func TestMoneyInLists(t *testing.T) {
	d, err := formula.Define(formula.Spec{
		ID: "acme.amounts", Name: "Amounts", Stage: stage.Grow, Kind: metric.DistributionOf(metric.KindMoney), Unit: "money", Direction: "none",
		Time: "period", RollUpTime: "never", RollUpPopulation: "never", Stability: "beta",
	}, catalog.Lookup)
	if err != nil {
		t.Fatal(err)
	}
	options := catalog.RowOptions{Metrics: []metric.Definition{d}, CurrencyColumn: "c"}
	for list, want := range map[string]string{
		`[2.50, "1"]`:         `["1.00 USD","2.50 USD"]`,
		`{2.50,1}`:            `["1.00 USD","2.50 USD"]`,
		`{"2.50 USD",1}`:      `["1.00 USD","2.50 USD"]`,
		`["1 EUR"]`:           `! element 1: money "1 EUR" in a row of USD`,
		`[12345678901234567]`: `["12345678901234567.00 USD"]`, // beyond 2^53
		`[1e30]`:              "! value 1000000000000000000000000000000 does not fit 64 bits at 0 decimals",
	} {
		_, row, err := catalog.ReadMap(map[string]string{"acme_amounts": list, "c": "USD"}, options)
		if want, bad := strings.CutPrefix(want, "! "); bad {
			if err == nil || err.Error() != `row 1: column "acme_amounts": acme.amounts: `+want {
				t.Errorf("%s: %v", list, err)
			}
			continue
		}
		if got := factsText(row.Facts); err != nil || got != "acme.amounts="+want {
			t.Errorf("%s: %s, %v", list, got, err)
		}
	}
	_, _, err = catalog.ReadMap(map[string]string{"acme_amounts": `["1 EUR","2 USD"]`}, catalog.RowOptions{Metrics: []metric.Definition{d}})
	if !errors.Is(err, metric.MixedCurrency) || !errors.Is(err, metric.ErrInput) {
		t.Error(err)
	}
}

func TestPeriods(t *testing.T) {
	newYork, berlin := location(t, "America/New_York"), location(t, "Europe/Berlin")
	saoPaulo := location(t, "America/Sao_Paulo")
	utc := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, test := range []struct {
		unit  metric.PeriodUnit
		times catalog.TimeReading
		loc   *time.Location
		v     any
		want  string
	}{
		{0, 0, nil, "2026-03", "2026-03"},
		{0, 0, newYork, "2026-03", "2026-03[America/New_York]"},
		{0, 0, newYork, "2026-03[America/New_York]", "2026-03[America/New_York]"},
		{0, 0, nil, []byte("FY2026-04-Q2"), "FY2026-04-Q2"},
		{0, 0, nil, "2026-03-05", "2026-03-05"},
		{0, 0, nil, int64(2026), "2026"},
		{0, 0, nil, int64(202603), `! period "202603": want a form such as 2026-03, 2026-Q1, 2026-W07, 2026-03-01 or 2026`},
		{0, 0, nil, utc("2026-03-01T00:00:00Z"), "! a time, which no period unit makes a period"},
		{0, 0, nil, nil, "! a row without its period"},
		{0, 0, nil, true, "! a period from a truth value, want a text or a time"},
		{0, 0, nil, "2026-03-01 00:00:00", `! period "2026-03-01 00:00:00": want a form such as 2026-03, 2026-Q1, 2026-W07, 2026-03-01 or 2026`},

		// Texts are never in doubt: a date is one of the location, an offset makes an instant.
		{metric.UnitMonth, 0, newYork, "2026-03-01", "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, newYork, "2026-03-01 00:00:00", "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, newYork, "2026-03-01T00:00:00.5", "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, newYork, "2026-03-01T00:00:00Z", "2026-02[America/New_York]"},
		{metric.UnitMonth, 0, newYork, "2026-03-01 00:00:00+00", "2026-02[America/New_York]"},
		{metric.UnitMonth, 0, newYork, "2026-03-01 00:00:00.000001-05:00", "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, berlin, "2026-02-28 23:00:00+00", "2026-03[Europe/Berlin]"},
		{metric.UnitQuarter, 0, nil, "2026-03-31", "2026-Q1"},
		{metric.UnitWeek, 0, nil, "2026-01-01", "2026-W01"},
		{metric.UnitYear, 0, nil, "2026-01-01", "2026"},
		{metric.UnitDay, 0, nil, "2026-01-01", "2026-01-01"},
		{metric.UnitMonth, 0, nil, "2026-03", "2026-03"},
		{metric.UnitYear, 0, nil, int64(2026), "2026"},
		{metric.UnitQuarter, 0, nil, "2026-03", "! period 2026-03 is not a quarter"},
		{metric.UnitMonth, 0, nil, "2026-02-30", `! "2026-02-30" is neither a date, nor a time, nor a month`},
		{metric.UnitMonth, 0, nil, "March", `! "March" is neither a date, nor a time, nor a month`},
		{metric.UnitDay, 0, saoPaulo, "2018-11-04 00:30:00", "2018-11-04[America/Sao_Paulo]"}, // the clock went from 0 to 1

		// A time is an instant, unless it may be a date.
		{metric.UnitMonth, 0, nil, utc("2026-03-01T00:00:00Z"), "2026-03"},
		{metric.UnitMonth, 0, newYork, utc("2026-03-01T05:00:00Z"), "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, newYork, utc("2026-03-01T04:59:59Z"), "2026-02[America/New_York]"},
		{metric.UnitMonth, 0, newYork, utc("2026-03-01T00:00:00-05:00"), "2026-03[America/New_York]"},
		{metric.UnitMonth, 0, newYork, utc("2026-03-01T00:00:00Z"),
			"! 2026-03-01T00:00:00Z may be a date or an instant, which are of two days in America/New_York: say how to read times, or select a text"},
		{metric.UnitMonth, 0, berlin, utc("2026-03-01T00:00:00Z"),
			"! 2026-03-01T00:00:00Z may be a date or an instant, which are of two days in Europe/Berlin: say how to read times, or select a text"},
		{metric.UnitMonth, catalog.TimesAreInstants, newYork, utc("2026-03-01T00:00:00Z"), "2026-02[America/New_York]"},
		{metric.UnitMonth, catalog.TimesAreCivil, newYork, utc("2026-03-01T00:00:00Z"), "2026-03[America/New_York]"},
		{metric.UnitMonth, catalog.TimesAreCivil, newYork, utc("2026-03-31T23:59:59+09:00"), "2026-03[America/New_York]"},
		{metric.UnitDay, catalog.TimesAreCivil, saoPaulo, utc("2018-11-04T00:00:00Z"), "2018-11-04[America/Sao_Paulo]"},
		{metric.UnitMonth, 0, location(t, "Europe/London"), utc("2026-03-01T00:00:00Z"), "2026-03[Europe/London]"}, // midnight in both
		{metric.UnitMonth, 0, nil, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), "! year 0 is not within 1 to 9999"},
	} {
		options := catalog.RowOptions{PeriodColumn: "p", PeriodUnit: test.unit, Times: test.times, Location: test.loc}
		// Twice, because the second row finds the period of the first.
		_, rows, err := catalog.ReadRows(&fakeRows{columns: []string{"p"}, rows: [][]any{{test.v}, {test.v}}}, options)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for row, err := range rows {
			n++
			if want, bad := strings.CutPrefix(test.want, "! "); bad {
				if err == nil || err.Error() != fmt.Sprintf(`row %d: column "p": %s`, n, want) {
					t.Errorf("%v as %s:\n got %v\nwant %s", test.v, test.unit, err, want)
				}
				continue
			}
			if err != nil || row.Facts.Period().String() != test.want {
				t.Errorf("%v as %s: %v, %v, want %s", test.v, test.unit, row.Facts, err, test.want)
			}
		}
		if n != 2 {
			t.Errorf("%d rows", n)
		}
	}
}

// The cache of periods holds to each row's own, however many there are.
func TestManyPeriods(t *testing.T) {
	start := time.Date(2020, 1, 1, 12, 0, 0, 0, time.UTC)
	var text, instant, civil fakeRows
	for _, f := range []*fakeRows{&text, &instant, &civil} {
		f.columns = []string{"p"}
	}
	const n = 3000
	for i := range n {
		at := start.AddDate(0, 0, i*7%n)
		text.rows = append(text.rows, []any{at.Format(time.DateOnly)})
		instant.rows = append(instant.rows, []any{at})
	}
	civil.rows = instant.rows
	for times, source := range []*fakeRows{&text, &instant, &civil} {
		_, rows, err := catalog.ReadRows(source, catalog.RowOptions{PeriodColumn: "p", PeriodUnit: metric.UnitDay, Times: catalog.TimeReading(times)})
		if err != nil {
			t.Fatal(err)
		}
		for row, err := range rows {
			want := start.AddDate(0, 0, (row.Number-1)*7%n).Format(time.DateOnly)
			if err != nil || row.Facts.Period().String() != want {
				t.Fatalf("%v, %v, want %s", row, err, want)
			}
		}
	}
}

func TestSegments(t *testing.T) {
	options := catalog.RowOptions{Segments: []string{"Region", "plan", "level", "paid", "gone"}}
	source := &fakeRows{
		columns: []string{"plan", "gone", "REGION", "level", "orders_orders", "paid"},
		rows: [][]any{
			{"pro", nil, []byte("north"), int64(3), int64(1), true},
			{nil, nil, []byte(""), nil, int64(2), false},
			{1.5, nil, "x", time.Unix(0, 0), int64(3), nil},
		},
	}
	_, rows, err := catalog.ReadRows(source, options)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	var kept []catalog.Row
	for row, err := range rows {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		kept = append(kept, row)
	}
	// The rows are the caller's, long after the source has moved on.
	for _, row := range kept {
		var labels []string
		for name, value := range row.Segments() {
			labels = append(labels, name+"="+value)
		}
		got = append(got, strings.Join(labels, " ")+" "+factsText(row.Facts))
	}
	wantLines(t, got, []string{
		"row 3: column \"plan\": a segment from a floating point number: select it as text\nrow 3: column \"level\": a segment from a time: select it as text",
		"Region=north plan=pro level=3 paid=true orders.orders=1",
		"Region= paid=false orders.orders=2",
	})
	if v, ok := kept[0].Segment("plan"); v != "pro" || !ok {
		t.Error(v, ok)
	}
	for _, name := range []string{"gone", "region", "orders_orders", ""} {
		if v, ok := kept[0].Segment(name); ok {
			t.Errorf("segment %q is %q", name, v)
		}
	}
	if v, ok := (catalog.Row{}).Segment("plan"); ok {
		t.Error(v)
	}
	for range (catalog.Row{}).Segments() {
		t.Error("the zero Row has a segment")
	}
}

func TestAnErrorEndsNoMoreThanItsRow(t *testing.T) {
	broken := errors.New("connection lost")
	source := &fakeRows{
		columns: []string{"email_sent", "email_bounces", "note"},
		rows: [][]any{
			{[]byte("10"), int64(1), []byte("a note that is not read")},
			{true, int64(-1), nil},
			{int64(20), 0.5, nil},
			{int64(30), int64(-3), struct{}{}},
			{nil, nil, nil},
			{[]byte("60"), []byte("6"), nil},
		},
		scanErr: map[int]error{5: errors.New("cannot read")},
		err:     broken,
	}
	c, rows, err := catalog.ReadRows(source, catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, c.Unknown(), []string{"note"})
	var last error
	var got []string
	for row, err := range rows {
		last = err
		if err != nil && row.Facts != nil {
			t.Errorf("row %d has facts and an error", row.Number)
		}
		got = append(got, readAll(func(yield func(catalog.Row, error) bool) { yield(row, err) })...)
	}
	wantLines(t, got, []string{
		"1: email.bounces=1 email.sent=10",
		`2! row 2: column "email_sent": email.sent: count from a truth value`,
		`3! row 3: column "email_bounces": email.bounces: count from a floating point number, which is not exact: select it as text, or allow it`,
		`4! row 4: column "email_bounces": email.bounces: -3 is outside [0, inf)`,
		`5! row 5: cannot read`,
		"6: email.bounces=6 email.sent=60",
		"6! after row 6: connection lost",
	})
	if !errors.Is(last, broken) || errors.Is(last, metric.ErrInput) {
		t.Errorf("%v is not the source's error", last)
	}
}

// All columns in error are named, those of values out of range too.
func TestAllFaultsOfARow(t *testing.T) {
	_, _, err := catalog.ReadMap(map[string]string{"email.sent": "x", "email.bounces": "y"}, catalog.RowOptions{})
	if err == nil || strings.Count(err.Error(), "row 1: column") != 2 {
		t.Error(err)
	}
	_, _, err = catalog.ReadMap(map[string]string{"email.sent": "-1", "email.bounces": "-2", "email.open_rate": "0.5"}, catalog.RowOptions{})
	want := "row 1: column \"email.bounces\": email.bounces: -2 is outside [0, inf)\nrow 1: column \"email.sent\": email.sent: -1 is outside [0, inf)"
	if err == nil || err.Error() != want {
		t.Error(err)
	}
	fault, ok := errors.AsType[*catalog.RowError](err)
	if !ok || fault.Row != 1 || fault.Column != "email.bounces" {
		t.Errorf("%+v", fault)
	}
	of, ok := errors.AsType[*metric.Error](err)
	if !ok || of.Metric != "email.bounces" {
		t.Errorf("%+v", of)
	}
}

func TestTheCallerCanStop(t *testing.T) {
	source := &fakeRows{columns: []string{"email_sent"}, rows: [][]any{{int64(1)}, {int64(2)}, {int64(3)}}, err: errors.New("not reached")}
	_, rows, err := catalog.ReadRows(source, catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for row := range rows {
		if row.Number == 2 {
			break
		}
	}
	if source.at != 2 {
		t.Errorf("%d rows were read", source.at)
	}
	in := csv.NewReader(strings.NewReader("email.sent\n1\n2\n3\n"))
	_, rows, err = catalog.ReadCSV(in, catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for range rows {
		break
	}
	if rest, err := in.ReadAll(); err != nil || len(rest) != 2 {
		t.Errorf("%v, %v are left", rest, err)
	}
}

type brokenSource struct{ fakeRows }

var errNoColumns = errors.New("no columns")

func (*brokenSource) Columns() ([]string, error) { return nil, errNoColumns }

func TestASourceWithoutColumns(t *testing.T) {
	if _, _, err := catalog.ReadRows(&brokenSource{}, catalog.RowOptions{}); !errors.Is(err, errNoColumns) {
		t.Error(err)
	}
}

func TestCSV(t *testing.T) {
	file := "\ufeffregion,month,email.sent,Email_Bounces,note,orders.revenue\n" +
		"north,2026-03,1000,15,,12.50 USD\n" +
		"\n" + // an empty line is no record
		"south,2026-04,,\\N,x,n/a\n" +
		"south,2026-04,1,2\n" +
		"south,2026-04,1,2,\"a\"b,\n" +
		"\"no\nrth\",2026-04,\"2000\",,x,\n" +
		",,1,2,,\n"
	c, rows, err := catalog.ReadCSV(csv.NewReader(strings.NewReader(file)), catalog.RowOptions{
		Segments: []string{"region"}, PeriodColumn: "month", Absent: []string{`\N`, "n/a"},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, c.Unknown(), []string{"note"})
	var got []string
	for row, err := range rows {
		if err != nil {
			got = append(got, fmt.Sprintf("%d! %v", row.Number, err))
			continue
		}
		region, _ := row.Segment("region")
		got = append(got, fmt.Sprintf("%d: %q %s %s", row.Number, region, row.Facts.Period(), factsText(row.Facts)))
	}
	wantLines(t, got, []string{
		`1: "north" 2026-03 email.bounces=15 email.sent=1000 orders.revenue=12.50 USD`,
		`2: "south" 2026-04 `,
		`3! row 3: record on line 5: wrong number of fields`,
		`4! row 4: parse error on line 6, column 21: extraneous or missing " in quoted-field`,
		`5: "no\nrth" 2026-04 email.sent=2000`,
		`6! row 6: column "month": a row without its period`,
	})
}

func TestCSVErrors(t *testing.T) {
	for file, want := range map[string]string{
		"":                        "header: the file is empty",
		"a\"b\n":                  `header: parse error on line 1, column 2: bare " in non-quoted-field`,
		"email.sent,email_sent\n": `header: column "email_sent": metric email.sent has a column "email.sent" already`,
	} {
		_, _, err := catalog.ReadCSV(csv.NewReader(strings.NewReader(file)), catalog.RowOptions{})
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", file, err, want)
		}
	}
	// A reader that breaks ends the rows.
	lost := errors.New("disk gone")
	in := io.MultiReader(strings.NewReader("email.sent\n1\n"), iotest.ErrReader(lost))
	_, rows, err := catalog.ReadCSV(csv.NewReader(in), catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, readAll(rows), []string{"1: email.sent=1", "1! after row 1: disk gone"})

	// Records of other lengths, where the caller's reader lets them pass.
	r := csv.NewReader(strings.NewReader("email.sent,x\n1\n1,2\n1,2,3\n"))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	_, rows, err = catalog.ReadCSV(r, catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, readAll(rows), []string{"1! row 1: 1 fields, want 2", "2: email.sent=1", "3! row 3: 3 fields, want 2"})
}

// Records of a header that was resolved once, from several goroutines; run with -race.
func TestColumnsAreShared(t *testing.T) {
	c, err := catalog.ResolveColumns([]string{"email.sent", "m", "s"}, catalog.RowOptions{PeriodColumn: "m", Segments: []string{"s"}})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	for i := range 4 {
		go func() {
			for j := range 100 {
				n := i*100 + j
				row, err := c.Record(n, []string{fmt.Sprint(n), "2026-03", "x"})
				if err != nil || factsText(row.Facts) != fmt.Sprintf("email.sent=%d", n) || row.Number != n {
					done <- fmt.Errorf("%d: %v, %w", n, row, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if _, err := c.Record(9, []string{"1"}); err == nil || err.Error() != "row 9: 1 fields, want 3" {
		t.Error(err)
	}
	if _, err := c.Values(9, []any{1}); err == nil || err.Error() != "row 9: 1 fields, want 3" {
		t.Error(err)
	}
	row, err := c.Values(9, []any{1, "2026-04", nil})
	if err != nil || factsText(row.Facts) != "email.sent=1" || row.Facts.Period().String() != "2026-04" {
		t.Error(row, err)
	}
}

// The period of all rows reaches the metrics that have a grain.
func TestThePeriodOfAllRows(t *testing.T) {
	quarter, err := metric.Quarter(2026, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{"subscription.arpa": "100 USD", "economics.gross_margin": "0.8", "subscription.customer_churn_rate": "5%"}
	ltv, _ := catalog.Lookup("economics.ltv")
	_, row, err := catalog.ReadMap(fields, catalog.RowOptions{Period: quarter})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := row.Facts.Value(ltv); !errors.Is(err, metric.GrainMismatch) {
		t.Error(err)
	}
	_, row, err = catalog.ReadMap(fields, catalog.RowOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v, err := row.Facts.Value(ltv); err != nil || v.Text() != "1600.00 USD" { // 100 * 0.8 / 0.05
		t.Error(v, err)
	}
}

func TestEmptyTextOfADatabaseIsNoNull(t *testing.T) {
	_, row, err := catalog.ReadMap(map[string]string{"email.sent": ""}, catalog.RowOptions{})
	if err != nil || row.Facts.Len() != 0 {
		t.Error(row, err)
	}
	_, _, err = catalog.ReadMap(map[string]any{"email.sent": ""}, catalog.RowOptions{})
	if !errors.Is(err, metric.ErrInput) {
		t.Error(err)
	}
	_, row, err = catalog.ReadMap(map[string]any{"email.sent": ""}, catalog.RowOptions{Absent: []string{""}})
	if err != nil || row.Facts.Len() != 0 {
		t.Error(row, err)
	}
}

func ExampleReadRows() {
	// rows, err := db.Query(`SELECT region, date_trunc('month', day) AS month, ...`)
	rows := &fakeRows{
		columns: []string{"region", "month", "subscription_opening_mrr", "subscription_expansion_mrr", "subscription_contraction_mrr", "subscription_churned_mrr", "margin"},
		rows: [][]any{
			{"north", "2026-03-01", []byte("100000.00"), []byte("9000.00"), []byte("2000.00"), []byte("4000.00"), 0.8},
			{"south", "2026-03-01", []byte("50000.00"), nil, []byte("0.00"), []byte("2500.00"), 0.7},
			{"west", "2026-03-01", 75000.5, nil, nil, nil, nil},
		},
	}
	usd, _ := metric.ParseCurrency("USD")
	columns, read, err := catalog.ReadRows(rows, catalog.RowOptions{
		Segments: []string{"region"}, PeriodColumn: "month", PeriodUnit: metric.UnitMonth, Currency: usd,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("not understood:", columns.Unknown())
	for row, err := range read {
		if err != nil {
			fmt.Println(err)
			continue
		}
		region, _ := row.Segment("region")
		nrr, err := subscription.NetRevenueRetention().From(row.Facts)
		fmt.Println(row.Facts.Period(), region, nrr, err)
	}
	// Output:
	// not understood: [margin]
	// 2026-03 north 103% <nil>
	// 2026-03 south 0% subscription.net_revenue_retention: subscription.expansion_mrr: missing_input
	// row 3: column "subscription_opening_mrr": subscription.opening_mrr: money from a floating point number, which is not exact: select it as text, or allow it
}

func ExampleReadCSV() {
	file := `month,email.sent,email.bounces,email.unique_opens,list
2026-03,10000,150,2150,main
2026-04,12000,none,2400,main
2026-05,12500,200,,main
`
	columns, rows, err := catalog.ReadCSV(csv.NewReader(strings.NewReader(file)), catalog.RowOptions{PeriodColumn: "month"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("not understood:", columns.Unknown())
	for row, err := range rows {
		if err != nil {
			fmt.Println(err)
			continue
		}
		openRate, err := email.OpenRate().From(row.Facts)
		fmt.Println(row.Facts.Period(), openRate, err)
	}
	// Output:
	// not understood: [list]
	// 2026-03 21.83% <nil>
	// row 2: column "email.bounces": email.bounces: count "none": not a decimal number: "none" has an unexpected 'n' at position 1
	// 2026-05 0% email.open_rate: email.unique_opens: missing_input
}

func ExampleReadMap() {
	_, row, err := catalog.ReadMap(map[string]any{
		"orders.revenue": json.Number("1250.00"),
		"orders.orders":  50,
		"currency":       "EUR",
	}, catalog.RowOptions{CurrencyColumn: "currency"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(orders.AverageOrderValue().From(row.Facts))
	// Output: 25.00 EUR <nil>
}

func ExampleResolveColumns() {
	columns, err := catalog.ResolveColumns([]string{"EMAIL_SENT", "bounced", "campaign"}, catalog.RowOptions{
		Rename: map[string]string{"bounced": "email.bounces"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for name, d := range columns.Metrics() {
		fmt.Println(name, "is", d)
	}
	fmt.Println("unknown:", columns.Unknown())
	row, err := columns.Record(1, []string{"1000", "25", "spring"})
	fmt.Println(slices.Collect(row.Facts.All()), err)
	// Output:
	// EMAIL_SENT is email.sent
	// bounced is email.bounces
	// unknown: [campaign]
	// [email.bounces = 25 email.sent = 1,000] <nil>
}

package catalog_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// checkRead holds what was read to what every row must obey: facts or a RowError, and facts
// that read back the same from their own texts.
func checkRead(t *testing.T, row catalog.Row, err error) {
	t.Helper()
	if (row.Facts == nil) != (err != nil) {
		t.Fatalf("facts %v and error %v", row.Facts, err)
	}
	if err != nil {
		fault, ok := errors.AsType[*catalog.RowError](err)
		if !ok || !errors.Is(err, metric.ErrInput) || fault.Row != row.Number {
			t.Fatalf("row %d: %T %v", row.Number, err, err)
		}
		if len(err.Error()) > 800*(1+strings.Count(err.Error(), "\n")) {
			t.Fatalf("the error has %d bytes", len(err.Error()))
		}
		return
	}
	texts := map[string]string{}
	for fact := range row.Facts.All() {
		texts[fact.Definition().ID()] = fact.Value().Text()
	}
	_, again, err := catalog.ReadMap(texts, catalog.RowOptions{})
	if err != nil {
		t.Fatalf("%v do not read back: %v", texts, err)
	}
	for fact := range row.Facts.All() {
		if v, err := again.Facts.Value(fact.Definition()); err != nil || !v.Equal(fact.Value()) {
			t.Fatalf("%s reads back as %s, %v", fact, v.Text(), err)
		}
	}
}

// fuzzedIDs has a metric of every kind that the catalogue has.
var fuzzedIDs = []string{
	"email.sent", "orders.revenue", "email.open_rate", "survey.net_promoter_score",
	"support.first_response_time", "support.first_responses",
}

func FuzzMapValues(f *testing.F) {
	for _, s := range []string{
		"12", "12.00", "-1", "1e3", "12.5 EUR", "USD 3", "3.45%", "43/197", "36h", "PT36H", "1d 2h", `["1h",2]`, `{1h,"2m",NULL}`,
		`{"1\"`, "[[1]]", "NULL", "NaN", "2026-03", "2026-03-01 00:00:00+00", "\xff", "1e999999999", "", `[1e400]`,
	} {
		f.Add(s, int64(7), 1.25, uint8(3))
	}
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		f.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, n int64, x float64, flags uint8) {
		options := catalog.RowOptions{AllowFloat: flags&1 != 0, MinorUnits: flags&2 != 0, Location: newYork}
		if flags&4 != 0 {
			options.Currency = usd
		}
		for _, v := range []any{text, []byte(text), json.Number(text), n, uint64(n), x, float32(x), []any{text, n, x}, []string{text}, time.Duration(n), &text} {
			row := map[string]any{}
			for _, id := range fuzzedIDs {
				row[id] = v
				_, got, err := catalog.ReadMap(map[string]any{id: v}, options)
				checkRead(t, got, err)
			}
			_, got, err := catalog.ReadMap(row, options)
			checkRead(t, got, err)
		}
		options.PeriodColumn, options.Segments, options.CurrencyColumn = "p", []string{"s"}, "c"
		for unit := metric.PeriodUnit(0); unit <= metric.UnitYear; unit++ {
			options.PeriodUnit, options.Times = unit, catalog.TimeReading(flags>>6%3)
			for _, v := range []any{text, n, time.Unix(n, 0).UTC()} {
				_, got, err := catalog.ReadMap(map[string]any{"p": v, "s": text, "c": text}, options)
				checkRead(t, got, err)
				if err == nil && unit != 0 && got.Facts.Period().Unit() != unit {
					t.Fatalf("%v is %s, want a %s", v, got.Facts.Period(), unit)
				}
			}
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add("region,month,email.sent,orders_revenue\nnorth,2026-03,10,1.50 USD\nsouth,2026-04,,\n", false)
	f.Add("\ufeffemail.sent\n1\n\"2\n", true)
	f.Add("email.sent,EMAIL_SENT\n1,2\n", false)
	f.Add("a\"b\n", false)
	f.Add("month,support.first_responses\n2026-03,\"[1,2]\"\n2026-03,\"{1,2}\"\nx,y\n", true)
	f.Fuzz(func(t *testing.T, file string, lazy bool) {
		open := func() *csv.Reader {
			r := csv.NewReader(strings.NewReader(file))
			r.LazyQuotes, r.ReuseRecord = lazy, lazy
			return r
		}
		// How many records there are, malformed ones included.
		records := -1
		for r := open(); ; records++ {
			if _, err := r.Read(); err != nil && !errors.As(err, new(*csv.ParseError)) {
				break
			}
		}
		options := catalog.RowOptions{}
		c, rows, err := catalog.ReadCSV(open(), options)
		if err != nil {
			return
		}
		known := len(c.Unknown())
		for range c.Metrics() {
			known++
		}
		n := 0
		for row, err := range rows {
			if n++; row.Number != n {
				t.Fatalf("row %d is given as row %d", n, row.Number)
			}
			checkRead(t, row, err)
			if err == nil && row.Facts.Len() > known {
				t.Fatalf("%d facts from %d columns", row.Facts.Len(), known)
			}
		}
		if n != records {
			t.Fatalf("%d rows of %d records", n, records)
		}
	})
}

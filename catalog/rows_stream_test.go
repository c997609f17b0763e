package catalog_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
)

// wideColumns are eight metrics, a segment and a month.
var wideColumns = []string{
	"region", "month", "subscription_opening_mrr", "subscription_new_mrr", "subscription_expansion_mrr",
	"subscription_contraction_mrr", "subscription_churned_mrr", "subscription_opening_customers",
	"subscription_new_customers", "subscription_churned_customers",
}

// wideRows makes up rows of wideColumns as a driver of PostgreSQL delivers them. It keeps
// none, and hands out all bytes in the same buffer.
type wideRows struct {
	n, at  int
	buffer []byte
	month  time.Time
	loss   int64 // cents that are churned in all rows
}

func (w *wideRows) Columns() ([]string, error) { return wideColumns, nil }
func (w *wideRows) Err() error                 { return nil }
func (w *wideRows) Next() bool                 { w.at++; return w.at <= w.n }

func (w *wideRows) Scan(dest ...any) error {
	w.buffer = w.buffer[:0]
	text := func(format func([]byte) []byte) []byte {
		start := len(w.buffer)
		w.buffer = format(w.buffer)
		return w.buffer[start:len(w.buffer):len(w.buffer)]
	}
	cents := func(n int64) []byte {
		return text(func(b []byte) []byte {
			b = append(strconv.AppendInt(b, n/100, 10), '.', byte('0'+n/10%10), byte('0'+n%10))
			return b
		})
	}
	n := int64(w.at)
	w.loss += n % 500
	values := [...]any{
		text(func(b []byte) []byte { return strconv.AppendInt(append(b, "region "...), n%7, 10) }),
		w.month.AddDate(0, w.at%24, 0),
		cents(1_000_000 + n%1000), cents(n % 3000), cents(n % 2000), cents(n % 1000), cents(n % 500),
		1000 + n%100, n % 30, n % 20,
	}
	for i, v := range values {
		if err := dest[i].(sql.Scanner).Scan(v); err != nil {
			return err
		}
	}
	return nil
}

func newWideRows(n int) *wideRows {
	return &wideRows{n: n, month: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func wideOptions(t testing.TB) catalog.RowOptions {
	return catalog.RowOptions{
		Segments: []string{"region"}, PeriodColumn: "month", PeriodUnit: metric.UnitMonth, Currency: currency(t, "USD"),
	}
}

// liveHeap returns the bytes that are in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// A million rows are evaluated in the memory that a few take.
func TestAMillionRowsStream(t *testing.T) {
	n := 1_000_000
	if testing.Short() {
		n = 10_000
	}
	source := newWideRows(n)
	_, rows, err := catalog.ReadRows(source, wideOptions(t))
	if err != nil {
		t.Fatal(err)
	}
	var before, most uint64
	churned, seen, values := metric.USD("0"), 0, 0
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; row.Number != seen {
			t.Fatalf("row %d after %d", row.Number, seen-1)
		}
		lost, err := subscription.ChurnedMRR().From(row.Facts)
		if err != nil {
			t.Fatal(err)
		}
		if churned, err = churned.Add(lost); err != nil {
			t.Fatal(err)
		}
		if seen%1000 == 0 { // Not each row, so that the test takes seconds.
			for r := range catalog.Evaluate(row.Facts) {
				if r.Err == nil {
					values++
				}
			}
		}
		if seen == 1000 {
			before = liveHeap()
		}
		if seen%(n/8) == 0 {
			most = max(most, liveHeap())
		}
	}
	if seen != n {
		t.Errorf("%d rows", seen)
	}
	if want := metric.MoneyFromMinor(source.loss, currency(t, "USD")); !churned.Equal(want) {
		t.Errorf("%s are churned, want %s", churned, want)
	}
	if values < 8*n/1000 {
		t.Errorf("%d values of %d rows", values, n/1000)
	}
	if most > before+1<<20 {
		t.Errorf("%d bytes are in use, after a thousand rows it was %d", most, before)
	}
}

// randomValue returns a value of a kind as text, and in some other forms that mean it.
func randomValue(r *rand.Rand, kind metric.Kind) (text string, forms []any) {
	n := r.Int64N(1_000_000)
	digits := strconv.FormatInt(n, 10)
	decimals := fmt.Sprintf("%d.%04d", r.Int64N(3), r.IntN(10_000))
	switch kind {
	case metric.KindCount:
		return digits, []any{n, []byte(digits), digits + ".00", float64(n), uint32(n), metric.Count(n)}
	case metric.KindMoney:
		text := fmt.Sprintf("%d.%02d EUR", n, r.IntN(100))
		bare := text[:len(text)-len(" EUR")]
		return text, []any{text, []byte(text), bare, []byte(bare), "EUR " + bare, metric.MustMoney(text)}
	case metric.KindRatio, metric.KindNumber:
		f, _ := strconv.ParseFloat(decimals, 64)
		return decimals, []any{decimals, []byte(decimals), f}
	case metric.KindDuration:
		return digits + "s", []any{n, digits, []byte(digits + "s"), time.Duration(n) * time.Second, "PT" + digits + "S"}
	case metric.DistributionOf(metric.KindDuration):
		m := strconv.FormatInt(n+1, 10)
		return fmt.Sprintf(`["%ss","%ss"]`, digits, m), []any{
			[]int64{n + 1, n}, "{" + digits + "," + m + "}", "[" + m + "," + digits + "]", []string{digits, m + "s"},
		}
	}
	return "", nil
}

// Whatever form a value has and whatever the columns are called, the facts are the same.
func TestFormsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(31, 32))
	options := catalog.RowOptions{Currency: currency(t, "EUR"), AllowFloat: true}
	var all []metric.Definition
	for d := range catalog.All() {
		all = append(all, d)
	}
	read := 0
	for range 300 {
		var want metric.Facts
		texts, values := map[string]string{}, map[string]any{}
		var columns []string
		var row []any
		for range r.IntN(30) {
			d := all[r.IntN(len(all))]
			text, forms := randomValue(r, d.Kind())
			if text == "" {
				continue
			}
			v, err := metric.ParseValue(d.Kind(), text)
			if err != nil {
				t.Fatal(err)
			}
			if want.Add(metric.FactOf(d, v)) != nil {
				continue // Out of range, or chosen before.
			}
			form := forms[r.IntN(len(forms))]
			texts[d.ID()], values[d.ID()] = text, form
			columns, row = append(columns, d.ID()), append(row, form)
		}
		read += want.Len()
		_, fromTexts, err1 := catalog.ReadMap(texts, options)
		_, fromValues, err2 := catalog.ReadMap(values, options)
		c, err := catalog.ResolveColumns(columns, options)
		if err != nil {
			t.Fatal(err)
		}
		fromRow, err3 := c.Values(1, row)
		for i, got := range []catalog.Row{fromTexts, fromValues, fromRow} {
			if err := []error{err1, err2, err3}[i]; err != nil {
				t.Fatal(err)
			}
			for fact := range want.All() {
				if v, err := got.Facts.Value(fact.Definition()); err != nil || !v.Equal(fact.Value()) {
					t.Fatalf("%s from %v is %s, %v", fact, values[fact.Definition().ID()], v.Text(), err)
				}
			}
			if got.Facts.Len() != want.Len() {
				t.Fatalf("%d facts, want %d", got.Facts.Len(), want.Len())
			}
		}
	}
	if read < 2000 {
		t.Errorf("only %d values were read", read)
	}
}

func BenchmarkReadRows(b *testing.B) {
	source := newWideRows(0)
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		source.n += 1000
		source.at = source.n - 1000
		_, read, err := catalog.ReadRows(source, wideOptions(b))
		if err != nil {
			b.Fatal(err)
		}
		for row, err := range read {
			if err != nil || row.Facts.Len() != 8 {
				b.Fatal(row, err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

// What the source itself takes of BenchmarkReadRows.
func BenchmarkReadRowsSourceAlone(b *testing.B) {
	source := newWideRows(0)
	dest := make([]any, len(wideColumns))
	for i := range dest {
		dest[i] = scanAway{}
	}
	rows := 0
	for b.Loop() {
		for range 1000 {
			source.at++
			if err := source.Scan(dest...); err != nil {
				b.Fatal(err)
			}
			rows++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
}

type scanAway struct{}

// Scan does nothing.
func (scanAway) Scan(any) error { return nil }

// repeatedCSV is a header and then one line for ever.
type repeatedCSV struct{ header, line, rest string }

func (r *repeatedCSV) Read(p []byte) (int, error) {
	if r.rest == "" {
		r.rest, r.header = r.header, ""
	}
	if r.rest == "" {
		r.rest = r.line
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

var _ io.Reader = (*repeatedCSV)(nil)

func BenchmarkReadCSV(b *testing.B) {
	in := &repeatedCSV{
		header: "region,month,subscription.opening_mrr,subscription.new_mrr,subscription.expansion_mrr,subscription.contraction_mrr," +
			"subscription.churned_mrr,subscription.opening_customers,subscription.new_customers,subscription.churned_customers\n",
		line: "north,2026-03,10000.00,12.50,30.00,7.25,5.00,1012,13,7\n",
	}
	reader := csv.NewReader(in)
	reader.ReuseRecord = true
	options := wideOptions(b)
	_, rows, err := catalog.ReadCSV(reader, options)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	read := 0
	for b.Loop() {
		batch := 0
		for row, err := range rows {
			if err != nil || row.Facts.Len() != 8 {
				b.Fatal(row, err)
			}
			if batch++; batch == 1000 {
				break
			}
		}
		read += batch
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(read), "ns/row")
}

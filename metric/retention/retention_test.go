package retention_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/retention"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15)) }

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func newAccumulator(t testing.TB, o retention.Options) *retention.Accumulator {
	t.Helper()
	a, err := retention.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Zones whose dates follow each other in order: half hours, changes at midnight, 45 minutes.
var zones = []string{"UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Havana", "Asia/Beirut"}

// changes are days on which clocks were changed in one of the zones, or in two.
var changes = []time.Time{
	date(2018, time.March, 25), date(2018, time.October, 28), // Berlin, Beirut
	date(2018, time.April, 1), date(2018, time.October, 7), // Lord Howe
	date(2018, time.February, 18), date(2018, time.November, 4), // Sao Paulo, Havana
	date(2018, time.March, 11), // Havana
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
}

// randomOptions returns options of some mode, for a range around changes of clocks.
func randomOptions(t testing.TB, r *rand.Rand) retention.Options {
	o := retention.Options{
		Unit:      pick(r, retention.Day, retention.Week, retention.Month, retention.Quarter, retention.Year, retention.Hour),
		Zone:      zone(t, pick(r, zones...)),
		Buckets:   1 + r.IntN(9),
		Recurring: r.IntN(2) == 0,
		Clock:     pick(r, retention.ByCalendar, retention.ByCalendar, retention.ByElapsed, retention.ByCivil),
		Test:      r.IntN(4) == 0,
		Subject:   pick(r, event.User, event.User, event.Account),
		Start:     pick(r, event.Rule{}, event.Named("signed_up"), event.Named("opened", "signed_up")),
		Return:    pick(r, event.Rule{}, event.Named("opened"), event.Rule{Where: []event.Condition{{Attribute: "amount", Op: event.AtLeast, Value: event.IntValue(0)}}}),
	}
	if r.IntN(6) == 0 {
		o.Buckets = 60 + r.IntN(10) // more than a word of a set
		o.Unit = retention.Day
	}
	months := pick(r, time.February, time.March, time.October, time.November)
	o.From = time.Date(2018, months, 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(1e9), time.UTC)
	if r.IntN(2) == 0 { // clocks are changed in some of the zones
		day := pick(r, changes...)
		o.From = day.Add(-time.Duration(r.IntN(30*60)) * time.Minute)
	}
	if o.Unit == retention.Week {
		o.WeekStart = metric.WeekStart(r.IntN(7))
	}
	if o.Clock == retention.ByElapsed && (o.Unit == retention.Quarter || o.Unit == retention.Year) {
		o.Clock = retention.ByCivil
	}
	if o.Clock != retention.ByCalendar {
		o.FloorHour = r.IntN(3) == 0
	}
	switch r.IntN(5) {
	case 0:
		o.MinReturns = 2 + r.IntN(2)
	case 1:
		o.Value = "amount"
	case 2:
		o.Value, o.Money = "amount", true
	}
	if !o.Recurring && r.IntN(3) == 0 {
		o.FirstIf = []event.Condition{{Attribute: "match", Op: event.Equal, Value: event.BoolValue(true)}}
	}
	return o
}

func randomQuestion(r *rand.Rand, o retention.Options, span time.Duration) retention.Question {
	q := retention.Question{
		Measure:     retention.Measure(r.IntN(3)),
		ZeroReturns: r.IntN(2) == 0,
	}
	switch r.IntN(4) {
	case 0:
		q.Measure = retention.Exact
		for range 1 + r.IntN(3) {
			from := r.IntN(o.Buckets + 1)
			q.Brackets = append(q.Brackets, retention.Bracket{From: from, To: from + r.IntN(4)})
		}
	case 1:
		q.Periods = r.IntN(o.Buckets + 2)
	}
	if r.IntN(2) == 0 {
		q.AsOf = o.From.Truncate(time.Minute).Add(time.Duration(r.Int64N(int64(span))).Truncate(time.Minute))
	}
	if o.Money {
		q.Currency = pick(r, currency("EUR"), currency("USD"))
	}
	return q
}

func currency(code string) metric.Currency {
	c, err := metric.ParseCurrency(code)
	if err != nil {
		panic(err)
	}
	return c
}

// lengthOf returns about how long the range is.
func lengthOf(o retention.Options) time.Duration {
	if o.Unit == retention.Hour {
		return time.Duration(o.Buckets) * time.Hour
	}
	days := map[retention.Unit]int{retention.Day: 1, retention.Week: 7, retention.Month: 30, retention.Quarter: 91, retention.Year: 365}[o.Unit]
	return time.Duration(days*o.Buckets) * 24 * time.Hour
}

// randomEvents returns hostile deliveries: ties, deliveries that come again, with the same
// content and with other content, late ones, and such as are not counted.
func randomEvents(t testing.TB, r *rand.Rand, o retention.Options, n int) []event.Event {
	span := lengthOf(o) + 1
	elsewhere := zone(t, "Pacific/Auckland")
	var events []event.Event
	for len(events) < n {
		if len(events) > 0 && r.IntN(5) == 0 { // a delivery again
			e := pick(r, events...)
			if e.ID != "" && r.IntN(3) == 0 {
				if r.IntN(2) == 0 {
					e.Time = e.Time.Add(time.Duration(r.IntN(200)-100) * time.Hour)
					e.Seq += int64(r.IntN(2))
				}
				e.Props = randomProps(r)
			}
			e.RecordedTime = pick(r, time.Time{}, e.Time.Add(time.Hour))
			events = append(events, e)
			continue
		}
		e := event.Event{
			Name: pick(r, "signed_up", "opened", "opened", "closed"), Source: pick(r, "a", "a", "b"),
			Seq: int64(r.IntN(2)), Test: r.IntN(20) == 0, Props: randomProps(r),
			Time: o.From.Truncate(time.Minute).Add(time.Duration(r.Int64N(int64(span)*5/4) - int64(span)/8).Truncate(time.Minute)),
		}
		if len(events) > 0 && r.IntN(4) == 0 {
			e.Time = events[r.IntN(len(events))].Time
		}
		if r.IntN(3) == 0 {
			e.Time = e.Time.In(elsewhere)
		}
		if r.IntN(3) > 0 {
			e.ID = fmt.Sprint("e", len(events))
		}
		customer := r.IntN(1 + n/8)
		if e.AccountID = fmt.Sprint("a", customer%7); customer%5 == 0 {
			e.AnonymousID = fmt.Sprint("u", customer)
		} else {
			e.UserID = fmt.Sprint("u", customer)
		}
		if r.IntN(40) == 0 {
			e.UserID, e.AnonymousID, e.AccountID = "", "", ""
		}
		events = append(events, e)
	}
	return events
}

func randomProps(r *rand.Rand) event.Props {
	attrs := []event.Attr{event.Bool("match", r.IntN(2) == 0)}
	switch r.IntN(12) {
	case 0:
	case 1:
		attrs = append(attrs, event.String("amount", "many"))
	case 2:
		attrs = append(attrs, event.Int("amount", 1<<62)) // two of them are too many for 64 bits
	default:
		attrs = append(attrs, event.Int("amount", int64(r.IntN(2000)-400)))
	}
	if r.IntN(12) > 0 {
		attrs = append(attrs, event.String("currency", pick(r, "EUR", "USD", "USD", "EURO")))
	}
	return event.NewProps(attrs...)
}

// checkTable compares a table with the reference. Of returns that a customer's own clock
// puts beyond the range, only Unbounded takes notice.
func checkTable(t *testing.T, name string, got *retention.Table, ref *reference, keep func(string) bool) {
	t.Helper()
	for cohort, c := range got.Cohorts {
		for column, b := range got.Columns {
			want, size, base := ref.cell(cohort, b.From, b.To, ref.q.Measure, keep)
			if c.Size != size || ref.o.Value != "" && c.Base().BigInt().Cmp(base) != 0 {
				t.Fatalf("%s: cohort %d: size %d, base %s; want %d, %s\n%s", name, cohort, c.Size, c.Base(), size, base, got)
			}
			var cell retention.Cell
			if column < len(c.Cells) {
				cell = c.Cells[column]
			}
			if cell.Exists != want.exists || !want.exists {
				if cell.Exists != want.exists {
					t.Fatalf("%s: cohort %d, column %s exists: %v", name, cohort, b, cell.Exists)
				}
				continue
			}
			if cell.Count != want.count || cell.Complete != want.complete {
				t.Fatalf("%s: cohort %d, column %s: %d, complete %v; want %d, %v\n%s", name, cohort, b, cell.Count, cell.Complete, want.count, want.complete, got)
			}
			if ref.o.Value != "" && cell.Sum().BigInt().Cmp(want.sum) != 0 {
				t.Fatalf("%s: cohort %d, column %s: sum %s, want %s\n%s", name, cohort, b, cell.Sum(), want.sum, got)
			}
		}
	}
}

func everyone(string) bool { return true }

// Every mode agrees with the reference over hostile histories.
func TestAgainstReference(t *testing.T) {
	trials := 500
	if testing.Short() {
		trials = 200
	}
	for seed := range uint64(trials) {
		r := newRand(seed)
		o := randomOptions(t, r)
		events := randomEvents(t, r, o, 20+r.IntN(60))
		a := newAccumulator(t, o)
		for i := range events {
			a.Add(&events[i])
		}
		for range 2 {
			q := randomQuestion(r, o, lengthOf(o)+48*time.Hour)
			got, err := a.Table(q)
			if err != nil {
				t.Fatalf("seed %d: %s: %v", seed, o, err)
			}
			checkTable(t, fmt.Sprintf("seed %d: %s: %s", seed, q, o), got, newReference(o, q, events), everyone)
		}
	}
}

// Columns give what events do. Of events with an identity, the columns have the one delivery
// that counts, with sequence numbers that put starts in the order of events.
func TestBlocksAgainstReference(t *testing.T) {
	trials := 200
	if testing.Short() {
		trials = 100
	}
	for seed := range uint64(trials) {
		r := newRand(seed + 1e6)
		o := randomOptions(t, r)
		o.Keys = new(event.Keys)
		events := randomEvents(t, r, o, 20+r.IntN(60))
		for i := range events {
			events[i].ID = fmt.Sprint("unique", i)
			events[i].Seq = int64(i)
		}
		a := newAccumulator(t, o)
		for part := range slices.Chunk(events, 1+r.IntN(40)) {
			if err := a.AddBlock(blockOf(o, part)); err != nil {
				t.Fatalf("seed %d: %s: %v", seed, o, err)
			}
		}
		q := randomQuestion(r, o, lengthOf(o))
		got, err := a.Table(q)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", seed, o, err)
		}
		checkTable(t, fmt.Sprintf("seed %d: %s: %s", seed, q, o), got, newReference(o, q, events), everyone)
	}
}

// blockOf returns the columns of events, without those that have no customer or value.
func blockOf(o retention.Options, events []event.Event) *retention.Block {
	b := new(retention.Block)
	firstIf := event.Rule{Where: o.FirstIf}
	for i := range events {
		e := &events[i]
		role := retention.Role(0)
		if o.Start.Match(e) {
			role |= retention.StartRole
			if firstIf.Match(e) {
				role |= retention.FirstRole
			}
		}
		amount, known := e.Props.Int("amount")
		code, _ := e.Props.String("currency")
		c, err := metric.ParseCurrency(code)
		if o.Return.Match(e) {
			role |= retention.ReturnRole
			if o.Value != "" && !known || o.Money && err != nil {
				continue
			}
		}
		if e.Subject(o.Subject) == "" || e.Test && !o.Test {
			continue
		}
		b.Customer = append(b.Customer, o.Keys.Code(e.Subject(o.Subject)))
		b.Time = append(b.Time, e.Time.UnixNano())
		b.Role = append(b.Role, role)
		b.Seq = append(b.Seq, e.Seq)
		if o.Value != "" {
			b.Value = append(b.Value, amount)
		}
		if o.Money {
			b.Currency = append(b.Currency, c)
		}
	}
	return b
}

// Splits, orders, merges, codes, bytes and workers do not show.
func TestLaws(t *testing.T) {
	trials := 250
	if testing.Short() {
		trials = 80
	}
	for seed := range uint64(trials) {
		r := newRand(seed + 2e6)
		o := randomOptions(t, r)
		if r.IntN(2) == 0 {
			o.Keys = new(event.Keys)
		}
		size := 80
		if seed%50 == 0 {
			size = 4000 // rows are dropped on the way
		}
		events := randomEvents(t, r, o, size)
		one := newAccumulator(t, o)
		for i := range events {
			one.Add(&events[i])
		}
		want := marshal(t, one)
		fail := func(law string) { t.Fatalf("seed %d: %s: %s", seed, law, o) }

		parts := make([]*retention.Accumulator, 1+r.IntN(4))
		for i := range parts {
			part := o
			if r.IntN(2) == 0 {
				part.Keys = nil
			}
			part.Workers = r.IntN(4)
			parts[i] = newAccumulator(t, part)
		}
		byCustomer := r.IntN(2) == 0
		for _, i := range r.Perm(len(events)) {
			to := r.IntN(len(parts))
			if byCustomer {
				to = int(event.Hash(events[i].Subject(o.Subject)) % uint64(len(parts)))
			}
			parts[to].Add(&events[i])
		}
		total := newAccumulator(t, o)
		for _, part := range parts {
			before := marshal(t, part)
			if err := total.Merge(part); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(before, marshal(t, part)) {
				fail("merging changed what was merged")
			}
		}
		if !bytes.Equal(marshal(t, total), want) {
			fail("a split differs from one pass")
		}
		if err := total.Merge(newAccumulator(t, o)); err != nil || !bytes.Equal(marshal(t, total), want) {
			fail("an empty accumulator changes something")
		}
		// From the right, so that merging is associative.
		right := newAccumulator(t, o)
		for _, part := range slices.Backward(parts) {
			fresh := newAccumulator(t, o)
			for _, x := range []*retention.Accumulator{part, right} {
				if err := fresh.Merge(x); err != nil {
					t.Fatal(err)
				}
			}
			right = fresh
		}
		if !bytes.Equal(marshal(t, right), want) {
			fail("merging from the right differs")
		}
		parallel := o
		parallel.Workers, parallel.Keys = 4, new(event.Keys)
		parallel.Keys.Code("somebody else")
		back := newAccumulator(t, parallel)
		if err := back.UnmarshalBinary(want); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, back), want) {
			fail("bytes do not come back")
		}
		if fmt.Sprint(back.Report()) != fmt.Sprint(one.Report()) {
			fail("reports differ")
		}
		q := randomQuestion(r, o, lengthOf(o))
		if a, b := table(t, one, q), table(t, back, q); a != b {
			fail("tables differ:\n" + a + b)
		}
	}
}

func marshal(t testing.TB, a *retention.Accumulator) []byte {
	t.Helper()
	data, err := a.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// table returns all that a table says, as text.
func table(t testing.TB, a *retention.Accumulator, q retention.Question) string {
	t.Helper()
	got, err := a.Table(q)
	if err != nil {
		t.Fatal(err)
	}
	json, err := got.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return got.String() + string(got.AppendCSV(nil)) + string(json)
}

// Segments are apart, and customers of none are left out.
func TestSegments(t *testing.T) {
	for seed := range uint64(60) {
		r := newRand(seed + 3e6)
		o := randomOptions(t, r)
		o.Workers = r.IntN(3)
		events := randomEvents(t, r, o, 60)
		a := newAccumulator(t, o)
		for i := range events {
			a.Add(&events[i])
		}
		segment := func(key string) int { return int(event.Hash(key)%4) - 1 }
		q := randomQuestion(r, o, lengthOf(o))
		tables, err := a.Tables(q, 3, func(c event.Code) int { return segment(a.Keys().Key(c)) })
		if err != nil {
			t.Fatalf("%s: %v", o, err)
		}
		for i, got := range tables {
			checkTable(t, fmt.Sprintf("seed %d, segment %d: %s", seed, i, o), got, newReference(o, q, events), func(key string) bool { return segment(key) == i })
		}
	}
}

// Measures bound each other: in each cell exact is at most unbounded and at most up to, up to
// never falls and unbounded never rises from left to right.
func TestMeasuresAreOrdered(t *testing.T) {
	for seed := range uint64(100) {
		r := newRand(seed + 4e6)
		o := randomOptions(t, r)
		o.Value, o.Money = "", false
		events := randomEvents(t, r, o, 100)
		a := newAccumulator(t, o)
		for i := range events {
			a.Add(&events[i])
		}
		tables := map[retention.Measure]*retention.Table{}
		for m := retention.Exact; m <= retention.UpTo; m++ {
			var err error
			if tables[m], err = a.Table(retention.Question{Measure: m, ZeroReturns: seed%2 == 0}); err != nil {
				t.Fatal(err)
			}
		}
		for i, c := range tables[retention.Exact].Cohorts {
			unbounded, upTo := tables[retention.Unbounded].Cohorts[i].Cells, tables[retention.UpTo].Cohorts[i].Cells
			for k, cell := range c.Cells {
				if cell.Count > unbounded[k].Count || cell.Count > upTo[k].Count || upTo[k].Count > c.Size || unbounded[k].Count > c.Size {
					t.Fatalf("seed %d: cohort %d, period %d: exact %d, unbounded %d, up to %d of %d", seed, i, k, cell.Count, unbounded[k].Count, upTo[k].Count, c.Size)
				}
				// Without ZeroReturns, column 0 is the size: up to begins anew after it.
				from := 1
				if seed%2 == 0 {
					from = 0
				}
				if k > from && upTo[k].Count < upTo[k-1].Count || k > 0 && unbounded[k].Count > unbounded[k-1].Count {
					t.Fatalf("seed %d: cohort %d, period %d: unbounded rises or up to falls", seed, i, k)
				}
			}
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	good := retention.Options{From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Buckets: 3}
	condition := []event.Condition{{Attribute: "match", Op: event.Present}}
	for _, tt := range []struct {
		name  string
		alter func(*retention.Options)
	}{
		{"From", func(o *retention.Options) { o.From = time.Time{} }},
		{"From", func(o *retention.Options) { o.From = time.Date(1600, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"From", func(o *retention.Options) { o.Unit, o.Buckets = retention.Year, 400 }},
		{"Buckets", func(o *retention.Options) { o.Buckets = 0 }},
		{"Buckets", func(o *retention.Options) { o.Buckets = 10_001 }},
		{"Unit", func(o *retention.Options) { o.Unit = 7 }},
		{"WeekStart", func(o *retention.Options) { o.WeekStart = metric.Sunday }},
		{"WeekStart", func(o *retention.Options) { o.Unit, o.WeekStart = retention.Week, 7 }},
		{"Clock", func(o *retention.Options) { o.Clock = 3 }},
		{"Clock", func(o *retention.Options) { o.Clock, o.Unit = retention.ByElapsed, retention.Year }},
		{"FloorHour", func(o *retention.Options) { o.FloorHour = true }},
		{"FirstIf", func(o *retention.Options) { o.FirstIf, o.Recurring = condition, true }},
		{"FirstIf", func(o *retention.Options) { o.FirstIf = []event.Condition{{}} }},
		{"Start", func(o *retention.Options) { o.Start = event.Named("Not Folded") }},
		{"Return", func(o *retention.Options) { o.Return = event.Named("") }},
		{"MinReturns", func(o *retention.Options) { o.MinReturns = -1 }},
		{"MinReturns", func(o *retention.Options) { o.MinReturns, o.Value = 2, "amount" }},
		{"Money", func(o *retention.Options) { o.Money = true }},
		{"Subject", func(o *retention.Options) { o.Subject = 7 }},
	} {
		o := good
		tt.alter(&o)
		_, err := retention.New(o)
		wantInput(t, tt.name, err)
	}
	if _, err := retention.New(good); err != nil {
		t.Error(err)
	}
}

// wantInput fails unless err is a bad input of the given name.
func wantInput(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil || !isInput(err) || !strings.HasPrefix(err.Error(), name+": ") {
		t.Errorf("error %v, want a bad input %s", err, name)
	}
}

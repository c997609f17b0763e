package purchase_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// randomOptions are options of the event surface.
func randomOptions(t testing.TB, r *rand.Rand) purchase.Options {
	zones := []*time.Location{nil, location(t, "Europe/Berlin"), location(t, "America/New_York"), location(t, "Pacific/Auckland")}
	return purchase.Options{
		Location: zones[r.IntN(len(zones))], Lines: r.IntN(3) == 0, Test: r.IntN(4) == 0, Workers: r.IntN(4),
		Subject: event.SubjectKind(r.IntN(2)),
	}
}

func logOf(t testing.TB, o purchase.Options, events []event.Event) *purchase.Log {
	l := newLog(t, o)
	for i := range events {
		l.Add(&events[i])
	}
	return l
}

func randomSummary(r *rand.Rand) purchase.SummaryOptions {
	units := []metric.PeriodUnit{0, metric.UnitDay, metric.UnitWeek, metric.UnitMonth, metric.UnitQuarter, metric.UnitYear}
	o := purchase.SummaryOptions{
		End:          day(2026, time.March, 18+r.IntN(50)),
		Collapse:     units[r.IntN(len(units))],
		IncludeFirst: r.IntN(2) == 0, SinceLast: r.IntN(2) == 0,
	}
	if o.Collapse == 0 {
		o.Separate = r.IntN(2) == 0
	}
	if r.IntN(2) == 0 {
		o.Holdout = o.End.AddDate(0, 0, 1+r.IntN(30))
	}
	return o
}

func TestAgainstModel(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := randomOptions(t, r)
		events := hostile(r, r.IntN(150))
		l, list := logOf(t, o, events), facts(o, events)
		if got, want := gotTotals(t, l, none), totalsText(knownOn(o, list, 1<<30)); got != want {
			t.Fatalf("seed %d: totals of all\n%s", seed, cmp.Diff(want, got))
		}
		for range 4 {
			s := randomSummary(r)
			end := s.End.In(locationOf(o))
			if got, want := gotTotals(t, l, end), totalsText(knownOn(o, list, dateIn(end, o.Location))); got != want {
				t.Fatalf("seed %d: totals up to %s\n%s", seed, end, cmp.Diff(want, got))
			}
			if got, want := gotSummary(t, l, s), summaryText(o, s, list); got != want {
				t.Fatalf("seed %d: %+v\n%s", seed, s, cmp.Diff(want, got))
			}
		}
	}
}

func locationOf(o purchase.Options) *time.Location {
	if o.Location == nil {
		return time.UTC
	}
	return o.Location
}

// part is a log of some of the data, events or blocks.
type part struct {
	events []event.Event
	blocks []rows
}

type rows struct {
	keys          []string
	times, amount []int64
	currency      metric.Currency
}

func (p *part) addTo(t testing.TB, l *purchase.Log) {
	for i := range p.events {
		l.Add(&p.events[i])
	}
	for _, b := range p.blocks {
		block := &purchase.Block{Customer: l.Keys().AppendCodes(nil, b.keys), Time: b.times, Amount: b.amount, Currency: b.currency}
		if err := l.AddBlock(block); err != nil {
			t.Fatal(err)
		}
	}
}

// hostileParts returns n parts of a log of both surfaces.
func hostileParts(t testing.TB, r *rand.Rand, n int, totals bool) []part {
	parts := make([]part, n)
	if !totals {
		for _, e := range hostile(r, r.IntN(120)) {
			p := &parts[r.IntN(n)]
			p.events = append(p.events, e)
		}
	}
	eur, err := metric.ParseCurrency("EUR")
	if err != nil {
		t.Fatal(err)
	}
	usd, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"ann", "bob", "cy", "acme", "zoe"}
	for range r.IntN(2 * n) {
		b := rows{currency: eur}
		if r.IntN(6) == 0 {
			b.currency = usd
		}
		for range r.IntN(40) {
			b.keys = append(b.keys, names[r.IntN(len(names))])
			b.times = append(b.times, time.Date(2026, time.March, 20+r.IntN(20), 8*r.IntN(3), 0, 0, 0, time.UTC).UnixNano())
			amount := r.Int64N(5) * 100
			switch r.IntN(12) {
			case 0:
				amount = purchase.MaxAmount
			case 1:
				amount = -amount
			case 2:
				amount = -purchase.MaxAmount
			}
			b.amount = append(b.amount, amount)
		}
		p := &parts[r.IntN(n)]
		p.blocks = append(p.blocks, b)
	}
	return parts
}

func shuffled(r *rand.Rand, p part) part {
	p.events, p.blocks = slices.Clone(p.events), slices.Clone(p.blocks)
	r.Shuffle(len(p.events), func(i, j int) { p.events[i], p.events[j] = p.events[j], p.events[i] })
	r.Shuffle(len(p.blocks), func(i, j int) { p.blocks[i], p.blocks[j] = p.blocks[j], p.blocks[i] })
	return p
}

func TestMergeLaws(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 2))
		o := randomOptions(t, r)
		if r.IntN(3) == 0 {
			o.Keep, o.Lines = purchase.KeepTotals, false
		}
		parts := hostileParts(t, r, 3, o.Keep == purchase.KeepTotals)
		of := func(list ...int) *purchase.Log {
			l := newLog(t, o)
			for _, i := range list {
				p := shuffled(r, parts[i])
				p.addTo(t, l)
			}
			return l
		}
		merged := func(logs ...*purchase.Log) *purchase.Log {
			l := newLog(t, o)
			for _, m := range logs {
				before := marshal(t, m)
				if err := l.Merge(m); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(before, marshal(t, m)) {
					t.Fatalf("seed %d: Merge changed what it merged", seed)
				}
			}
			return l
		}
		want := marshal(t, of(0, 1, 2))
		for name, l := range map[string]*purchase.Log{
			"another order":        of(2, 1, 0),
			"the merge of a split": merged(of(0), of(1), of(2)),
			"a + (b + c)":          merged(of(0), merged(of(1), of(2))),
			"(c + b) + a":          merged(merged(of(2), of(1)), of(0)),
			"with an empty log":    merged(of(), of(0, 2), of(), of(1)),
		} {
			if !bytes.Equal(marshal(t, l), want) {
				t.Fatalf("seed %d: %s gives another state", seed, name)
			}
			s := randomSummary(r)
			if o.Keep == purchase.KeepDays && gotSummary(t, l, s) != gotSummary(t, of(0, 1, 2), s) {
				t.Fatalf("seed %d: %s gives another summary", seed, name)
			}
			if diff := cmp.Diff(of(0, 1, 2).Report(), l.Report()); diff != "" {
				t.Fatalf("seed %d: %s gives another report\n%s", seed, name, diff)
			}
		}
		again := newLog(t, o)
		if err := again.UnmarshalBinary(want); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if !bytes.Equal(marshal(t, again), want) || gotTotals(t, again, none) != gotTotals(t, of(0, 1, 2), none) {
			t.Fatalf("seed %d: the state does not survive its bytes", seed)
		}
		// What was added up by day merges with what was not.
		if err := again.Merge(of(1)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, again), marshal(t, merged(of(0, 1, 2), of(1)))) {
			t.Fatalf("seed %d: a decoded log merges differently", seed)
		}
	}
}

func TestSharedKeys(t *testing.T) {
	keys := new(event.Keys)
	a, b := newLog(t, purchase.Options{Keys: keys}), newLog(t, purchase.Options{Keys: keys})
	r := rand.New(rand.NewPCG(1, 3))
	parts := hostileParts(t, r, 2, false)
	parts[0].addTo(t, a)
	parts[1].addTo(t, b)
	own := newLog(t, purchase.Options{})
	parts[0].addTo(t, own)
	parts[1].addTo(t, own)
	if err := a.Merge(b); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(marshal(t, a), marshal(t, own)) {
		t.Error("logs that share keys merge to another state")
	}
}

func TestMergeWithItself(t *testing.T) {
	for _, keep := range []purchase.Keep{purchase.KeepDays, purchase.KeepTotals} {
		r := rand.New(rand.NewPCG(2, 3))
		parts := hostileParts(t, r, 1, true)
		l, twice := newLog(t, purchase.Options{Keep: keep}), newLog(t, purchase.Options{Keep: keep})
		parts[0].addTo(t, l)
		parts[0].addTo(t, twice)
		parts[0].addTo(t, twice)
		if err := l.Merge(l); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(marshal(t, l), marshal(t, twice)) {
			t.Errorf("%s: a log merged with itself is not the log twice", keep)
		}
	}
}

// Totals of days and of cells agree where both know all.
func TestKeepsAgree(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 4))
		parts := hostileParts(t, r, 1, true)
		berlin := location(t, "Europe/Berlin")
		days := newLog(t, purchase.Options{Location: berlin})
		totals := newLog(t, purchase.Options{Location: berlin, Keep: purchase.KeepTotals, Workers: 3})
		parts[0].addTo(t, days)
		parts[0].addTo(t, totals)
		if diff := cmp.Diff(gotTotals(t, days, none), gotTotals(t, totals, none)); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
	}
}

// TestManyRowsAreAddedUp goes beyond the rows that wait in a bucket.
func TestManyRowsAreAddedUp(t *testing.T) {
	const n = 200_000
	l := newLog(t, purchase.Options{})
	code := l.Keys().Code("ann")
	b := new(purchase.Block)
	for i := range n {
		b.Customer = append(b.Customer, code)
		b.Time = append(b.Time, day(2026, 1, 1+i%10).Add(time.Duration(i)*time.Millisecond).UnixNano())
		b.Amount = append(b.Amount, 1)
	}
	for range 3 {
		if err := l.AddBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	totals, err := l.Totals(none)
	if err != nil {
		t.Fatal(err)
	}
	c := totals.Lookup("ann")
	if units, ok := c.Units(); c.Orders != 3*n || units != 3*n || !ok {
		t.Errorf("%d orders of %d, want %d", c.Orders, units, 3*n)
	}
	if size := len(marshal(t, l)); size > 2000 {
		t.Errorf("%d bytes for ten days of one customer", size)
	}
}

package purchase_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// The model is the slow reference: maps, sorting of everything, big integers, and the date
// that a clock shows.

// fact is one accepted event of an order, in plain types.
type fact struct {
	customer, source, id, content string
	at                            time.Time
	seq                           int64
	recorded                      int64
	kind                          int // 0 order, 1 refund, 2 cancellation
	amount                        int64
	order, currency               string
}

func (f *fact) compare(g *fact) int {
	return cmp.Or(f.at.Compare(g.at), cmp.Compare(f.seq, g.seq), cmp.Compare(f.recorded, g.recorded),
		strings.Compare(f.source, g.source), strings.Compare(f.id, g.id), strings.Compare(f.content, g.content),
		cmp.Compare(f.kind, g.kind), cmp.Compare(f.amount, g.amount), strings.Compare(f.order, g.order), strings.Compare(f.currency, g.currency))
}

// facts returns the events that count, each once and in order.
func facts(o purchase.Options, events []event.Event) []fact {
	var list []fact
	for i := range events {
		e := &events[i]
		f := fact{source: e.Source, id: e.ID, at: e.Effective(), seq: e.Seq, recorded: -1 << 63}
		if !e.RecordedTime.IsZero() {
			f.recorded = e.RecordedTime.UnixNano()
		}
		if e.ID == "" {
			sum := e.ContentHash()
			f.content = string(sum[:])
		}
		f.customer = e.Subject(o.Subject)
		f.kind = slices.Index([]string{"order_completed", "order_refunded", "order_cancelled"}, e.Name)
		f.order, _ = e.Props.String("order_id")
		if f.kind < 0 || f.customer == "" || e.Test && !o.Test || e.Time.IsZero() || e.Time.Year() < 1824 || e.Time.Year() > 2115 {
			continue
		}
		if f.kind < 2 {
			amount, ok := e.Props.Int("amount")
			f.currency, _ = e.Props.String("currency")
			if !ok || amount < 0 || f.currency != "EUR" && f.currency != "USD" {
				continue
			}
			f.amount = amount
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(f, g fact) int { return f.compare(&g) })
	seen := make(map[string]bool)
	return slices.DeleteFunc(list, func(f fact) bool {
		key := fmt.Sprintf("%q %q %q %q", f.customer, f.source, f.id, f.content)
		again := seen[key]
		seen[key] = true
		return again
	})
}

// bought is an order as known on some day.
type bought struct {
	at       time.Time
	day      purchase.Date
	left     int64
	currency string
	refund   bool // an unmatched one
}

func dateIn(t time.Time, loc *time.Location) purchase.Date {
	if loc == nil {
		loc = time.UTC
	}
	y, m, d := t.In(loc).Date()
	return purchase.Date(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// knownOn returns the orders of each customer as known on a day.
func knownOn(o purchase.Options, list []fact, end purchase.Date) map[string][]bought {
	type key struct{ customer, order string }
	orders := make(map[key]*bought)
	cancelled := make(map[key]bool)
	free := make(map[*bought]bool)
	all := make(map[string][]*bought)
	for _, f := range list {
		k := key{f.customer, f.order}
		if f.kind != 0 || dateIn(f.at, o.Location) > end {
			continue
		}
		if b := orders[k]; b != nil && f.order != "" {
			if o.Lines {
				b.left += f.amount
				free[b] = free[b] && f.amount == 0
				if f.currency != b.currency {
					b.currency = "*"
				}
			}
			continue
		}
		b := &bought{at: f.at, day: dateIn(f.at, o.Location), left: f.amount, currency: f.currency}
		free[b] = f.amount == 0
		orders[k] = b
		all[f.customer] = append(all[f.customer], b)
	}
	for _, f := range list {
		k := key{f.customer, f.order}
		b := orders[k]
		if f.order == "" {
			b = nil
		}
		switch {
		case f.kind == 0 || dateIn(f.at, o.Location) > end:
		case f.kind == 2:
			if b != nil {
				cancelled[k] = true
			}
		default:
			taken := int64(0)
			if b != nil && b.currency == f.currency && !cancelled[k] {
				taken = min(b.left, f.amount)
				b.left -= taken
			}
			if f.amount > taken {
				all[f.customer] = append(all[f.customer],
					&bought{at: f.at, day: dateIn(f.at, o.Location), left: taken - f.amount, currency: f.currency, refund: true})
			}
		}
	}
	result := make(map[string][]bought)
	for k, b := range orders {
		if cancelled[k] && k.order != "" || b.left == 0 && !free[b] {
			b.currency = "gone"
		}
	}
	for customer, list := range all {
		for _, b := range list {
			if b.currency != "gone" {
				result[customer] = append(result[customer], *b)
			}
		}
		slices.SortStableFunc(result[customer], func(a, b bought) int { return a.at.Compare(b.at) })
	}
	return result
}

// bill is an amount in the currencies it is of.
type bill struct {
	units *big.Int
	in    map[string]bool
}

func newBill() *bill { return &bill{new(big.Int), make(map[string]bool)} }

func (b *bill) add(x bought) {
	b.units.Add(b.units, big.NewInt(x.left))
	b.in[x.currency] = true
}

// text is "mixed" or the amount in minor units.
func (b *bill) text() string {
	if len(b.in) > 1 || b.in["*"] {
		return "mixed"
	}
	return b.units.String()
}

func unitsText(n int64, ok bool) string {
	if !ok {
		return "mixed"
	}
	return fmt.Sprint(n)
}

// totalsText is what Totals says, a line a customer.
func totalsText(orders map[string][]bought) string {
	var lines []string
	for customer, list := range orders {
		sum := newBill()
		var days []string
		n := 0
		for _, b := range list {
			sum.add(b)
			if !b.refund {
				n++
				days = append(days, fmt.Sprint(b.at.UnixNano()), b.day.String())
			}
		}
		if n > 0 {
			lines = append(lines, fmt.Sprintln(customer, n, days[:2], days[len(days)-2:], sum.text()))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

func gotTotals(t testing.TB, l *purchase.Log, end time.Time) string {
	t.Helper()
	totals, err := l.Totals(end)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for key, c := range totals.All() {
		lines = append(lines, fmt.Sprintln(key, c.Orders, []string{fmt.Sprint(c.First), c.FirstDate.String()},
			[]string{fmt.Sprint(c.Last), c.LastDate.String()}, unitsText(c.Units())))
		if totals.Lookup(key) != c || totals.Key(c) != key {
			t.Errorf("Lookup(%q) gives another", key)
		}
	}
	if len(lines) != totals.Len() {
		t.Errorf("Len is %d of %d", totals.Len(), len(lines))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// summaryText is what Summary says, worked out from sets of periods.
func summaryText(o purchase.Options, s purchase.SummaryOptions, list []fact) string {
	end, after := dateIn(s.End, o.Location), dateIn(s.End, o.Location)
	if !s.Holdout.IsZero() {
		after = dateIn(s.Holdout, o.Location)
	}
	period := func(d purchase.Date) purchase.Date { return slowStart(d, s.Collapse.String()) }
	later := knownOn(o, list, after)
	var lines []string
	for customer, orders := range knownOn(o, list, end) {
		periods := make(map[purchase.Date]bool)
		var bills []bought
		n := 0
		for _, b := range orders {
			if !b.refund {
				periods[period(b.day)] = true
				bills = append(bills, b)
				n++
			}
		}
		if n == 0 {
			continue
		}
		days := slices.Sorted(maps.Keys(periods))
		first, last := days[0], days[len(days)-1]
		frequency := len(days)
		if s.Separate {
			frequency = n
		}
		spend := newBill()
		for i, b := range bills {
			isFirst := period(b.day) == first
			if s.Separate {
				isFirst = i == 0
			}
			if s.IncludeFirst || !isFirst {
				spend.add(b)
			}
		}
		if !s.IncludeFirst {
			frequency--
		}
		recency := last - first
		if s.SinceLast {
			recency = period(end) - last
		}
		hold, holdPeriods, holdOrders := newBill(), make(map[purchase.Date]bool), 0
		for _, b := range later[customer] {
			if !b.refund && b.day > end {
				hold.add(b)
				holdPeriods[period(b.day)] = true
				holdOrders++
			}
		}
		holdFrequency := len(holdPeriods)
		if s.Separate {
			holdFrequency = holdOrders
		}
		lines = append(lines, fmt.Sprintln(customer, first, last, frequency, int(recency), int(period(end)-first), spend.text(),
			holdFrequency, holdOrders, hold.text()))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// slowStart goes back day by day.
func slowStart(d purchase.Date, unit string) purchase.Date {
	for ; ; d-- {
		t := time.Unix(int64(d)*86400, 0).UTC()
		switch unit {
		case "week":
			if t.Weekday() == time.Monday {
				return d
			}
		case "month":
			if t.Day() == 1 {
				return d
			}
		case "quarter":
			if t.Day() == 1 && (t.Month()-1)%3 == 0 {
				return d
			}
		case "year":
			if t.YearDay() == 1 {
				return d
			}
		default:
			return d
		}
	}
}

func gotSummary(t testing.TB, l *purchase.Log, o purchase.SummaryOptions) string {
	t.Helper()
	s, err := l.Summary(o)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for key, c := range s.All() {
		lines = append(lines, fmt.Sprintln(key, c.First, c.Last, c.Frequency, int(c.Recency), int(c.Age), unitsText(c.SpendUnits()),
			c.HoldoutFrequency, c.HoldoutOrders, unitsText(c.HoldoutUnits())))
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// hostile returns events of a few customers: ties, repeats with other content, instants around
// midnight and changes of clocks, orders refunded, cancelled and sent twice, and nonsense.
func hostile(r *rand.Rand, n int) []event.Event {
	pick := func(texts ...string) string { return texts[r.IntN(len(texts))] }
	instants := make([]time.Time, 12)
	for i := range instants {
		instants[i] = time.Date(2026, time.March, 20, 0, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(45*24*4)) * 15 * time.Minute)
	}
	var events []event.Event
	for i := range n {
		e := event.Event{
			ID: fmt.Sprint("e", i), Source: pick("shop", "shop", "app"), UserID: pick("ann", "bob", "cy", "dee", "eve"), AccountID: pick("acme", "bolt"),
			Name: pick("order_completed", "order_completed", "order_completed", "order_refunded", "order_cancelled", "page_viewed"),
			Time: instants[r.IntN(len(instants))], Seq: int64(r.IntN(3)), Test: r.IntN(15) == 0,
		}
		if r.IntN(3) == 0 {
			e.RecordedTime = e.Time.Add(time.Duration(r.IntN(3)) * time.Hour)
		}
		if r.IntN(10) == 0 {
			e.ID = ""
		}
		if r.IntN(4) > 0 {
			e.Time = time.Date(2026, time.March, 20+r.IntN(45), r.IntN(24), r.IntN(60), 0, r.IntN(2), time.UTC)
		}
		e.Props = event.NewProps(event.String("order_id", pick("", "o1", "o2", "o3", "o4", "o5", "o6", "o7")+pick("", "", "-b")),
			event.Int("amount", int64(r.IntN(5))*100), event.String("currency", pick("EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "EUR", "USD", "xx")))
		switch r.IntN(40) {
		case 0:
			e.Props = event.NewProps(event.String("amount", "12"))
		case 1:
			e.UserID, e.AccountID = "", ""
		case 2:
			e.Time = time.Date(1200, 1, 1, 0, 0, 0, 0, time.UTC)
		case 3:
			e.Props = event.NewProps(event.Int("amount", -5), event.String("currency", "EUR"))
		}
		events = append(events, e)
		if len(events) > 3 && r.IntN(7) == 0 { // again, and perhaps different
			again := events[r.IntN(len(events))]
			if r.IntN(2) == 0 {
				again.Props = again.Props.With(event.Int("amount", int64(r.IntN(3))*100), event.String("order_id", pick("o1", "o2")))
			}
			if r.IntN(3) == 0 {
				again.Time = again.Time.Add(-time.Minute)
			}
			events = append(events, again)
		}
	}
	return events
}

package ledger_test

import (
	"cmp"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// The model recomputes everything from all facts at every instant, in big.Rat, without any
// state that is carried on.

type modelCell struct{ currency, segment string }

type modelSub struct {
	customer   string // who has it
	items      []event.SubscriptionItem
	currency   string
	segment    string
	mrr        *big.Rat
	started    bool
	ended      bool
	trialUntil time.Time
	paused     bool
	requested  bool
	pauseUntil time.Time
	failed     map[string]time.Time
}

type model struct {
	options ledger.Options
	facts   []ledger.Fact
	loc     *time.Location
}

func (m *model) when(f ledger.Fact) time.Time {
	if (f.Kind == ledger.CancellationRequested || f.Kind == ledger.Cancelled && m.options.ChurnAt == ledger.ChurnAtRequest) &&
		!f.Occurred.IsZero() && f.Occurred.Before(f.Effective) {
		return f.Occurred
	}
	return f.Effective
}

func recorded(f ledger.Fact) time.Time {
	switch {
	case !f.Recorded.IsZero():
		return f.Recorded
	case !f.Occurred.IsZero():
		return f.Occurred
	}
	return f.Effective
}

// ordered returns the facts that count, in order.
func (m *model) ordered(known time.Time) []ledger.Fact {
	best := make(map[string]ledger.Fact)
	void := make(map[string]bool)
	for _, f := range m.facts {
		if !known.IsZero() && recorded(f).After(known) {
			continue
		}
		if f.Kind == ledger.FactRetracted {
			void[f.Source+"/"+f.Other] = true
			continue
		}
		k := f.Customer + "/" + f.Source + "/" + f.ID
		if old, ok := best[k]; !ok || recorded(f).After(recorded(old)) {
			best[k] = f
		}
	}
	var list []ledger.Fact
	for _, f := range best {
		if !void[f.Source+"/"+f.ID] {
			list = append(list, f)
		}
	}
	slices.SortFunc(list, func(a, b ledger.Fact) int {
		return cmp.Or(m.when(a).Compare(m.when(b)), cmp.Compare(a.Seq, b.Seq), recorded(a).Compare(recorded(b)), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// at returns the revenue of each subscription at an instant, by the facts up to it.
func (m *model) at(facts []ledger.Fact, t time.Time) map[string]*modelSub {
	subs := make(map[string]*modelSub)
	heir := make(map[string]string)
	root := func(c string) string {
		for heir[c] != "" {
			c = heir[c]
		}
		return c
	}
	for _, f := range facts {
		if m.when(f).After(t) {
			break
		}
		if f.Kind == ledger.CustomerMerged {
			from, into := root(f.Customer), root(f.Other)
			if from == into {
				continue
			}
			heir[from] = into
			for _, b := range subs {
				if b.customer == from {
					b.customer = into
				}
			}
			continue
		}
		if f.Kind == ledger.PaymentFailed || f.Kind == ledger.PaymentRecovered {
			for name, b := range subs {
				if name == f.Customer+"/"+f.Subscription || f.Subscription == "" && b.customer == root(f.Customer) {
					b.pay(f)
				}
			}
			continue
		}
		name := f.Customer + "/" + f.Subscription
		b := subs[name]
		if b == nil {
			b = &modelSub{customer: root(f.Customer), failed: make(map[string]time.Time)}
			subs[name] = b
		}
		b.apply(f)
	}
	return subs
}

func (b *modelSub) pay(f ledger.Fact) {
	if f.Kind == ledger.PaymentFailed {
		if _, ok := b.failed[f.Other]; !ok {
			b.failed[f.Other] = f.Effective
		}
		return
	}
	for invoice := range b.failed {
		if f.Other == "" || invoice == "" || invoice == f.Other {
			delete(b.failed, invoice)
		}
	}
}

func (b *modelSub) apply(f ledger.Fact) {
	switch f.Kind {
	case ledger.Started, ledger.Updated, ledger.MRRSet, ledger.TrialStarted:
		if f.Kind == ledger.TrialStarted {
			b.trialUntil = f.Until
			if f.Items == nil {
				return
			}
		}
		if f.Kind == ledger.Started || f.Kind == ledger.MRRSet || !b.started {
			b.started, b.ended, b.paused, b.requested = true, false, false, false
			clear(b.failed)
		}
		b.items, b.currency, b.segment, b.mrr = f.Items, f.Currency.Code(), f.Segment, nil
		if f.Kind == ledger.MRRSet {
			b.mrr = big.NewRat(f.MRR, 1)
			b.ended = f.MRR == 0
		}
	case ledger.Paused:
		b.paused, b.pauseUntil = true, f.Until
	case ledger.Resumed:
		b.paused = false
	case ledger.CancellationRequested:
		b.requested = true
	case ledger.CancellationWithdrawn:
		b.requested = false
	case ledger.Cancelled, ledger.Expired:
		b.ended = true
	case ledger.TrialEnded:
		b.trialUntil = time.Time{}
		if v, ok := f.Converted.Get(); ok && !v {
			b.ended = true
		}
	case ledger.Transferred:
		b.customer = f.Other
	}
}

// state of a subscription at an instant: "mrr", "trial", "paused", "open pause" or "".
func (m *model) state(b *modelSub, t time.Time) string {
	if !b.started || b.ended {
		return ""
	}
	if m.options.DunningDays >= 0 {
		days := m.options.DunningDays
		if days == 0 {
			days = 30
		}
		for _, since := range b.failed {
			if !since.In(m.loc).AddDate(0, 0, days).After(t) {
				return ""
			}
		}
	}
	switch {
	case t.Before(b.trialUntil):
		return "trial"
	case b.requested && m.options.ChurnAt == ledger.ChurnAtRequest:
		return ""
	case b.paused && !m.options.PausedCounts && !b.pauseUntil.IsZero():
		return "paused"
	case b.paused && !m.options.PausedCounts:
		return "open pause"
	}
	return "mrr"
}

// value is the items of a subscription at an instant.
func (m *model) value(b *modelSub, t time.Time) map[modelCell]*big.Rat {
	out := make(map[modelCell]*big.Rat)
	cell := modelCell{b.currency, b.segment}
	if b.mrr != nil {
		out[cell] = b.mrr
		return out
	}
	factors := map[string]*big.Rat{"day": big.NewRat(365, 12), "week": big.NewRat(52, 12), "month": big.NewRat(1, 1), "year": big.NewRat(1, 12)}
	sum := new(big.Rat)
	for _, item := range b.items {
		if item.Kind != "" && item.Kind != "licensed" {
			continue
		}
		x := big.NewRat(item.Amount-item.Tax.Or(0), 1)
		x.Mul(x, item.Quantity.Or(decimal.New(1, 0)).Rat())
		if d, ok := item.Discount.Get(); ok {
			runs := d.Ends.IsZero() || t.Before(d.Ends)
			if !d.Ends.IsZero() && m.options.IgnoreEndingDiscounts {
				runs = false
			}
			if percent, ok := d.Percent.Get(); ok && runs {
				left := new(big.Rat).Sub(big.NewRat(1, 1), new(big.Rat).Mul(percent.Rat(), big.NewRat(1, 100)))
				x.Mul(x, left)
			}
		}
		x.Mul(x, factors[item.Interval])
		x.Mul(x, big.NewRat(1, item.IntervalCount.Or(1)))
		sum.Add(sum, x)
	}
	out[cell] = sum
	return out
}

// revenue is what each customer pays at an instant, by currency and segment.
func (m *model) revenue(facts []ledger.Fact, t time.Time, state string) map[string]map[modelCell]*big.Rat {
	out := make(map[string]map[modelCell]*big.Rat)
	for _, b := range m.at(facts, t) {
		if m.state(b, t) != state {
			continue
		}
		for cell, x := range m.value(b, t) {
			if x.Sign() == 0 {
				continue
			}
			if out[b.customer] == nil {
				out[b.customer] = make(map[modelCell]*big.Rat)
			}
			if out[b.customer][cell] == nil {
				out[b.customer][cell] = new(big.Rat)
			}
			out[b.customer][cell].Add(out[b.customer][cell], x)
		}
	}
	return out
}

// of sums up the cells of a currency, "" for all, and a segment, "*" for all.
func of(cells map[modelCell]*big.Rat, currency, segment string) *big.Rat {
	sum := new(big.Rat)
	for c, x := range cells {
		if (currency == "" || c.currency == currency) && (segment == "*" || c.segment == segment) {
			sum.Add(sum, x)
		}
	}
	return sum
}

// instants are all at which something may change.
func (m *model) instants(facts []ledger.Fact) []time.Time {
	var list []time.Time
	for _, f := range facts {
		list = append(list, m.when(f))
		if f.Kind == ledger.TrialStarted {
			list = append(list, f.Until)
		}
		if f.Kind == ledger.PaymentFailed {
			days := m.options.DunningDays
			if days == 0 {
				days = 30
			}
			list = append(list, f.Effective.In(m.loc).AddDate(0, 0, max(days, 0)))
		}
		for _, item := range f.Items {
			if d, ok := item.Discount.Get(); ok && !d.Ends.IsZero() {
				list = append(list, d.Ends)
			}
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

const tick = time.Nanosecond

// modelRow is what the model says about a period, a currency and a segment ("*" for all).
type modelRow struct {
	opening, closing                                *big.Rat
	new, expansion, contraction, churn, reactivated *big.Rat
	retained, kept                                  *big.Rat
	ends                                            [5]*big.Rat
	trial, paused, openPause                        *big.Rat
	customers, closingCustomers, lost, same         int64
	news, churns, returns                           int64
	subs, closingSubs, lostSubs                     int64
}

func (m *model) row(p metric.Period, currency, segment string, known time.Time) modelRow {
	facts := m.ordered(known)
	zero := func() *big.Rat { return new(big.Rat) }
	r := modelRow{opening: zero(), closing: zero(), new: zero(), expansion: zero(), contraction: zero(), churn: zero(), reactivated: zero(),
		retained: zero(), kept: zero(), ends: [5]*big.Rat{zero(), zero(), zero(), zero(), zero()}, trial: zero(), paused: zero(), openPause: zero()}
	start, end := p.Start().Add(-tick), p.End().Add(-tick)
	open, close := m.revenue(facts, start, "mrr"), m.revenue(facts, end, "mrr")
	customers := make(map[string]bool)
	for _, f := range facts {
		customers[f.Customer] = true
	}
	// What was before and after each instant, once for all customers.
	type moment struct {
		at          time.Time
		before, now map[string]map[modelCell]*big.Rat
	}
	var moments []moment
	for _, t := range m.instants(facts) {
		moments = append(moments, moment{t, m.revenue(facts, t.Add(-tick), "mrr"), m.revenue(facts, t, "mrr")})
	}
	for c := range customers {
		o, e := of(open[c], currency, segment), of(close[c], currency, segment)
		wasPaying, isPaying := of(open[c], "", "*").Sign() > 0, of(close[c], "", "*").Sign() > 0
		r.opening.Add(r.opening, o)
		r.closing.Add(r.closing, e)
		r.customers += int64(o.Sign())
		r.closingCustomers += int64(e.Sign())
		if o.Sign() > 0 {
			r.retained.Add(r.retained, e)
			least := e
			if o.Cmp(e) < 0 {
				least = o
			}
			r.kept.Add(r.kept, least)
			if !isPaying {
				r.lost++
			}
		}
		paid, paidBefore, inBetween := false, false, false
		for _, x := range moments {
			b, a := of(x.before[c], "", "*"), of(x.now[c], "", "*")
			d := new(big.Rat).Sub(of(x.now[c], currency, "*"), of(x.before[c], currency, "*"))
			inside := p.Contains(x.at)
			if !paid && a.Sign() > 0 && x.at.Before(p.Start()) {
				paidBefore = true
			}
			if inside {
				inBetween = inBetween || of(x.now[c], currency, segment).Sign() > 0
				switch {
				case d.Sign() == 0:
				case b.Sign() == 0 && !paid:
					r.new.Add(r.new, d)
				case b.Sign() == 0:
					r.reactivated.Add(r.reactivated, d)
				case a.Sign() == 0:
					r.churn.Add(r.churn, d)
				case d.Sign() > 0:
					r.expansion.Add(r.expansion, d)
				default:
					r.contraction.Add(r.contraction, d)
				}
				if was, is := of(x.before[c], currency, segment).Sign() > 0, of(x.now[c], currency, segment).Sign() > 0; was != is {
					switch {
					case is && b.Sign() == 0 && !paid:
						r.news++
					case is && b.Sign() == 0:
						r.returns++
					case was && a.Sign() == 0:
						r.churns++
					}
				}
			}
			paid = paid || a.Sign() > 0
		}
		if o.Sign() == 0 && e.Sign() == 0 && inBetween {
			r.same++
		}
		d := new(big.Rat).Sub(e, o)
		i := 2
		switch {
		case !wasPaying && isPaying && paidBefore:
			i = 4
		case !wasPaying && isPaying:
			i = 0
		case wasPaying && !isPaying:
			i = 3
		case d.Sign() > 0:
			i = 1
		}
		r.ends[i].Add(r.ends[i], d)
	}
	for state, sum := range map[string]*big.Rat{"trial": r.trial, "paused": r.paused, "open pause": r.openPause} {
		for _, cells := range m.revenue(facts, end, state) {
			sum.Add(sum, of(cells, currency, segment))
		}
	}
	atStart, atEnd := m.at(facts, start), m.at(facts, end)
	pays := func(b *modelSub, t time.Time) bool {
		return b != nil && m.state(b, t) == "mrr" && of(m.value(b, t), currency, "*").Sign() > 0
	}
	for name, b := range atEnd {
		was, is := pays(atStart[name], start), pays(b, end)
		if was {
			r.subs++
		}
		if is {
			r.closingSubs++
		}
		if was && !is {
			r.lostSubs++
		}
	}
	return r
}

// hostile draws facts of few customers: many at one instant, some late, corrected, void or
// delivered twice.
type hostile struct {
	r      *rand.Rand
	plain  bool // MRRSet only
	merges bool
	one    bool // one currency and segment
}

func (h *hostile) facts(n int) []ledger.Fact {
	r := h.r
	currencies := []string{"USD", "EUR", "JPY"}
	var list []ledger.Fact
	start := time.Date(2023, 11, 20, 0, 0, 0, 0, time.UTC)
	for i := range n {
		at := start.AddDate(0, 0, r.IntN(140))
		if r.IntN(4) == 0 {
			at = at.Add(time.Duration(r.IntN(86400)) * time.Second)
		}
		f := ledger.Fact{Kind: ledger.MRRSet, Customer: fmt.Sprintf("c%d", r.IntN(4)), Subscription: fmt.Sprintf("s%d", r.IntN(3)),
			Effective: at, Seq: int64(i), Source: "x", ID: fmt.Sprint(i)}
		if !h.plain {
			f.Kind = ledger.Kind(1 + r.IntN(int(ledger.MRRSet)))
		}
		code := currencies[0]
		if !h.one && r.IntN(4) == 0 {
			code = currencies[r.IntN(3)]
		}
		f.Currency, _ = metric.ParseCurrency(code)
		if !h.one {
			f.Segment = []string{"", "basic", "pro"}[r.IntN(3)]
		}
		switch f.Kind {
		case ledger.MRRSet:
			f.MRR = int64(r.IntN(5)) * 700
		case ledger.Started, ledger.Updated, ledger.TrialStarted:
			f.Items = h.items()
			f.Until = at.AddDate(0, 0, 1+r.IntN(40))
		case ledger.Paused:
			if r.IntN(2) == 0 {
				f.Until = at.AddDate(0, 0, 9)
			}
		case ledger.CancellationRequested, ledger.Cancelled:
			f.Occurred = at.AddDate(0, 0, -r.IntN(20))
			f.Voluntary = event.Some(r.IntN(2) == 0)
		case ledger.PaymentFailed, ledger.PaymentRecovered:
			f.Other = []string{"", "i1", "i2"}[r.IntN(3)]
			if r.IntN(3) == 0 {
				f.Subscription = ""
			}
		case ledger.TrialEnded:
			if r.IntN(2) == 0 {
				f.Converted = event.Some(r.IntN(2) == 0)
			}
		}
		if r.IntN(3) == 0 {
			f.Recorded = at.AddDate(0, 0, r.IntN(50))
		}
		list = append(list, f)
		switch r.IntN(12) {
		case 0: // again
			list = append(list, f)
		case 1: // corrected
			g := f
			g.Recorded = recorded(f).AddDate(0, 0, 1+r.IntN(30))
			g.Effective = g.Effective.AddDate(0, 0, r.IntN(11)-5)
			g.MRR += 300
			list = append(list, g)
		case 2:
			if r.IntN(3) == 0 {
				list = append(list, ledger.Fact{Kind: ledger.FactRetracted, Effective: at.AddDate(0, 0, 20), Source: "x", Other: f.ID, ID: fmt.Sprint("r", i)})
			}
		}
	}
	if h.merges {
		for i := range 2 {
			f := ledger.Fact{Kind: ledger.CustomerMerged, Customer: fmt.Sprintf("c%d", r.IntN(4)), Other: fmt.Sprintf("c%d", r.IntN(4)),
				Effective: start.AddDate(0, 0, 40+r.IntN(60)), Seq: int64(n + i), Source: "x", ID: fmt.Sprint("m", i)}
			list = append(list, f)
		}
	}
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func (h *hostile) items() (items []event.SubscriptionItem) {
	r := h.r
	for range 1 + r.IntN(2) {
		item := event.SubscriptionItem{Plan: []string{"a", "b"}[r.IntN(2)], Amount: int64(r.IntN(5)) * 1001, Interval: []string{"day", "week", "month", "year"}[r.IntN(4)]}
		if r.IntN(2) == 0 {
			item.IntervalCount = event.Some(int64(1 + r.IntN(7)))
		}
		if r.IntN(2) == 0 {
			item.Quantity = event.Some(decimal.New(int64(r.IntN(30)), -1))
		}
		if r.IntN(3) == 0 {
			item.Tax = event.Some(item.Amount / 7)
		}
		if r.IntN(3) == 0 {
			d := event.SubscriptionDiscount{Percent: event.Some(decimal.New(int64(r.IntN(5))*25, 0))}
			if r.IntN(2) == 0 {
				d.Ends = time.Date(2024, time.Month(1+r.IntN(3)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
			}
			item.Discount = event.Some(d)
		}
		if r.IntN(8) == 0 {
			item.Kind = []string{"metered", "one_off"}[r.IntN(2)]
		}
		items = append(items, item)
	}
	return items
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// hostilePeriods overlap, and hold a change of clocks.
func hostilePeriods(t testing.TB, loc *time.Location) []metric.Period {
	t.Helper()
	var list []metric.Period
	p, err := metric.Month(2023, 12, loc)
	for range 5 {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
		p = p.Next()
	}
	quarter, err := metric.Quarter(2024, 1, loc)
	if err != nil {
		t.Fatal(err)
	}
	week, err := metric.Week(2024, 13, loc)
	if err != nil {
		t.Fatal(err)
	}
	return append(list, quarter, week)
}

func fill(t testing.TB, o ledger.Options, facts []ledger.Fact) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range facts {
		if err := l.AddFact(f); err != nil {
			t.Fatalf("%v: %v", f, err)
		}
	}
	return l
}

// fillRows adds facts of kind MRRSet as rows of blocks.
func fillRows(t testing.TB, o ledger.Options, facts []ledger.Fact) *ledger.Ledger {
	t.Helper()
	l := fill(t, o, nil)
	blocks := make(map[metric.Currency]*ledger.Block)
	for _, f := range facts {
		b := blocks[f.Currency]
		if b == nil {
			b = &ledger.Block{Currency: f.Currency, Segment: []ledger.SegmentCode{}, Seq: []int64{}, Subscription: []event.Code{}}
			blocks[f.Currency] = b
		}
		b.Customer = append(b.Customer, l.Keys().Code(f.Customer))
		b.Subscription = append(b.Subscription, l.Subscriptions().Code(f.Subscription))
		b.At = append(b.At, f.Effective.UnixNano())
		b.Amount = append(b.Amount, f.MRR)
		b.Segment = append(b.Segment, l.Segment(f.Segment))
		b.Seq = append(b.Seq, f.Seq)
	}
	for _, b := range blocks {
		if err := l.AddBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func compareRow(t *testing.T, name string, got ledger.Row, want modelRow) {
	t.Helper()
	amounts := []struct {
		name string
		got  ledger.Amount
		want *big.Rat
	}{
		{"opening", got.Bridge.Opening, want.opening}, {"closing", got.Bridge.Closing, want.closing},
		{"retained", got.Opened.Retained, want.retained}, {"kept", got.Opened.Kept, want.kept},
		{"trial", got.Levels.Trial, want.trial}, {"paused", got.Levels.Paused, want.paused}, {"open pause", got.Levels.PausedOpen, want.openPause},
	}
	counts := []struct {
		name      string
		got, want int64
	}{
		{"customers", got.Customers.Opening, want.customers}, {"closing customers", got.Customers.Closing, want.closingCustomers},
		{"lost", got.Customers.Lost, want.lost}, {"same period", got.Customers.SamePeriod, want.same},
		{"news", got.Customers.New, want.news}, {"churns", got.Customers.Churned, want.churns}, {"returns", got.Customers.Reactivated, want.returns},
	}
	if got.AllSegments {
		amounts = append(amounts, amounts[:0:0]...)
		for i, x := range []ledger.Amount{got.Bridge.New, got.Bridge.Expansion, got.Bridge.Contraction, got.Bridge.Churn, got.Bridge.Reactivation} {
			amounts = append(amounts, struct {
				name string
				got  ledger.Amount
				want *big.Rat
			}{fmt.Sprint("movement ", i), x, []*big.Rat{want.new, want.expansion, want.contraction, want.churn, want.reactivated}[i]})
		}
		for i, x := range []ledger.Amount{got.Ends.New, got.Ends.Expansion, got.Ends.Contraction, got.Ends.Churn, got.Ends.Reactivation} {
			amounts = append(amounts, struct {
				name string
				got  ledger.Amount
				want *big.Rat
			}{fmt.Sprint("ends ", i), x, want.ends[i]})
		}
		counts = append(counts, struct {
			name      string
			got, want int64
		}{"subscriptions", got.Customers.OpeningSubscriptions, want.subs}, struct {
			name      string
			got, want int64
		}{"closing subscriptions", got.Customers.ClosingSubscriptions, want.closingSubs}, struct {
			name      string
			got, want int64
		}{"lost subscriptions", got.Customers.LostSubscriptions, want.lostSubs})
	}
	for _, x := range amounts {
		if x.got.Minor().Cmp(x.want) != 0 {
			t.Errorf("%s: %s = %s, want %s", name, x.name, x.got.Minor().RatString(), x.want.RatString())
		}
	}
	for _, x := range counts {
		if x.got != x.want {
			t.Errorf("%s: %s = %d, want %d", name, x.name, x.got, x.want)
		}
	}
}

// Everything but merges is as the model says: rules A1, A5 to A8, B1 to B13, C1 to C6, C10,
// C11, D1, D7 to D12, F3, F4, G3, G4, G6, G7, H3.
func TestModel(t *testing.T) {
	loc := berlin(t)
	periods := hostilePeriods(t, loc)
	options := []ledger.Options{{}, {ChurnAt: ledger.ChurnAtRequest}, {PausedCounts: true, DunningDays: 7}, {IgnoreEndingDiscounts: true, DunningDays: -1}}
	for seed := range uint64(24) {
		h := &hostile{r: rand.New(rand.NewPCG(seed, 1)), plain: seed%4 == 3, one: seed%5 == 0}
		facts := h.facts(30)
		o := options[seed/4%4]
		m := &model{o, facts, loc}
		var known time.Time
		if seed%3 == 1 {
			known = time.Date(2024, 2, 10, 0, 0, 0, 0, loc)
		}
		ledgers := map[string]*ledger.Ledger{"facts": fill(t, o, facts)}
		if h.plain {
			// Rows have neither identities nor times of record.
			var rows []ledger.Fact
			for i, f := range facts {
				if f.Kind == ledger.MRRSet {
					f.ID, f.Recorded, f.Seq = fmt.Sprint("row", i), time.Time{}, int64(i)
					rows = append(rows, f)
				}
			}
			m = &model{o, rows, loc}
			ledgers = map[string]*ledger.Ledger{"facts": fill(t, o, rows), "rows": fillRows(t, o, rows)}
		}
		for name, l := range ledgers {
			s, err := l.Statement(ledger.Query{Periods: periods, Segments: true, Known: known})
			if err != nil {
				t.Fatalf("seed %d, %s: %v", seed, name, err)
			}
			for row := range s.Rows() {
				if row.Currency.IsZero() {
					continue
				}
				segment := row.Segment
				if row.AllSegments {
					segment = "*"
				}
				want := m.row(row.Period, row.Currency.Code(), segment, known)
				if !row.AllSegments {
					want.retained, want.kept = row.Opened.Retained.Minor(), row.Opened.Kept.Minor() // see TestSegmentRetention
				}
				compareRow(t, fmt.Sprintf("seed %d, %s, %s %s %s", seed, name, row.Period, row.Currency, segment), row, want)
			}
			if t.Failed() {
				return
			}
		}
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 9)) }

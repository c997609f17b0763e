package capture_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// The job: 20 metrics for 50 segments and the 12 months of a year, of a million events.
const (
	jobEvents    = 1_000_000
	jobSegments  = 50
	jobMonths    = 12
	jobCustomers = 100_000
	jobTickets   = 100_000
)

// jobRules are 12 metrics of orders, 6 of page views, and 2 durations.
func jobRules() []metric.Definition {
	where := func(attr, op, value string) []def.Condition {
		return []def.Condition{{Attr: attr, Op: op, Value: value}}
	}
	app, large, gift := where("channel", "==", "app"), where("amount", ">=", "5000"), where("gift", "==", "true")
	mobile, engaged := where("device", "==", "mobile"), where("seconds", ">=", "30")
	count := func(name, event string, where []def.Condition) *def.Metric {
		return &def.Metric{ID: "job." + name, Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureCount, Event: event, Where: where}}
	}
	sum := func(name string, kind def.Kind, event, of string, where []def.Condition) *def.Metric {
		return &def.Metric{ID: "job." + name, Kind: kind, Capture: &def.Capture{Kind: def.CaptureSum, Event: event, Of: of, Where: where}}
	}
	distinct := func(name, event string) *def.Metric {
		return &def.Metric{ID: "job." + name, Kind: def.Count, Capture: &def.Capture{Kind: def.CaptureDistinct, Event: event, Of: "customer"}}
	}
	duration := func(name, object, from, until string) *def.Metric {
		return &def.Metric{ID: "job." + name, Kind: def.Distribution | def.Duration, Capture: &def.Capture{Kind: def.CaptureDuration, Event: from, Until: until, Object: object}}
	}
	var list []metric.Definition
	for _, m := range []*def.Metric{
		count("orders", "order_completed", nil), count("app_orders", "order_completed", app),
		count("large_orders", "order_completed", large), count("gifts", "order_completed", gift),
		sum("revenue", def.Money, "order_completed", "amount", nil), sum("app_revenue", def.Money, "order_completed", "amount", app),
		sum("large_revenue", def.Money, "order_completed", "amount", large), sum("tax", def.Money, "order_completed", "tax", nil),
		sum("shipping", def.Money, "order_completed", "shipping", nil), sum("units", def.Count, "order_completed", "quantity", nil),
		sum("app_units", def.Count, "order_completed", "quantity", app), distinct("buyers", "order_completed"),
		count("views", "page_viewed", nil), count("mobile_views", "page_viewed", mobile), count("engaged_views", "page_viewed", engaged),
		sum("seconds", def.Count, "page_viewed", "seconds", nil), sum("mobile_seconds", def.Count, "page_viewed", "seconds", mobile),
		distinct("visitors", "page_viewed"),
		duration("responses", "ticket_id", "ticket_created", "ticket_replied"),
		duration("activations", "customer", "signed_up", "activated"),
	} {
		list = append(list, metric.View(m))
	}
	return list
}

// job is the same events as a log and as columns.
type job struct {
	options capture.Options
	months  []metric.Period
	events  []event.Event

	// Columns of the events of one name.
	orders, views, created, replied, signed, activated columns
}

type columns struct {
	time                                  []int64
	customer, segment, ticket             []uint32
	amount, tax, shipping, units, seconds []int64
	app, gift, mobile                     []bool
}

var jobNames = [...]string{"order_completed", "page_viewed", "ticket_created", "ticket_replied", "signed_up", "activated"}

func newJob(tb testing.TB, events int) *job {
	tb.Helper()
	j := &job{options: capture.Options{
		Metrics: jobRules(),
		Segment: func(e *event.Event) string { plan, _ := e.Props.String("plan"); return plan },
		Unique:  true,
	}}
	for m := range jobMonths {
		p, err := metric.Month(2025, time.Month(m+1), time.UTC)
		if err != nil {
			tb.Fatal(err)
		}
		j.months = append(j.months, p)
	}
	j.options.Periods = j.months
	r := rand.New(rand.NewPCG(10, 10))
	start := j.months[0].Start()
	segments := make([]string, jobSegments)
	for i := range segments {
		segments[i] = fmt.Sprintf("plan_%02d", i)
	}
	j.events = make([]event.Event, events)
	for i := range j.events {
		customer, ticket := r.IntN(jobCustomers), r.IntN(jobTickets)
		segment := customer % jobSegments
		at := start.Add(time.Duration(r.Int64N(365*24*3600)) * time.Second) // out of order altogether
		e := &j.events[i]
		*e = event.Event{ID: "evt_" + strconv.Itoa(i), Time: at, UserID: "user_" + strconv.Itoa(customer), SessionID: "s" + strconv.Itoa(i/5)}
		var c *columns
		attrs := []event.Attr{event.String("plan", segments[segment])}
		switch n := r.IntN(100); {
		case n < 45:
			e.Name, c = jobNames[0], &j.orders
			amount, app, gift := r.Int64N(10000), r.IntN(3) == 0, r.IntN(8) == 0
			channel := "shop"
			if app {
				channel = "app"
			}
			c.amount, c.tax, c.shipping = append(c.amount, amount), append(c.tax, amount/5), append(c.shipping, 490)
			c.units, c.app, c.gift = append(c.units, amount%7+1), append(c.app, app), append(c.gift, gift)
			attrs = append(attrs,
				event.String("order_id", e.ID), event.String("channel", channel), event.Bool("gift", gift), event.String("currency", "USD"),
				event.Int("amount", amount), event.Int("tax", amount/5), event.Int("shipping", 490), event.Int("quantity", amount%7+1))
		case n < 80:
			e.Name, c = jobNames[1], &j.views
			seconds, mobile := r.Int64N(90), r.IntN(2) == 0
			device := "desktop"
			if mobile {
				device = "mobile"
			}
			c.seconds, c.mobile = append(c.seconds, seconds), append(c.mobile, mobile)
			attrs = append(attrs, event.String("device", device), event.Int("seconds", seconds), event.String("path", "/p"))
		case n < 86:
			e.Name, c = jobNames[2], &j.created
		case n < 92:
			e.Name, c = jobNames[3], &j.replied
		case n < 96:
			e.Name, c = jobNames[4], &j.signed
		default:
			e.Name, c = jobNames[5], &j.activated
		}
		if c == &j.created || c == &j.replied {
			c.ticket = append(c.ticket, uint32(ticket))
			attrs = append(attrs, event.String("ticket_id", "ticket_"+strconv.Itoa(ticket)))
		}
		c.time = append(c.time, at.UnixNano())
		c.customer, c.segment = append(c.customer, uint32(customer)), append(c.segment, uint32(segment))
		e.Props = event.NewProps(attrs...)
	}
	return j
}

// flat is what somebody would write who has this one job and the time to write it: arrays
// by cell, a bitmap of customers by cell, and a first instant by object.
type flat struct {
	counts, sums        [20][]int64 // by metric, by cell; cell = segment * months + month
	buyers, visitors    [][]uint64  // by cell, a bit for each customer
	tickets, activation []firsts
}

type firsts struct {
	from, until int64 // 0 for none
	segment     uint32
}

func newFlat() *flat {
	f := &flat{tickets: make([]firsts, jobTickets), activation: make([]firsts, jobCustomers)}
	for i := range f.counts {
		f.counts[i], f.sums[i] = make([]int64, jobSegments*jobMonths), make([]int64, jobSegments*jobMonths)
	}
	for range jobSegments * jobMonths {
		f.buyers = append(f.buyers, make([]uint64, jobCustomers/64+1))
		f.visitors = append(f.visitors, make([]uint64, jobCustomers/64+1))
	}
	return f
}

// run does the job. It does not check for overflow, unknown codes, or anything else.
func (f *flat) run(j *job, starts []int64) {
	month := func(t int64) uint32 {
		m := (t - starts[0]) / (31 * 24 * int64(time.Hour))
		for t >= starts[m+1] {
			m++
		}
		return uint32(m)
	}
	o := &j.orders
	for i, t := range o.time {
		cell := o.segment[i]*jobMonths + month(t)
		f.counts[0][cell]++
		f.sums[0][cell] += o.amount[i]
		f.sums[1][cell] += o.tax[i]
		f.sums[2][cell] += o.shipping[i]
		f.sums[3][cell] += o.units[i]
		if o.app[i] {
			f.counts[1][cell]++
			f.sums[4][cell] += o.amount[i]
			f.sums[5][cell] += o.units[i]
		}
		if o.amount[i] >= 5000 {
			f.counts[2][cell]++
			f.sums[6][cell] += o.amount[i]
		}
		if o.gift[i] {
			f.counts[3][cell]++
		}
		f.buyers[cell][o.customer[i]/64] |= 1 << (o.customer[i] % 64)
	}
	v := &j.views
	for i, t := range v.time {
		cell := v.segment[i]*jobMonths + month(t)
		f.counts[4][cell]++
		f.sums[7][cell] += v.seconds[i]
		if v.mobile[i] {
			f.counts[5][cell]++
			f.sums[8][cell] += v.seconds[i]
		}
		if v.seconds[i] >= 30 {
			f.counts[6][cell]++
		}
		f.visitors[cell][v.customer[i]/64] |= 1 << (v.customer[i] % 64)
	}
	first := func(objects []firsts, c *columns, keys []uint32, until bool) {
		for i, t := range c.time {
			x := &objects[keys[i]]
			switch {
			case until && (x.until == 0 || t < x.until):
				x.until = t
			case !until && (x.from == 0 || t < x.from || t == x.from && c.segment[i] < x.segment):
				x.from, x.segment = t, c.segment[i]
			}
		}
	}
	first(f.tickets, &j.created, j.created.ticket, false)
	first(f.tickets, &j.replied, j.replied.ticket, true)
	first(f.activation, &j.signed, j.signed.customer, false)
	first(f.activation, &j.activated, j.activated.customer, true)
}

func (j *job) starts() []int64 {
	var list []int64
	for _, p := range j.months {
		list = append(list, p.Start().UnixNano())
	}
	return append(list, j.months[jobMonths-1].End().UnixNano())
}

// blocks returns the columns as blocks of c, with up to size rows each.
func (j *job) blocks(tb testing.TB, c *capture.Collector, size int) []*capture.Block {
	keys := func(space, prefix string, n int) []capture.Code {
		codes := make([]capture.Code, n)
		for i := range codes {
			codes[i] = c.Key(space, prefix+strconv.Itoa(i))
		}
		return codes
	}
	pick := func(codes []capture.Code, list []uint32) []capture.Code {
		picked := make([]capture.Code, len(list))
		for i, n := range list {
			picked[i] = codes[n]
		}
		return picked
	}
	customers, tickets := keys("customer", "user_", jobCustomers), keys("ticket_id", "ticket_", jobTickets)
	segments := make([]capture.SegmentCode, jobSegments)
	for i := range segments {
		segments[i] = c.SegmentCode(fmt.Sprintf("plan_%02d", i))
	}
	words := func(attr string, list []bool, yes, no string) []capture.Code {
		codes := [2]capture.Code{c.Key(attr, no), c.Key(attr, yes)}
		out := make([]capture.Code, len(list))
		for i, b := range list {
			out[i] = codes[0]
			if b {
				out[i] = codes[1]
			}
		}
		return out
	}
	usd := mustCurrency(tb, "USD")
	var list []*capture.Block
	for i, col := range []*columns{&j.orders, &j.views, &j.created, &j.replied, &j.signed, &j.activated} {
		b := &capture.Block{Event: jobNames[i], Time: col.time, Customer: pick(customers, col.customer)}
		for _, s := range col.segment {
			b.Segment = append(b.Segment, segments[s])
		}
		switch col {
		case &j.orders:
			b.Columns = []capture.Column{
				{Name: "amount", Ints: col.amount, Currency: usd}, {Name: "tax", Ints: col.tax, Currency: usd},
				{Name: "shipping", Ints: col.shipping, Currency: usd}, {Name: "quantity", Ints: col.units},
				{Name: "channel", Keys: words("channel", col.app, "app", "shop")}, {Name: "gift", Bools: col.gift},
			}
		case &j.views:
			b.Columns = []capture.Column{{Name: "seconds", Ints: col.seconds}, {Name: "device", Keys: words("device", col.mobile, "mobile", "desktop")}}
		case &j.created, &j.replied:
			b.Columns = []capture.Column{{Name: "ticket_id", Keys: pick(tickets, col.ticket)}}
		}
		for from := 0; from < len(b.Time); from += size {
			list = append(list, cut(b, from, min(from+size, len(b.Time))))
		}
	}
	return list
}

// cut returns a range of the rows of b.
func cut(b *capture.Block, from, to int) *capture.Block {
	part := &capture.Block{Event: b.Event, Time: b.Time[from:to], Customer: b.Customer[from:to], Segment: b.Segment[from:to]}
	for _, c := range b.Columns {
		switch {
		case c.Ints != nil:
			c.Ints = c.Ints[from:to]
		case c.Keys != nil:
			c.Keys = c.Keys[from:to]
		default:
			c.Bools = c.Bools[from:to]
		}
		part.Columns = append(part.Columns, c)
	}
	return part
}

// check holds the facts of c against the arrays.
func (f *flat) check(tb testing.TB, j *job, c *capture.Collector) {
	tb.Helper()
	durations := func(objects []firsts, month, segment int) (n int, total int64) {
		starts := j.starts()
		for _, o := range objects {
			if o.from != 0 && o.until >= o.from && int(o.segment) == segment && o.until >= starts[month] && o.until < starts[month+1] {
				n++
				total += (o.until - o.from) / int64(time.Second)
			}
		}
		return n, total
	}
	bits := func(words []uint64) (n int64) {
		for _, w := range words {
			for ; w != 0; w &= w - 1 {
				n++
			}
		}
		return n
	}
	money := func(n int64) string { return fmt.Sprintf("%d.%02d USD", n/100, n%100) }
	cells := 0
	for cell, facts := range c.Facts() {
		if cell.All {
			continue
		}
		month := int(cell.Period.Start().Month()) - 1
		segment, err := strconv.Atoi(cell.Segment[len("plan_"):])
		if err != nil {
			tb.Fatal(err)
		}
		at := segment*jobMonths + month
		cells++
		text := func(n int64) string { return strconv.FormatInt(n, 10) }
		want := map[string]string{
			"orders": text(f.counts[0][at]), "app_orders": text(f.counts[1][at]), "large_orders": text(f.counts[2][at]), "gifts": text(f.counts[3][at]),
			"views": text(f.counts[4][at]), "mobile_views": text(f.counts[5][at]), "engaged_views": text(f.counts[6][at]),
			"revenue": money(f.sums[0][at]), "tax": money(f.sums[1][at]), "shipping": money(f.sums[2][at]), "units": text(f.sums[3][at]),
			"app_revenue": money(f.sums[4][at]), "app_units": text(f.sums[5][at]), "large_revenue": money(f.sums[6][at]),
			"seconds": text(f.sums[7][at]), "mobile_seconds": text(f.sums[8][at]),
			"buyers": text(bits(f.buyers[at])), "visitors": text(bits(f.visitors[at])),
		}
		for name, objects := range map[string][]firsts{"responses": f.tickets, "activations": f.activation} {
			n, total := durations(objects, month, segment)
			want[name] = fmt.Sprint(n, " of ", total)
		}
		for fact := range facts.All() {
			got := fact.Value().Text()
			if d, err := metric.ValueAs[metric.Distribution[metric.Duration]](fact.Value()); err == nil {
				sum, err := d.Sum()
				if err != nil {
					tb.Fatal(err)
				}
				got = fmt.Sprint(d.Len(), " of ", sum.Seconds())
			}
			name := fact.Definition().ID()[len("job."):]
			if got != want[name] {
				tb.Fatalf("%s %s: %s = %s, want %s", cell.Period, cell.Segment, name, got, want[name])
			}
			delete(want, name)
		}
		if len(want) > 0 {
			tb.Fatalf("%s %s: no facts of %v", cell.Period, cell.Segment, want)
		}
	}
	if cells != jobSegments*jobMonths {
		tb.Fatalf("%d cells", cells)
	}
}

// naive is the straightforward way, without durations and distinct counts, which it makes
// even easier for it.
func naive(j *job) map[string]decimal.Decimal {
	totals := make(map[string]decimal.Decimal)
	one := decimal.NewFromInt(1)
	for i := range j.events {
		e := &j.events[i]
		segment := j.options.Segment(e)
		month := e.Time.Format("2006-01")
		add := func(name string, d decimal.Decimal) {
			key := name + "|" + segment + "|" + month
			totals[key] = totals[key].Add(d)
		}
		switch e.Name {
		case "order_completed":
			amount, _ := e.Props.Decimal("amount")
			tax, _ := e.Props.Decimal("tax")
			shipping, _ := e.Props.Decimal("shipping")
			units, _ := e.Props.Decimal("quantity")
			channel, _ := e.Props.String("channel")
			gift, _ := e.Props.Bool("gift")
			add("orders", one)
			add("revenue", amount)
			add("tax", tax)
			add("shipping", shipping)
			add("units", units)
			if channel == "app" {
				add("app_orders", one)
				add("app_revenue", amount)
				add("app_units", units)
			}
			if amount.GreaterThanOrEqual(decimal.NewFromInt(5000)) {
				add("large_orders", one)
				add("large_revenue", amount)
			}
			if gift {
				add("gifts", one)
			}
		case "page_viewed":
			seconds, _ := e.Props.Decimal("seconds")
			device, _ := e.Props.String("device")
			add("views", one)
			add("seconds", seconds)
			if device == "mobile" {
				add("mobile_views", one)
				add("mobile_seconds", seconds)
			}
			if seconds.GreaterThanOrEqual(decimal.NewFromInt(30)) {
				add("engaged_views", one)
			}
		}
	}
	return totals
}

// BenchmarkJob times all contenders in one run, several times in turn, and reports the
// ratios of the best times. Each does the job from fresh state, and all but the naive one
// are held against the flat arrays.
func BenchmarkJob(b *testing.B) {
	j := newJob(b, jobEvents)
	starts := j.starts()
	f := newFlat()
	f.run(j, starts)
	deduplicating := j.options
	deduplicating.Unique = false

	best := map[string]time.Duration{}
	timed := func(name string, do func()) {
		runtime.GC()
		start := time.Now()
		do()
		if took := time.Since(start); best[name] == 0 || took < best[name] {
			best[name] = took
		}
	}
	addAll := func(c *capture.Collector) {
		for i := range j.events {
			c.Add(&j.events[i])
		}
	}
	for b.Loop() {
		fresh := newFlat()
		timed("flat", func() { fresh.run(j, starts) })
		c := newCollector(b, j.options)
		list := j.blocks(b, c, 1<<16)
		timed("columns", func() {
			for _, block := range list {
				if err := c.AddBlock(block); err != nil {
					b.Fatal(err)
				}
			}
		})
		timed("facts", func() {
			for range c.Facts() {
			}
		})
		f.check(b, j, c)
		c = newCollector(b, j.options)
		timed("unique", func() { addAll(c) })
		f.check(b, j, c)
		c = newCollector(b, deduplicating)
		timed("events", func() { addAll(c) })
		timed("events facts", func() {
			for range c.Facts() {
			}
		})
		f.check(b, j, c)
		timed("naive", func() { naive(j) })
	}
	per := func(name string) float64 { return float64(best[name].Nanoseconds()) / jobEvents }
	ratio := func(a, b string) float64 { return float64(best[a]) / float64(best[b]) }
	b.ReportMetric(per("flat"), "flat-ns/event")
	b.ReportMetric(per("columns"), "columns-ns/event")
	b.ReportMetric(per("unique"), "unique-ns/event")
	b.ReportMetric(per("events"), "events-ns/event")
	b.ReportMetric(per("naive"), "naive-ns/event")
	b.ReportMetric(float64(best["facts"].Milliseconds()), "facts-ms")
	b.ReportMetric(float64(best["events facts"].Milliseconds()), "events-facts-ms")
	b.ReportMetric(ratio("columns", "flat"), "columns/flat")
	b.ReportMetric(ratio("unique", "flat"), "unique/flat")
	b.ReportMetric(ratio("events", "flat"), "events/flat")
	b.ReportMetric(ratio("naive", "columns"), "naive/columns")
	b.ReportMetric(ratio("naive", "unique"), "naive/unique")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkAdd shows what one event costs when its keys are known.
func BenchmarkAdd(b *testing.B) {
	j := newJob(b, jobEvents)
	for _, unique := range []bool{true, false} {
		b.Run(fmt.Sprintf("unique=%v", unique), func(b *testing.B) {
			o := j.options
			o.Unique = unique
			c := newCollector(b, o)
			for i := range j.events {
				c.Add(&j.events[i])
			}
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				c.Add(&j.events[i])
				i = (i + 1) % len(j.events)
			}
		})
	}
}

// TestAddDoesNotAllocate is about events whose keys are known: what is left is the growth
// of lists.
func TestAddDoesNotAllocate(t *testing.T) {
	j := newJob(t, 20_000)
	for _, unique := range []bool{true, false} {
		o := j.options
		o.Unique = unique
		c := newCollector(t, o)
		add := func() {
			for i := range j.events {
				c.Add(&j.events[i])
			}
		}
		add()
		if perEvent := testing.AllocsPerRun(5, add) / float64(len(j.events)); perEvent > 0.01 {
			t.Errorf("unique=%v: %.3f allocations an event", unique, perEvent)
		}
	}
}

// TestJob holds the benchmark's contenders against each other on a smaller job.
func TestJob(t *testing.T) {
	j := newJob(t, 20_000)
	f := newFlat()
	f.run(j, j.starts())
	for _, unique := range []bool{true, false} {
		o := j.options
		o.Unique = unique
		c := newCollector(t, o)
		for i := range j.events {
			c.Add(&j.events[i])
		}
		f.check(t, j, c)
	}
	c := newCollector(t, j.options)
	for _, b := range j.blocks(t, c, 5000) {
		if err := c.AddBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	f.check(t, j, c)
}

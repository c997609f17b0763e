package conformance

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

func init() {
	register("mrr_normalize", runNormalize)
	register("mrr_snapshot", runSnapshot)
	register("arpu", runARPU)
	register("mrr_movement", runMovements)
	register("mrr_bridge_identity", runBridge)
	register("mrr_ledger", runLedger)
	register("mrr_period", runPeriod)
	register("mrr_rate", runMRRRate)
	register("churn_rate", runChurnRate)
}

// fields are an object of a case.
type fields map[string]json.RawMessage

func objectOf(t *testing.T, raw json.RawMessage) fields {
	t.Helper()
	f := fields{}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
	}
	return f
}

func objectsOf(t *testing.T, raw json.RawMessage) (list []fields) {
	t.Helper()
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return list
}

// has reports whether one of the names is there and not null.
func (f fields) has(names ...string) bool { return f.first(names...) != nil }

func (f fields) first(names ...string) json.RawMessage {
	for _, n := range names {
		if v, ok := f[n]; ok && string(v) != "null" {
			return v
		}
	}
	return nil
}

func (f fields) text(names ...string) string {
	var s string
	if raw := f.first(names...); json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

// number returns the first of the fields that is there, zero if none is.
func (f fields) number(t *testing.T, names ...string) decimal.Decimal {
	t.Helper()
	raw := f.first(names...)
	if raw == nil {
		return decimal.Decimal{}
	}
	d, err := decimal.NewFromString(strings.Trim(string(raw), `"`))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return d
}

func (f fields) whole(t *testing.T, names ...string) int64 {
	t.Helper()
	d := f.number(t, names...)
	if !d.IsInteger() {
		t.Fatalf("%v: %s is not whole", names, d)
	}
	return d.IntPart()
}

// words are all option texts and keys, in lower case.
func (c *testCase) words() string { return strings.ToLower(string(c.Options)) }

func containsAny(text string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}

// ledgerOptions reads rules from the texts of a case.
func ledgerOptions(text string) ledger.Options {
	var o ledger.Options
	for words, set := range map[string]func(){
		"weeks = amount x 4.33|4.33 weeks|x 4.33|week x 4.33":                func() { o.Weeks = ledger.Weeks433 },
		"weeks = amount x 4/|x 4 weeks|week x 4;|week = amount x 4;|4 weeks": func() { o.Weeks = ledger.Weeks4 },
		"30.44/7":                    func() { o.Weeks = ledger.Weeks3044 },
		"365.25/84":                  func() { o.Weeks = ledger.WeeksMean },
		"x 30.44|30.44/n|30.44 days": func() { o.Days = ledger.Days3044 },
		"x 30/|x 30;|day x 30|30 days a month|x 30 ": func() { o.Days = ledger.Days30 },
		"365.25/12": func() { o.Days = ledger.DaysMean },
		"discounts that end are ignored|ending discounts ignored|ignore ending|only discounts that never end|discounts that never end are subtracted": func() { o.IgnoreEndingDiscounts = true },
		"usage counts|metered counts|metered included":          func() { o.CountMetered = true },
		"paused counts|still counts|pause keeps":                func() { o.PausedCounts = true },
		"at request|at the request|when requested|request date": func() { o.ChurnAt = ledger.ChurnAtRequest },
		"next invoice": func() { o.ChurnAt = ledger.ChurnAtNextInvoice },
		"zero is contraction|contraction to 0|contraction to zero":           func() { o.ZeroIsContraction = true },
		"within 90 days, else new|within 90 days else new|90 days, else new": func() { o.ReactivateWithin = ledger.Span{Days: 90} },
		"gap of a month|after a month or more":                               func() { o.ReactivateAfter = ledger.Span{Months: 1} },
		"three months or more|after three months|>= 3 months":                func() { o.ReactivateAfter = ledger.Span{Months: 3} },
		"60 minutes|60-minute":                                               func() { o.Grain = ledger.GrainHour },
		"same-day|same day|day grain":                                        func() { o.Grain = ledger.GrainDay },
		"per subscription|each subscription on its own":                      func() { o.Unit = ledger.BySubscription },
		"start + new|start+new|plus new":                                     func() { o.ChurnIncludesNew = true },
		"reactivation)/start|with reactivation":                              func() { o.NetChurnWithReactivation = true },
		`"quick_ratio": "(new+expansion)|without reactivation`:               func() { o.QuickRatioWithoutReactivation = true },
	} {
		if containsAny(text, strings.Split(words, "|")...) {
			set()
		}
	}
	return o
}

func usd(t *testing.T) metric.Currency {
	t.Helper()
	c, err := metric.ParseCurrency("USD")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func currencyOf(t *testing.T, f fields) metric.Currency {
	t.Helper()
	if !f.has("currency") {
		return usd(t)
	}
	c, err := metric.ParseCurrency(f.text("currency"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// instantOf reads a day, a month, or RFC 3339.
func instantOf(t *testing.T, text string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01", "2006"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	t.Fatalf("%q is no instant", text)
	return time.Time{}
}

func newLedger(t *testing.T, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func addFact(t *testing.T, l *ledger.Ledger, f ledger.Fact) {
	t.Helper()
	if err := l.AddFact(f); err != nil {
		t.Fatal(err)
	}
}

// near compares a number with what a case expects, null for undefined.
func near(t *testing.T, c *testCase, name string, got *big.Rat, want json.RawMessage) {
	t.Helper()
	if string(want) == "null" || got == nil {
		if string(want) != "null" || got != nil {
			t.Errorf("%s = %v, want %s", name, got, want)
		}
		return
	}
	expected, ok := new(big.Rat).SetString(strings.Trim(string(want), `"`))
	if !ok {
		t.Fatalf("%s: %s is no number", name, want)
	}
	tolerance := 1e-9
	if o := objectOf(t, c.Options); o.has("tolerance") {
		tolerance, _ = o.number(t, "tolerance").Float64()
	}
	if d, _ := new(big.Rat).Sub(got, expected).Float64(); math.Abs(d) > tolerance {
		x, _ := got.Float64()
		t.Errorf("%s = %v, want %s", name, x, want)
	}
}

func exactly(t *testing.T, name string, got int64, want json.RawMessage) {
	t.Helper()
	if fmt.Sprint(got) != string(want) {
		t.Errorf("%s = %d, want %s", name, got, want)
	}
}

// itemOf reads an item of a case.
func itemOf(t *testing.T, c *testCase, f fields) (item event.SubscriptionItem, known bool) {
	t.Helper()
	count := int64(1)
	if f.has("interval_count") {
		count = f.whole(t, "interval_count")
	}
	interval := strings.TrimSuffix(f.text("interval"), "s")
	switch interval {
	case "quarter":
		interval, count = "month", 3*count
	case "half_year", "semester":
		interval, count = "month", 6*count
	case "annual", "yearly":
		interval = "year"
	}
	item = event.SubscriptionItem{Amount: f.whole(t, "amount_minor", "amount", "unit_amount_minor"), Interval: interval, IntervalCount: event.Some(count), Kind: "licensed"}
	if f.has("quantity") {
		item.Quantity = event.Some(f.number(t, "quantity"))
	}
	if f.has("tax_minor", "tax") {
		item.Tax = event.Some(f.whole(t, "tax_minor", "tax"))
	}
	kind := f.text("kind", "type", "usage_type", "price_type")
	switch {
	case containsAny(kind, "meter", "usage") || f.text("metered") == "true":
		item.Kind = "metered"
	case containsAny(kind, "one_off", "one-off", "one_time", "one-time", "setup", "once"):
		item.Kind = "one_off"
	}
	if f.has("discount_percent", "discount_amount_minor", "discount_minor") {
		var d event.SubscriptionDiscount
		if f.has("discount_percent") {
			d.Percent = event.Some(f.number(t, "discount_percent"))
		} else {
			d.Amount = event.Some(f.whole(t, "discount_amount_minor", "discount_minor"))
		}
		ends := f.has("discount_ends", "discount_end", "discount_until") || f.has("discount_duration") && f.text("discount_duration") != "forever" ||
			f.text("discount_forever") == "false" || f.has("discount_months")
		if ends {
			d.Ends = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		item.Discount = event.Some(d)
	}
	return item, true
}

func runNormalize(t *testing.T, c testCase) {
	var items []event.SubscriptionItem
	for _, f := range objectsOf(t, c.Input) {
		item, ok := itemOf(t, &c, f)
		if !ok {
			return
		}
		items = append(items, item)
	}
	want := objectOf(t, c.Expected)
	got, err := ledger.Normalize(items, usd(t), time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), ledgerOptions(c.words()))
	if !want.has("mrr_minor") {
		if err == nil {
			t.Errorf("mrr = %s, want none", got)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	exactly(t, "mrr_minor", got.Round(), want["mrr_minor"])
	if want.has("arr_minor") {
		exactly(t, "arr_minor", ledger.Levels{MRR: got}.ARR().Round(), want["arr_minor"])
	}
}

// addSubscription adds a subscription that is given by its dates.
func addSubscription(t *testing.T, l *ledger.Ledger, f fields, amount int64) {
	t.Helper()
	name := f.text("subscription", "id")
	customer := name
	if f.has("customer") {
		customer = f.text("customer")
	}
	from := instantOf(t, f.text("from", "start", "started_at"))
	base := ledger.Fact{Customer: customer, Subscription: name, Effective: from, Currency: currencyOf(t, f)}
	started := base
	started.Kind, started.Items = ledger.Started, []event.SubscriptionItem{{Amount: amount, Interval: "month"}}
	if f.has("trial_end") {
		trial := base
		trial.Kind, trial.Until = ledger.TrialStarted, instantOf(t, f.text("trial_end"))
		addFact(t, l, trial)
	}
	addFact(t, l, started)
	requested := from
	if f.has("canceled_at", "cancelled_at", "requested_at") {
		requested = instantOf(t, f.text("canceled_at", "cancelled_at", "requested_at"))
	}
	if f.has("ends_at", "ended_at", "to", "end") {
		end := instantOf(t, f.text("ends_at", "ended_at", "to", "end"))
		request, ended := base, base
		request.Kind, request.Effective, request.Occurred = ledger.CancellationRequested, end, requested
		ended.Kind, ended.Effective = ledger.Cancelled, end
		addFact(t, l, request)
		addFact(t, l, ended)
	} else if f.has("canceled_at", "cancelled_at") {
		request := base
		request.Kind, request.Effective, request.Occurred = ledger.CancellationRequested, requested, requested
		addFact(t, l, request)
	}
}

func runSnapshot(t *testing.T, c testCase) {
	l := newLedger(t, ledgerOptions(c.words()))
	for _, f := range objectsOf(t, c.Input) {
		addSubscription(t, l, f, f.whole(t, "mrr_minor", "amount_minor"))
	}
	var dates []string
	if raw := objectOf(t, c.Options).first("as_of", "dates"); json.Unmarshal(raw, &dates) != nil {
		dates = []string{objectOf(t, c.Options).text("as_of", "dates")}
	}
	want := objectOf(t, c.Expected)
	got := map[string][]int64{}
	for _, date := range dates {
		levels, err := l.Snapshot(instantOf(t, date), ledger.Query{})
		if err != nil {
			t.Fatal(err)
		}
		var v ledger.Levels
		if len(levels) > 0 {
			v = levels[0].Levels
		}
		for name, x := range map[string]int64{
			"mrr_minor": v.MRR.Round(), "trial_minor": v.Trial.Round(), "trial_mrr_minor": v.Trial.Round(), "trial_committed_minor": v.TrialCommitted.Round(),
			"committed_minor": v.Committed().Round(), "committed_mrr_minor": v.Committed().Round(), "arr_minor": v.ARR().Round(),
			"customers": v.Customers, "subscriptions": v.Subscriptions, "active": v.Subscriptions,
		} {
			got[name] = append(got[name], x)
		}
	}
	for name, raw := range want {
		if name == "dates" {
			continue
		}
		list, ok := got[name]
		if !ok {
			c.Skip(t, "expected field "+name+" is not understood")
		}
		var wanted []int64
		if json.Unmarshal(raw, &wanted) != nil {
			wanted = []int64{want.whole(t, name)}
		}
		if !slices.Equal(list, wanted) {
			t.Errorf("%s = %v, want %v", name, list, wanted)
		}
	}
}

func runARPU(t *testing.T, c testCase) {
	l := newLedger(t, ledgerOptions(c.words()))
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	for i, f := range objectsOf(t, c.Input) {
		customer := f.text("customer")
		if customer == "" {
			customer = fmt.Sprint(i)
		}
		if f.has("interval") {
			item, _ := itemOf(t, &c, f)
			addFact(t, l, ledger.Fact{Kind: ledger.Started, Customer: customer, Subscription: fmt.Sprint(i), Effective: at, Currency: usd(t), Items: []event.SubscriptionItem{item}})
			continue
		}
		addFact(t, l, ledger.Fact{Kind: ledger.MRRSet, Customer: customer, Subscription: fmt.Sprint(i), Effective: at, Currency: usd(t), MRR: f.whole(t, "mrr_minor", "amount_minor")})
	}
	levels, err := l.Snapshot(at, ledger.Query{})
	if err != nil {
		t.Fatal(err)
	}
	want, v := objectOf(t, c.Expected), levels[0].Levels
	exactly(t, "mrr_minor", v.MRR.Round(), want["mrr_minor"])
	exactly(t, "customers", v.Customers, want["customers"])
	arpa, err := v.ARPA()
	if (err != nil) != !want.has("arpu_minor") {
		t.Fatalf("arpu: %v, %v, want %s", arpa, err, want["arpu_minor"])
	}
	if err == nil {
		exactly(t, "arpu_minor", arpa.Round(), want["arpu_minor"])
	}
}

// movementOf is a movement as cases write it.
type movementOf struct{ customer, at, class, change, mrr string }

func (m movementOf) compare(o movementOf) int {
	return cmp.Or(cmp.Compare(m.customer, o.customer), cmp.Compare(m.at, o.at), cmp.Compare(m.class, o.class), cmp.Compare(m.change, o.change))
}

func expectedMovements(t *testing.T, c *testCase) (list []movementOf) {
	t.Helper()
	for _, f := range objectsOf(t, objectOf(t, c.Expected)["movements"]) {
		class := f.text("movement", "class", "type")
		switch class {
		case "upgrade":
			class = "expansion"
		case "downgrade":
			class = "contraction"
		}
		list = append(list, movementOf{f.text("customer"), f.text("month", "t", "date"), class, f.text("change", "change_minor"), f.text("mrr_minor", "mrr")})
	}
	slices.SortFunc(list, movementOf.compare)
	return list
}

func compareMovements(t *testing.T, c *testCase, moves []ledger.Movement, layout string) {
	t.Helper()
	want := expectedMovements(t, c)
	var got []movementOf
	for _, m := range moves {
		if m.Class == ledger.ClassTransfer && m.Change.IsZero() {
			continue
		}
		at := m.At.UTC().Format(layout)
		if layout == time.DateOnly && len(want) > 0 && len(want[0].at) > len(layout) {
			at = m.At.UTC().Format(time.RFC3339)
		}
		got = append(got, movementOf{m.Customer, at, m.Class.String(), fmt.Sprint(m.Change.Round()), fmt.Sprint(m.MRR.Round())})
	}
	slices.SortFunc(got, movementOf.compare)
	for i := range got {
		if i < len(want) && want[i].mrr == "" {
			got[i].mrr = ""
		}
		if i < len(want) && want[i].customer == "" {
			got[i].customer = ""
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("movements %v, want %v", got, want)
	}
}

func runMovements(t *testing.T, c testCase) {
	o, err := ledger.Preset("playbook")
	if err != nil {
		t.Fatal(err)
	}
	if words := c.words(); !containsAny(words, "first of month") {
		o = ledgerOptions(words)
		if containsAny(words, "month") {
			o.Grain = ledger.GrainMonth
		}
	}
	l := newLedger(t, o)
	for _, f := range objectsOf(t, c.Input) {
		base := ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Subscription: f.text("subscription"), Currency: currencyOf(t, f)}
		start, end := base, base
		start.Effective, start.MRR = instantOf(t, f.text("from")), f.whole(t, "mrr", "mrr_minor")
		addFact(t, l, start)
		if f.has("to") {
			end.Effective = instantOf(t, f.text("to"))
			addFact(t, l, end)
		}
	}
	moves, err := l.Movements(ledger.Query{})
	if err != nil {
		t.Fatal(err)
	}
	options := objectOf(t, c.Options)
	moves = slices.DeleteFunc(moves, func(m ledger.Movement) bool {
		return options.has("from") && m.At.Before(instantOf(t, options.text("from"))) ||
			options.has("to") && !m.At.Before(instantOf(t, options.text("to")).AddDate(0, 1, 0))
	})
	compareMovements(t, &c, moves, "2006-01")
}

// loadEvents adds events that set the MRR of a subscription.
func loadEvents(t *testing.T, c *testCase, l *ledger.Ledger, input json.RawMessage) {
	t.Helper()
	words := c.words()
	apart := containsAny(words, "fact by fact", "fact-by-fact", "event by event", "each event on its own", "one by one")
	for i, f := range objectsOf(t, input) {
		fact := ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Subscription: f.text("subscription"), Seq: int64(i),
			Effective: instantOf(t, f.text("t", "effective_at", "at")), Currency: currencyOf(t, f), MRR: f.whole(t, "mrr_minor", "mrr")}
		if fact.Customer == "" {
			fact.Customer = "c"
		}
		if f.has("seq") {
			fact.Seq = f.whole(t, "seq")
		}
		if apart {
			fact.Effective = fact.Effective.Add(time.Duration(i)) // instants of their own
		}
		if f.has("requested_at", "occurred_at") {
			fact.Occurred = instantOf(t, f.text("requested_at", "occurred_at"))
		}
		if f.has("recorded_at") {
			fact.Recorded = instantOf(t, f.text("recorded_at"))
		}
		addFact(t, l, fact)
	}
}

func runLedger(t *testing.T, c testCase) {
	l := newLedger(t, ledgerOptions(c.words()))
	loadEvents(t, &c, l, c.Input)
	moves, err := l.Movements(ledger.Query{})
	if err != nil {
		t.Fatal(err)
	}
	compareMovements(t, &c, moves, time.DateOnly)
}

func periodOf(t *testing.T, text string) metric.Period {
	t.Helper()
	p, err := metric.ParsePeriod(text, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func runPeriod(t *testing.T, c testCase) {
	words := c.words()
	l := newLedger(t, ledgerOptions(words))
	loadEvents(t, &c, l, c.Input)
	p := periodOf(t, objectOf(t, c.Options).text("period"))
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{p}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(p, metric.Currency{})
	b := row.Bridge
	if containsAny(words, "both ends", "endpoints", "net of the period", "end points") {
		b = row.Ends
	}
	got := map[string]int64{}
	for name, a := range bridgeTerms(b) {
		if !a.IsZero() {
			got[name] = a.Round()
		}
	}
	want := map[string]int64{}
	f := objectOf(t, c.Expected)
	if f.has("movements") {
		for _, m := range expectedMovements(t, &c) {
			x, err := decimal.NewFromString(m.change)
			if err != nil {
				t.Fatal(err)
			}
			want[m.class] += x.IntPart()
		}
	}
	for name := range f {
		short := strings.TrimSuffix(name, "_minor")
		switch short {
		case "movements":
		case "new", "expansion", "contraction", "churn", "reactivation":
			if x := f.whole(t, name); x != 0 {
				want[short] = x
			}
		case "start", "opening":
			exactly(t, name, b.Opening.Round(), f[name])
		case "end", "closing":
			exactly(t, name, b.Closing.Round(), f[name])
		case "change", "net":
			exactly(t, name, b.Net().Round(), f[name])
		default:
			c.Skip(t, "expected field "+name+" is not understood")
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("movements %v, want %v", got, want)
	}
}

func bridgeTerms(b ledger.Bridge) map[string]ledger.Amount {
	return map[string]ledger.Amount{"new": b.New, "expansion": b.Expansion, "contraction": b.Contraction, "churn": b.Churn, "reactivation": b.Reactivation}
}

// sums are the movements of a period, losses positive.
type sums struct{ start, new, expansion, contraction, churn, reactivation int64 }

func sumsOf(t *testing.T, f fields) sums {
	t.Helper()
	loss := func(names ...string) int64 {
		x := f.whole(t, names...)
		return max(x, -x)
	}
	return sums{f.whole(t, "start", "start_mrr", "start_mrr_minor", "opening"), f.whole(t, "new", "new_minor"), f.whole(t, "expansion", "expansion_minor"),
		loss("contraction", "contraction_minor"), loss("churn", "churn_minor", "churned"), f.whole(t, "reactivation", "reactivation_minor")}
}

// row has customers move as sums say, within June 2024. What no customers could do, such as
// losing more than there was, is done by ones that come within the month.
func (s sums) row(t *testing.T, o ledger.Options) ledger.Row {
	t.Helper()
	l := newLedger(t, o)
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	set := func(customer string, at time.Time, amount int64) {
		addFact(t, l, ledger.Fact{Kind: ledger.MRRSet, Customer: customer, Effective: at, Currency: usd(t), MRR: amount})
	}
	left := s.start
	if s.churn > 0 {
		left -= s.churn
		set("leaves", day(1, 1), s.churn)
		set("leaves", day(6, 10), 0)
	}
	if s.contraction > 0 {
		left -= s.contraction + 1
		set("shrinks", day(1, 1), s.contraction+1)
		set("shrinks", day(6, 10), 1)
	}
	if s.expansion > 0 {
		left--
		set("grows", day(1, 1), 1)
		set("grows", day(6, 10), 1+s.expansion)
	}
	switch {
	case left > 0:
		set("stays", day(1, 1), left)
	case left < 0:
		t.Skipf("inexpressible: opening revenue of %d cannot lose %d and %d", s.start, s.contraction, s.churn)
	}
	if s.new > 0 {
		set("comes", day(6, 10), s.new)
	}
	if s.reactivation > 0 {
		set("returns", day(1, 1), s.reactivation)
		set("returns", day(2, 1), 0)
		set("returns", day(6, 10), s.reactivation)
	}
	p := periodOf(t, "2024-06")
	st, err := l.Statement(ledger.Query{Periods: []metric.Period{p}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := st.Row(p, metric.Currency{})
	return row
}

func runBridge(t *testing.T, c testCase) {
	f, want := objectOf(t, c.Input), objectOf(t, c.Expected)
	s := sumsOf(t, f)
	row := s.row(t, ledger.Options{})
	got := map[string]int64{"end": row.Bridge.Closing.Round(), "change": row.Bridge.Net().Round(), "start": row.Bridge.Opening.Round(),
		"arr": row.Levels.ARR().Round(), "ok": 1}
	for name, raw := range want {
		x, ok := got[strings.TrimSuffix(name, "_minor")]
		if !ok {
			c.Skip(t, "expected field "+name+" is not understood")
		}
		if string(raw) == "true" {
			continue // the statement would have been an error
		}
		exactly(t, name, x, raw)
	}
}

// ratio returns the value of a rate, nil if it is undefined.
func ratio(t *testing.T, r ledger.Rate) *big.Rat {
	t.Helper()
	return ratOf(t, r.Ratio)
}

func ratOf(t *testing.T, value func() (metric.Ratio, error)) *big.Rat {
	t.Helper()
	x, err := value()
	if err != nil {
		return nil
	}
	return x.Decimal().Rat()
}

func runMRRRate(t *testing.T, c testCase) {
	want := objectOf(t, c.Expected)
	got := map[string]*big.Rat{}
	var list []fields
	switch {
	case json.Unmarshal(c.Input, &list) == nil && len(list) > 0 && list[0].has("year", "period", "month"):
		addYears(t, &c, list, got)
	case len(list) > 0 && list[0].has("start", "start_mrr", "start_minor"):
		addEnds(t, &c, list, got)
	case len(list) > 0:
		c.Skip(t, "input is not understood")
	default:
		addNumbers(t, &c, objectOf(t, c.Input), got)
	}
	for name, raw := range want {
		x, ok := got[name]
		if !ok {
			c.Skip(t, "expected field "+name+" is not understood")
		}
		near(t, &c, name, x, raw)
	}
}

// addNumbers answers for sums in hand.
func addNumbers(t *testing.T, c *testCase, f fields, got map[string]*big.Rat) {
	t.Helper()
	if f.has("arpa", "arpu") {
		addLifetime(t, c, f, got)
		return
	}
	if f.has("customers_start", "start_customers") {
		lost := f.whole(t, "customers_churned", "churned_customers", "churned", "lost")
		start := f.whole(t, "customers_start", "start_customers")
		row := customerRow(t, start, lost, f.whole(t, "customers_new", "new_customers", "new"), ledgerOptions(c.words()))
		got["customer_churn"], got["logo_churn"], got["churn_rate"] = ratio(t, row.CustomerChurn()), ratio(t, row.CustomerChurn()), ratio(t, row.CustomerChurn())
		got["annual"], got["annual_churn"] = ratOf(t, row.CustomerChurn().Yearly), ratOf(t, row.CustomerChurn().Yearly)
		return
	}
	if f.has("monthly_churn", "monthly") {
		m := f.number(t, "monthly_churn", "monthly")
		x, err := metric.NewRatio(m)
		if err != nil {
			t.Fatal(err)
		}
		y, err := subscription.AnnualisedCustomerChurnRate().Of(subscription.CustomerChurnRate().Is(x))
		if err != nil {
			t.Fatal(err)
		}
		got["annual"], got["annual_churn"], got["annualized_churn"] = y.Decimal().Rat(), y.Decimal().Rat(), y.Decimal().Rat()
		return
	}
	s := sumsOf(t, f)
	if !f.has("start", "start_mrr", "start_mrr_minor", "opening") {
		s.start = s.churn + s.contraction + 2
	}
	row := s.row(t, ledgerOptions(c.words()))
	for name, r := range map[string]ledger.Rate{"gross_churn": row.GrossMRRChurn(), "net_churn": row.NetMRRChurn(), "grr": row.GrossRevenueRetention(),
		"nrr": row.NetRevenueRetention(), "quick_ratio": row.QuickRatio()} {
		got[name] = ratio(t, r)
	}
}

// customerRow has customers of one dollar leave and come.
func customerRow(t *testing.T, start, lost, fresh int64, o ledger.Options) ledger.Row {
	t.Helper()
	l := newLedger(t, o)
	for i := range start + fresh {
		from := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
		if i >= start {
			from = time.Date(2024, 6, 9, 0, 0, 0, 0, time.UTC)
		}
		fact := ledger.Fact{Kind: ledger.MRRSet, Customer: fmt.Sprint(i), Effective: from, Currency: usd(t), MRR: 100}
		addFact(t, l, fact)
		if i < lost {
			fact.Effective, fact.MRR = time.Date(2024, 6, 9, 0, 0, 0, 0, time.UTC), 0
			addFact(t, l, fact)
		}
	}
	p := periodOf(t, "2024-06")
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{p}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(p, metric.Currency{})
	return row
}

// addLifetime answers for the lifetime value, which is the catalogue's.
func addLifetime(t *testing.T, c *testCase, f fields, got map[string]*big.Rat) {
	t.Helper()
	arpa, err := metric.NewMoney(f.number(t, "arpa", "arpu"), usd(t))
	if err != nil {
		t.Fatal(err)
	}
	churn, err := metric.NewRatio(f.number(t, "customer_churn", "churn"))
	if err != nil {
		t.Fatal(err)
	}
	var value metric.Money
	if f.has("margin", "gross_margin") {
		margin, err2 := metric.NewRatio(f.number(t, "margin", "gross_margin"))
		if err2 != nil {
			t.Fatal(err2)
		}
		value, err = economics.LTV().Of(subscription.ARPA().Is(arpa), subscription.CustomerChurnRate().Is(churn), economics.GrossMargin().Is(margin))
	} else {
		value, err = economics.RevenueLTV().Of(subscription.ARPA().Is(arpa), subscription.CustomerChurnRate().Is(churn))
	}
	got["ltv"] = nil
	if err == nil {
		got["ltv"] = value.Amount().Rat()
	}
}

// addEnds answers for customers that are given by what they pay at both ends.
func addEnds(t *testing.T, c *testCase, list []fields, got map[string]*big.Rat) {
	t.Helper()
	l := newLedger(t, ledgerOptions(c.words()))
	for i, f := range list {
		fact := ledger.Fact{Kind: ledger.MRRSet, Customer: cmp.Or(f.text("customer"), fmt.Sprint(i)), Currency: usd(t)}
		fact.Effective, fact.MRR = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), f.whole(t, "start", "start_mrr", "start_minor")
		addFact(t, l, fact)
		fact.Effective, fact.MRR = time.Date(2024, 6, 9, 0, 0, 0, 0, time.UTC), f.whole(t, "end", "end_mrr", "end_minor")
		addFact(t, l, fact)
	}
	addRates(t, l, periodOf(t, "2024-06"), got)
}

func addRates(t *testing.T, l *ledger.Ledger, p metric.Period, got map[string]*big.Rat) {
	t.Helper()
	s, err := l.Statement(ledger.Query{Periods: []metric.Period{p}})
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(p, metric.Currency{})
	share := func(a ledger.Amount) *big.Rat {
		return ratio(t, ledger.Rate{Numerator: a, Denominator: row.Bridge.Opening})
	}
	minus := func(x *big.Rat) *big.Rat {
		if x == nil {
			return nil
		}
		return new(big.Rat).Neg(x)
	}
	for name, x := range map[string]*big.Rat{
		"customer_churn": ratio(t, row.CustomerChurn()), "logo_churn": ratio(t, row.CustomerChurn()), "revenue_churn": minus(share(row.Ends.Churn)),
		"contraction": minus(share(row.Ends.Contraction)), "expansion": share(row.Ends.Expansion),
		"gross_churn": ratio(t, row.GrossMRRChurn()), "net_churn": ratio(t, row.NetMRRChurn()),
		"nrr": ratio(t, row.NetRevenueRetention()), "grr": ratio(t, row.GrossRevenueRetention()), "subscription_churn": ratio(t, row.SubscriptionChurn()),
	} {
		got[name] = x
	}
}

// addYears answers for customers that are given by what they pay in each of two periods.
func addYears(t *testing.T, c *testCase, list []fields, got map[string]*big.Rat) {
	t.Helper()
	o := ledgerOptions(c.words())
	o.MergeRestated = containsAny(c.words(), "before classification", "from the beginning", "restated")
	l := newLedger(t, o)
	last := make(map[string]int)
	latest := 0
	for _, f := range list {
		year := int(f.whole(t, "year"))
		latest = max(latest, year)
		addFact(t, l, ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Effective: time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC),
			Currency: usd(t), MRR: f.whole(t, "arr", "mrr")})
		last[f.text("customer")] = max(last[f.text("customer")], year)
	}
	for customer, year := range last {
		if year < latest {
			addFact(t, l, ledger.Fact{Kind: ledger.MRRSet, Customer: customer, Effective: time.Date(year+1, 7, 1, 0, 0, 0, 0, time.UTC), Currency: usd(t)})
		}
	}
	options := objectOf(t, c.Options)
	if options.has("merges") {
		for from, into := range objectOf(t, options["merges"]) {
			addFact(t, l, ledger.Fact{Kind: ledger.CustomerMerged, Customer: from, Other: strings.Trim(string(into), `"`),
				Effective: time.Date(latest, 6, 1, 0, 0, 0, 0, time.UTC)})
		}
	}
	addRates(t, l, periodOf(t, fmt.Sprint(latest)), got)
}

func runChurnRate(t *testing.T, c testCase) {
	options := objectOf(t, c.Options)
	words := c.words()
	o := ledgerOptions(words)
	if containsAny(words, "cancellations in") {
		o.ChurnAt = ledger.ChurnAtRequest
	}
	l := newLedger(t, o)
	for _, f := range objectsOf(t, c.Input) {
		amount := int64(100)
		if f.has("mrr_minor", "amount_minor") {
			amount = f.whole(t, "mrr_minor", "amount_minor")
		}
		addSubscription(t, l, f, amount)
	}
	months, days := 12, 0
	switch {
	case containsAny(words, "1 month", "one month"):
		months = 1
	case containsAny(words, "1 quarter", "3 months"):
		months = 3
	case containsAny(words, "1 week", "7 days"):
		months, days = 0, 7
	case containsAny(words, "1 day"):
		months, days = 0, 1
	case containsAny(words, "30 days"):
		months, days = 0, 30
	}
	var dates []string
	if err := json.Unmarshal(options["dates"], &dates); err != nil {
		t.Fatal(err)
	}
	want := objectOf(t, c.Expected)
	var rates []json.RawMessage
	if err := json.Unmarshal(want.first("rates", "churn"), &rates); err != nil || len(rates) != len(dates) {
		c.Skip(t, "expected fields are not understood")
	}
	for i, date := range dates {
		// Active at an instant includes what starts at it; a period opens just before.
		start := instantOf(t, date)
		p, err := metric.Between(start.Add(1), start.AddDate(0, months, days))
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.Statement(ledger.Query{Periods: []metric.Period{p}})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := s.Row(p, metric.Currency{})
		rate := row.SubscriptionChurn()
		if containsAny(words, "customers active", "customers at", "/ customers") {
			rate = row.CustomerChurn()
		}
		near(t, &c, "churn at "+date, ratio(t, rate), rates[i])
	}
}

package conformance

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/catalog/economics"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/internal/exact"
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
	d, err := exact.ParseDecimal(strings.Trim(string(raw), `"`))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return d
}

// unread skips the case if there are fields of other names, which say what is not known.
func (f fields) unread(t *testing.T, c *testCase, known ...string) {
	t.Helper()
	for name, raw := range f {
		if string(raw) != "null" && !slices.Contains(known, name) {
			c.Skip(t, fmt.Sprintf("field %s: %s", name, raw))
		}
	}
}

// scaleOf returns by what amounts of the input in whole units are multiplied to be whole
// numbers: 1, or a power of ten where there are fractions.
func scaleOf(input json.RawMessage) int64 {
	scale := int64(1)
	for _, m := range fraction.FindAllStringSubmatch(string(input), -1) {
		for n := int64(1); n <= int64(len(m[1])); n++ {
			for scale < 10000 && math.Pow10(int(n)) > float64(scale) {
				scale *= 10
			}
		}
	}
	return scale
}

var fraction = regexp.MustCompile(`"(?:mrr|arr|start|end|start_mrr|end_mrr|new|expansion|contraction|churn|reactivation|amount)": *-?\d+\.(\d+)`)

// amount returns an amount in minor units, or in units of the currency times a scale.
func (f fields) amount(t *testing.T, scale int64, names ...string) int64 {
	t.Helper()
	d := f.number(t, names...).Mul(decimal.NewFromInt(scale))
	if !d.IsInteger() {
		t.Fatalf("%v: %s is not whole", names, d)
	}
	return d.IntPart()
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
	f.unread(t, c, "amount_minor", "amount", "unit_amount_minor", "interval", "interval_count", "quantity", "tax_minor", "tax", "kind", "type", "usage",
		"usage_type", "price_type", "metered", "recurring", "discount_percent", "discount_amount_minor", "discount_minor", "discount_ends", "discount_end",
		"discount_until", "discount_duration", "discount_forever", "discount_months", "discount_duration_months", "currency", "customer", "subscription", "plan", "product")
	kind := "licensed"
	interval := strings.TrimSuffix(strings.ToLower(f.text("interval")), "s")
	switch interval {
	case "monthly":
		interval = "month"
	case "weekly":
		interval = "week"
	case "daily":
		interval = "day"
	case "quarter", "quarterly":
		interval, count = "month", 3*count
	case "half_year", "semester", "half-year", "semiannual", "semi-annual", "biannual":
		interval, count = "month", 6*count
	case "annual", "yearly", "annually":
		interval = "year"
	case "", "null", "once", "one_time", "one-time", "one_off", "one-off", "none":
		interval, kind = "month", "one_off" // a price that does not recur
	}
	item = event.SubscriptionItem{Amount: f.whole(t, "amount_minor", "amount", "unit_amount_minor"), Interval: interval, IntervalCount: event.Some(count), Kind: kind}
	if f.has("quantity") {
		item.Quantity = event.Some(f.number(t, "quantity"))
	}
	if f.has("tax_minor", "tax") {
		item.Tax = event.Some(f.whole(t, "tax_minor", "tax"))
	}
	switch of := strings.ToLower(f.text("kind", "type", "usage", "usage_type", "price_type")); {
	case containsAny(of, "meter", "usage") || f.text("metered") == "true":
		item.Kind = "metered"
	case containsAny(of, "one_off", "one-off", "one_time", "one-time", "setup", "set_up", "once"), f.text("recurring") == "false":
		item.Kind = "one_off"
	case of != "" && of != "null" && !containsAny(of, "licensed", "recurring", "fixed", "seat", "per_unit"):
		c.Skip(t, "an item of kind "+of)
	}
	if f.has("discount_percent", "discount_amount_minor", "discount_minor") {
		var d event.SubscriptionDiscount
		if f.has("discount_percent") {
			d.Percent = event.Some(f.number(t, "discount_percent"))
		} else {
			d.Amount = event.Some(f.whole(t, "discount_amount_minor", "discount_minor"))
		}
		lasts := f.text("discount_duration")
		ends := f.has("discount_ends", "discount_end", "discount_until") || lasts != "" && lasts != "null" && !containsAny(lasts, "ever") ||
			f.text("discount_forever") == "false" || !containsAny(lasts, "ever") && f.has("discount_months", "discount_duration_months")
		if ends {
			d.Ends = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
		}
		item.Discount = event.Some(d)
	}
	return item, true
}

func runNormalize(t *testing.T, c testCase) {
	items := map[string][]event.SubscriptionItem{}
	for _, f := range objectsOf(t, c.Input) {
		item, ok := itemOf(t, &c, f)
		if !ok {
			return
		}
		code := currencyOf(t, f).Code()
		items[code] = append(items[code], item)
	}
	if len(items) == 0 {
		items["USD"] = nil
	}
	rules := ledgerCaseOf(t, &c)
	want := objectOf(t, c.Expected)
	for name := range want {
		if name != "mrr_minor" && name != "arr_minor" {
			c.Skip(t, "expected field "+name+" is not understood")
		}
	}
	for code, list := range items {
		currency, err := metric.ParseCurrency(code)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ledger.Normalize(list, currency, time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), rules.Options)
		raw := want["mrr_minor"]
		if by := fields(nil); json.Unmarshal(raw, &by) == nil && by != nil {
			raw = by.first(code, strings.ToLower(code))
		} else if len(items) > 1 {
			c.Skip(t, "several currencies in one sum")
		}
		if raw == nil || string(raw) == "null" {
			if err == nil {
				t.Errorf("mrr = %s, want none", got)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		exactly(t, "mrr_minor", got.Round(), raw)
		if want.has("arr_minor") {
			exactly(t, "arr_minor", ledger.Levels{MRR: got}.ARR().Round(), want["arr_minor"])
		}
	}
}

// addSubscription adds a subscription that is given by its dates.
func addSubscription(t *testing.T, c *testCase, l *ledger.Ledger, f fields, amount int64) {
	t.Helper()
	f.unread(t, c, "subscription", "id", "customer", "mrr_minor", "amount_minor", "from", "start", "started_at", "currency", "trial_end", "trial_ends_at",
		"canceled_at", "cancelled_at", "requested_at", "ends_at", "ended_at", "to", "end", "past_due_since", "past_due_at", "payment_failed_at", "failed_at",
		"recovered_at", "payment_recovered_at", "paused_at", "paused_from", "resumed_at", "resumes_at", "paused_until", "status", "plan")
	name := f.text("subscription", "id")
	customer := name
	if f.has("customer") {
		customer = f.text("customer")
	}
	from := instantOf(t, f.text("from", "start", "started_at"))
	base := ledger.Fact{Customer: customer, Subscription: name, Effective: from, Currency: currencyOf(t, f)}
	started := base
	started.Kind, started.Items = ledger.Started, []event.SubscriptionItem{{Amount: amount, Interval: "month"}}
	if f.has("trial_end", "trial_ends_at") {
		trial := base
		trial.Kind, trial.Until = ledger.TrialStarted, instantOf(t, f.text("trial_end", "trial_ends_at"))
		addFact(t, l, trial)
	}
	for kind, names := range map[ledger.Kind][]string{
		ledger.PaymentFailed:    {"past_due_since", "past_due_at", "payment_failed_at", "failed_at"},
		ledger.PaymentRecovered: {"recovered_at", "payment_recovered_at"},
		ledger.Paused:           {"paused_at", "paused_from"},
		ledger.Resumed:          {"resumed_at", "resumes_at", "paused_until"},
	} {
		if f.has(names...) {
			x := base
			if x.Kind, x.Effective = kind, instantOf(t, f.text(names...)); kind == ledger.Paused && f.has("resumed_at", "resumes_at", "paused_until") {
				x.Until = instantOf(t, f.text("resumed_at", "resumes_at", "paused_until"))
			}
			addFact(t, l, x)
		}
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
	rules := ledgerCaseOf(t, &c)
	l := newLedger(t, rules.Options)
	for _, f := range objectsOf(t, c.Input) {
		addSubscription(t, &c, l, f, f.whole(t, "mrr_minor", "amount_minor"))
	}
	var dates []string
	if raw := objectOf(t, c.Options).first("as_of", "dates"); json.Unmarshal(raw, &dates) != nil {
		dates = []string{objectOf(t, c.Options).text("as_of", "dates")}
	}
	want := objectOf(t, c.Expected)
	got := map[string][]int64{}
	for _, date := range dates {
		levels, err := l.Snapshot(instantOf(t, date), rules.query)
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
			"customers": v.Customers, "subscriptions": v.Subscriptions, "active": v.Subscriptions, "active_subscriptions": v.Subscriptions, "trials": v.Trials,
			"at_risk_minor": v.AtRisk.Round(), "at_risk_mrr_minor": v.AtRisk.Round(), "past_due_minor": v.AtRisk.Round(),
			"paused_minor": v.Paused.Round() + v.PausedOpen.Round(),
		} {
			got[name] = append(got[name], x)
		}
	}
	for name, raw := range want {
		if name == "dates" {
			var echoed []string
			if err := json.Unmarshal(raw, &echoed); err != nil || !slices.Equal(echoed, dates) {
				t.Errorf("dates = %v, want %s", dates, raw)
			}
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
	l := newLedger(t, ledgerCaseOf(t, &c).Options)
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
	for name, raw := range want {
		switch name {
		case "mrr_minor":
			exactly(t, name, v.MRR.Round(), raw)
		case "customers":
			exactly(t, name, v.Customers, raw)
		case "arpu_minor", "arpa_minor", "arpu", "arpa":
			arpa, err := v.ARPA()
			if (err != nil) != (string(raw) == "null") {
				t.Fatalf("%s: %v, %v, want %s", name, arpa, err, raw)
			}
			switch {
			case err != nil:
			case strings.HasSuffix(name, "_minor") && !strings.Contains(string(raw), "."):
				exactly(t, name, arpa.Round(), raw)
			default:
				near(t, &c, name, arpa.Minor(), raw)
			}
		default:
			c.Skip(t, "expected field "+name+" is not understood")
		}
	}
}

// movementOf is a movement as cases write it.
type movementOf struct{ customer, at, class, change, mrr, subscription, reason, returning string }

func (m movementOf) compare(o movementOf) int {
	return cmp.Or(cmp.Compare(m.customer, o.customer), cmp.Compare(m.at, o.at), cmp.Compare(m.class, o.class), cmp.Compare(m.change, o.change), cmp.Compare(m.subscription, o.subscription))
}

func expectedMovements(t *testing.T, c *testCase, scale int64) (list []movementOf) {
	t.Helper()
	for _, f := range objectsOf(t, objectOf(t, c.Expected)["movements"]) {
		f.unread(t, c, "customer", "movement", "class", "type", "month", "t", "date", "at", "change", "change_minor", "mrr_minor", "mrr", "subscription", "reason", "returning")
		class := f.text("movement", "class", "type")
		switch class {
		case "upgrade":
			class = "expansion"
		case "downgrade":
			class = "contraction"
		}
		m := movementOf{f.text("customer"), f.text("month", "t", "date", "at"), class, fmt.Sprint(f.amount(t, scale, "change", "change_minor")), "",
			f.text("subscription"), f.text("reason"), f.text("returning")}
		if f.has("mrr_minor", "mrr") {
			m.mrr = fmt.Sprint(f.amount(t, scale, "mrr_minor", "mrr"))
		}
		list = append(list, m)
	}
	slices.SortFunc(list, movementOf.compare)
	return list
}

func compareMovements(t *testing.T, c *testCase, moves []ledger.Movement, layout string, scale int64) {
	t.Helper()
	if want := objectOf(t, c.Expected); !want.has("movements") || len(want) > 1 {
		c.Skip(t, "expected fields are not understood")
	}
	want := expectedMovements(t, c, scale)
	var got []movementOf
	for _, m := range moves {
		if m.Class == ledger.ClassTransfer && m.Change.IsZero() {
			continue
		}
		at := m.At.UTC().Format(layout)
		if layout == time.DateOnly && len(want) > 0 && len(want[0].at) > len(layout) {
			at = m.At.UTC().Format(time.RFC3339)
		}
		got = append(got, movementOf{m.Customer, at, m.Class.String(), fmt.Sprint(m.Change.Round()), fmt.Sprint(m.MRR.Round()),
			m.Subscription, cmp.Or(m.Text, string(m.Reason)), fmt.Sprint(m.Returning)})
	}
	slices.SortFunc(got, movementOf.compare)
	for i := range got {
		if i < len(want) && want[i].mrr == "" {
			got[i].mrr = ""
		}
		if i < len(want) && want[i].customer == "" {
			got[i].customer = ""
		}
		if i < len(want) && want[i].subscription == "" {
			got[i].subscription = ""
		}
		if i < len(want) && want[i].reason == "" {
			got[i].reason = ""
		}
		if i < len(want) && want[i].returning == "" {
			got[i].returning = ""
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("movements %v, want %v", got, want)
	}
}

func runMovements(t *testing.T, c testCase) {
	rules := ledgerCaseOf(t, &c)
	if grain := strings.ToLower(objectOf(t, c.Options).text("grain")); rules.firsts {
		rules.Grain = ledger.GrainMonthStart
	} else if containsAny(grain, "month") {
		rules.Grain = ledger.GrainMonth
	}
	scale := scaleOf(c.Input)
	l := newLedger(t, rules.Options)
	for _, f := range objectsOf(t, c.Input) {
		f.unread(t, &c, "customer", "subscription", "currency", "from", "to", "mrr", "mrr_minor", "plan")
		base := ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Subscription: f.text("subscription"), Currency: currencyOf(t, f)}
		start, end := base, base
		start.Effective, start.MRR = instantOf(t, f.text("from")), f.amount(t, scale, "mrr", "mrr_minor")
		addFact(t, l, start)
		if f.has("to") {
			end.Effective = instantOf(t, f.text("to"))
			addFact(t, l, end)
		}
	}
	moves, err := l.Movements(rules.query)
	if err != nil {
		t.Fatal(err)
	}
	options := objectOf(t, c.Options)
	moves = slices.DeleteFunc(moves, func(m ledger.Movement) bool {
		return options.has("from") && m.At.Before(instantOf(t, options.text("from"))) ||
			options.has("to") && !m.At.Before(instantOf(t, options.text("to")).AddDate(0, 1, 0))
	})
	compareMovements(t, &c, moves, "2006-01", scale)
}

// loadEvents adds events that set the MRR of a subscription.
func loadEvents(t *testing.T, c *testCase, l *ledger.Ledger, rules *ledgerCase, scale int64) {
	t.Helper()
	for i, f := range objectsOf(t, c.Input) {
		f.unread(t, c, "customer", "subscription", "t", "effective_at", "at", "mrr_minor", "mrr", "currency", "seq", "sequence", "order",
			"requested_at", "occurred_at", "canceled_at", "recorded_at", "known_at", "segment", "plan", "reason")
		fact := ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Subscription: f.text("subscription"), Seq: int64(i),
			Effective: instantOf(t, f.text("t", "effective_at", "at")), Currency: currencyOf(t, f), MRR: f.amount(t, scale, "mrr_minor", "mrr"), Reason: f.text("reason")}
		if fact.Customer == "" {
			fact.Customer = "c"
		}
		if f.has("seq", "sequence", "order") {
			fact.Seq = f.whole(t, "seq", "sequence", "order")
		}
		if rules.apart {
			fact.Effective = fact.Effective.Add(time.Duration(i)) // instants of their own
		}
		if f.has("requested_at", "occurred_at", "canceled_at") {
			fact.Occurred = instantOf(t, f.text("requested_at", "occurred_at", "canceled_at"))
		}
		if f.has("recorded_at", "known_at") {
			fact.Recorded = instantOf(t, f.text("recorded_at", "known_at"))
		}
		if fact.MRR == 0 && rules.ZeroIsContraction { // a price of zero, and not an end
			fact.Kind, fact.Items = ledger.Updated, []event.SubscriptionItem{{Amount: 0, Interval: "month"}}
			addFact(t, l, fact)
			continue
		}
		if fact.MRR == 0 && !fact.Occurred.IsZero() { // a cancellation that was asked for before
			request := fact
			request.Kind, request.Reason = ledger.CancellationRequested, ""
			addFact(t, l, request)
			fact.Kind = ledger.Cancelled
		}
		addFact(t, l, fact)
	}
}

func runLedger(t *testing.T, c testCase) {
	rules, scale := ledgerCaseOf(t, &c), scaleOf(c.Input)
	l := newLedger(t, rules.Options)
	loadEvents(t, &c, l, rules, scale)
	moves, err := l.Movements(rules.query)
	if err != nil {
		t.Fatal(err)
	}
	compareMovements(t, &c, moves, time.DateOnly, scale)
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
	rules, scale := ledgerCaseOf(t, &c), scaleOf(c.Input)
	l := newLedger(t, rules.Options)
	loadEvents(t, &c, l, rules, scale)
	p := periodOf(t, objectOf(t, c.Options).text("period"))
	rules.query.Periods = []metric.Period{p}
	s, err := l.Statement(rules.query)
	if err != nil {
		t.Fatal(err)
	}
	row, _ := s.Row(p, metric.Currency{})
	b := row.Bridge
	if rules.ends {
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
	if f.has("movements") && !rules.ends {
		moves, err := l.Movements(rules.query)
		if err != nil {
			t.Fatal(err)
		}
		c.Expected, err = json.Marshal(fields{"movements": f["movements"]})
		if err != nil {
			t.Fatal(err)
		}
		compareMovements(t, &c, moves, time.DateOnly, scale)
		if delete(f, "movements"); len(f) == 0 {
			return
		}
	}
	if f.has("movements") {
		for _, m := range expectedMovements(t, &c, scale) {
			x, err := exact.ParseDecimal(m.change)
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
			if x := f.amount(t, scale, name); x != 0 {
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

// sumFields are the names that sumsOf reads.
var sumFields = []string{"start", "start_mrr", "start_mrr_minor", "start_minor", "opening", "opening_mrr", "new", "new_mrr", "new_minor", "expansion", "expansion_mrr", "expansion_minor",
	"contraction", "contraction_mrr", "contraction_minor", "churn", "churned", "churn_mrr", "churned_mrr", "churn_minor", "reactivation", "reactivation_mrr", "reactivation_minor"}

func sumsOf(t *testing.T, f fields, scale int64) sums {
	t.Helper()
	loss := func(names ...string) int64 {
		x := f.amount(t, scale, names...)
		return max(x, -x)
	}
	return sums{
		start:        f.amount(t, scale, "start", "start_mrr", "start_mrr_minor", "start_minor", "opening", "opening_mrr"),
		new:          f.amount(t, scale, "new", "new_mrr", "new_minor"),
		expansion:    f.amount(t, scale, "expansion", "expansion_mrr", "expansion_minor"),
		contraction:  loss("contraction", "contraction_mrr", "contraction_minor"),
		churn:        loss("churn", "churned", "churn_mrr", "churned_mrr", "churn_minor"),
		reactivation: f.amount(t, scale, "reactivation", "reactivation_mrr", "reactivation_minor"),
	}
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
	if fleeting := min(s.churn+s.contraction-left, s.churn, s.new); fleeting > 0 { // who comes and goes within the month
		set("visits", day(6, 5), fleeting)
		set("visits", day(6, 10), 0)
		s.churn, s.new = s.churn-fleeting, s.new-fleeting
	}
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
	f.unread(t, &c, sumFields...)
	ledgerCaseOf(t, &c)
	s := sumsOf(t, f, 1)
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
	rules := ledgerCaseOf(t, &c)
	var list []fields
	switch {
	case json.Unmarshal(c.Input, &list) == nil && len(list) > 0 && list[0].has("year"):
		addYears(t, &c, rules, list, got)
	case len(list) > 0 && list[0].has("start", "start_mrr", "start_minor") && list[0].has("end", "end_mrr", "end_minor"):
		addEnds(t, &c, rules, list, got)
	case len(list) > 0 && list[0].has("start", "start_mrr", "start_minor"):
		addPooled(t, &c, rules, list, got)
	case len(list) > 0:
		c.Skip(t, "input is not understood")
	default:
		addNumbers(t, &c, rules, objectOf(t, c.Input), got)
	}
	if nrr, ok := got["nrr"]; ok && nrr != nil {
		got["grr_aggregate"], got["aggregate_grr"] = nrr, nrr
		if one := big.NewRat(1, 1); nrr.Cmp(one) > 0 {
			got["grr_aggregate"], got["aggregate_grr"] = one, one
		}
		if rules.aggregate {
			got["grr"] = got["grr_aggregate"]
		} else {
			got["grr_per_customer"] = got["grr"]
		}
		got["net_revenue_retention"], got["gross_revenue_retention"] = got["nrr"], got["grr"]
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
func addNumbers(t *testing.T, c *testCase, rules *ledgerCase, f fields, got map[string]*big.Rat) {
	t.Helper()
	if f.has("arpa", "arpu", "arps") {
		addLifetime(t, c, f, got)
		return
	}
	starts := []string{"customers_start", "start_customers", "customers_at_start", "customers_begin", "opening_customers"}
	if f.has(starts...) {
		losses := []string{"customers_churned", "churned_customers", "customers_lost", "lost_customers", "churned", "lost", "cancelled", "canceled"}
		fresh := []string{"customers_new", "new_customers", "new"}
		f.unread(t, c, slices.Concat(starts, losses, fresh)...)
		row := customerRow(t, f.whole(t, starts...), f.whole(t, losses...), f.whole(t, fresh...), rules.Options)
		for _, name := range []string{"customer_churn", "logo_churn", "churn_rate", "churn", "customer_churn_rate"} {
			got[name] = ratio(t, row.CustomerChurn())
		}
		got["customer_retention"], got["retention"] = ratio(t, row.CustomerRetention()), ratio(t, row.CustomerRetention())
		got["annual"], got["annual_churn"] = ratOf(t, row.CustomerChurn().Yearly), ratOf(t, row.CustomerChurn().Yearly)
		return
	}
	if f.has("monthly_churn", "monthly", "monthly_churn_rate") {
		f.unread(t, c, "monthly_churn", "monthly", "monthly_churn_rate")
		m := f.number(t, "monthly_churn", "monthly", "monthly_churn_rate")
		x, err := metric.NewRatio(m)
		if err != nil {
			t.Fatal(err)
		}
		y, err := subscription.AnnualisedCustomerChurnRate().Of(subscription.CustomerChurnRate().Is(x))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"annual", "annual_churn", "annualized_churn", "annualised_churn", "yearly_churn"} {
			got[name] = y.Decimal().Rat()
		}
		return
	}
	f.unread(t, c, sumFields...)
	s := sumsOf(t, f, scaleOf(c.Input))
	if !f.has("start", "start_mrr", "start_mrr_minor", "start_minor", "opening", "opening_mrr") {
		s.start = s.churn + s.contraction + 2
	}
	row := s.row(t, rules.Options)
	for name, r := range map[string]ledger.Rate{"gross_churn": row.GrossMRRChurn(), "net_churn": row.NetMRRChurn(), "grr": row.GrossRevenueRetention(),
		"nrr": row.NetRevenueRetention(), "quick_ratio": row.QuickRatio(), "gross_mrr_churn": row.GrossMRRChurn(), "net_mrr_churn": row.NetMRRChurn()} {
		got[name] = ratio(t, r)
	}
	scale := new(big.Rat).SetInt64(scaleOf(c.Input))
	for name, sum := range map[string]ledger.Amount{"net_new": row.Bridge.Net(), "net_new_mrr": row.Bridge.Net(), "end": row.Bridge.Closing, "end_mrr": row.Bridge.Closing} {
		if f.has("start", "start_mrr", "opening", "opening_mrr") {
			got[name] = new(big.Rat).Quo(sum.Minor(), scale)
		}
	}
}

// addPooled answers for the sums of several periods, which are pooled.
func addPooled(t *testing.T, c *testCase, rules *ledgerCase, list []fields, got map[string]*big.Rat) {
	t.Helper()
	if rules.means {
		c.Skip(t, "rates of periods are pooled, and their mean is not offered")
	}
	by := map[string][]ledger.Rate{}
	for _, f := range list {
		f.unread(t, c, append([]string{"period", "month"}, sumFields...)...)
		row := sumsOf(t, f, scaleOf(c.Input)).row(t, rules.Options)
		for name, r := range map[string]ledger.Rate{"gross_churn": row.GrossMRRChurn(), "churn": row.GrossMRRChurn(), "pooled": row.GrossMRRChurn(),
			"net_churn": row.NetMRRChurn(), "nrr": row.NetRevenueRetention(), "grr": row.GrossRevenueRetention()} {
			by[name] = append(by[name], r)
		}
	}
	for name, rates := range by {
		r, err := ledger.Pool(rates...)
		if err != nil {
			t.Fatal(err)
		}
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

// addLifetime answers for the lifetime value and the payback, which are the catalogue's.
func addLifetime(t *testing.T, c *testCase, f fields, got map[string]*big.Rat) {
	t.Helper()
	f.unread(t, c, "arpa", "arpu", "arps", "customer_churn", "churn", "churn_rate", "margin", "gross_margin", "discount_rate", "cac")
	ratioOf := func(d decimal.Decimal) metric.Ratio {
		x, err := metric.NewRatio(d)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	arpa, err := metric.NewMoney(f.number(t, "arpa", "arpu", "arps"), usd(t))
	if err != nil {
		t.Fatal(err)
	}
	margin := ratioOf(decimal.NewFromInt(1))
	if f.has("margin", "gross_margin") {
		margin = ratioOf(f.number(t, "margin", "gross_margin"))
	}
	if f.has("cac") {
		cac, err := metric.NewMoney(f.number(t, "cac"), usd(t))
		if err != nil {
			t.Fatal(err)
		}
		months, err := economics.CACPayback().Of(economics.CAC().Is(cac), subscription.ARPA().Is(arpa), economics.GrossMargin().Is(margin))
		got["payback_months"], got["cac_payback"], got["payback"] = nil, nil, nil
		if err == nil {
			x := months.Decimal().Rat()
			got["payback_months"], got["cac_payback"], got["payback"] = x, x, x
		}
		if !f.has("customer_churn", "churn", "churn_rate") {
			return
		}
	}
	churn := f.number(t, "customer_churn", "churn", "churn_rate")
	var value metric.Money
	switch {
	case f.has("discount_rate"):
		value, err = economics.DiscountedLTVWithFirstMargin().Of(subscription.ARPA().Is(arpa), economics.GrossMargin().Is(margin),
			economics.MonthlyDiscountRate().Is(ratioOf(f.number(t, "discount_rate"))),
			subscription.CustomerRetentionRate().Is(ratioOf(decimal.NewFromInt(1).Sub(churn))))
	case f.has("margin", "gross_margin"):
		value, err = economics.LTV().Of(subscription.ARPA().Is(arpa), subscription.CustomerChurnRate().Is(ratioOf(churn)), economics.GrossMargin().Is(margin))
	default:
		value, err = economics.RevenueLTV().Of(subscription.ARPA().Is(arpa), subscription.CustomerChurnRate().Is(ratioOf(churn)))
	}
	got["ltv"], got["lifetime_value"] = nil, nil
	switch {
	case err == nil:
		got["ltv"], got["lifetime_value"] = value.Amount().Rat(), value.Amount().Rat()
	case !errors.Is(err, metric.ErrUndefined):
		t.Fatal(err)
	}
}

// addEnds answers for customers that are given by what they pay at both ends.
func addEnds(t *testing.T, c *testCase, rules *ledgerCase, list []fields, got map[string]*big.Rat) {
	t.Helper()
	l, scale := newLedger(t, rules.Options), scaleOf(c.Input)
	for i, f := range list {
		f.unread(t, c, "customer", "start", "start_mrr", "start_minor", "end", "end_mrr", "end_minor")
		fact := ledger.Fact{Kind: ledger.MRRSet, Customer: cmp.Or(f.text("customer"), fmt.Sprint(i)), Currency: usd(t)}
		fact.Effective, fact.MRR = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), f.amount(t, scale, "start", "start_mrr", "start_minor")
		addFact(t, l, fact)
		fact.Effective, fact.MRR = time.Date(2024, 6, 9, 0, 0, 0, 0, time.UTC), f.amount(t, scale, "end", "end_mrr", "end_minor")
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
func addYears(t *testing.T, c *testCase, rules *ledgerCase, list []fields, got map[string]*big.Rat) {
	t.Helper()
	l, scale := newLedger(t, rules.Options), scaleOf(c.Input)
	last := make(map[string]int)
	latest := 0
	for _, f := range list {
		f.unread(t, c, "customer", "year", "arr", "mrr")
		year := int(f.whole(t, "year"))
		latest = max(latest, year)
		addFact(t, l, ledger.Fact{Kind: ledger.MRRSet, Customer: f.text("customer"), Effective: time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC),
			Currency: usd(t), MRR: f.amount(t, scale, "arr", "mrr")})
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
	rules := ledgerCaseOf(t, &c)
	if containsAny(words, "active now", "active today") {
		c.Skip(t, "a denominator of today's customers")
	}
	l := newLedger(t, rules.Options)
	for _, f := range objectsOf(t, c.Input) {
		amount := int64(100)
		if f.has("mrr_minor", "amount_minor") {
			amount = f.whole(t, "mrr_minor", "amount_minor")
		}
		addSubscription(t, &c, l, f, amount)
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

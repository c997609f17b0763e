package conformance

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/ledger"
)

// ledgerCase is what the options of a case about revenue say.
type ledgerCase struct {
	ledger.Options
	query ledger.Query

	apart     bool // events of one instant are movements of their own
	ends      bool // the two ends of a period are compared
	firsts    bool // months are seen at their first instant
	aggregate bool // gross retention is of totals, and not of each customer
	means     bool // an average is the mean of rates
	cancels   bool // churn is by cancellation, wherever the revenue ends
}

// ledgerRule is what an option says when its name and text match. One without set is the
// default, or says what is not a matter of options, such as a formula.
type ledgerRule struct {
	name, text string // regular expressions; without a name, the text is that of both, as "name: text"
	set        func(*ledgerCase)
}

// ledgerRules are tried on every option. All that match apply, and an option that none
// matches is not understood.
var ledgerRules = []ledgerRule{
	// How amounts become monthly.
	{"", `weeks?\b[^;]*(x|\*) ?4\.33|4\.33 weeks|week_factor: "?4\.33`, func(c *ledgerCase) { c.Weeks = ledger.Weeks433 }},
	{"", `weeks?\b[^;0-9]*(x|\*) ?4($|[^.0-9])|(^|[^0-9.])4 weeks (a|per) month|week_factor: "?4"?$`, func(c *ledgerCase) { c.Weeks = ledger.Weeks4 }},
	{"", `30\.44 ?/ ?7`, func(c *ledgerCase) { c.Weeks = ledger.Weeks3044 }},
	{"", `365\.25 ?/ ?84`, func(c *ledgerCase) { c.Weeks = ledger.WeeksMean }},
	{"", `days?\b[^;0-9]*(x|\*) ?30($|[^.0-9])|(^|[^0-9.])30 days (a|per) month|day_factor: "?30"?$`, func(c *ledgerCase) { c.Days = ledger.Days30 }},
	{"", `days?\b[^;0-9]*(x|\*) ?30\.44($|[^0-9])|day_factor: "?30\.44`, func(c *ledgerCase) { c.Days = ledger.Days3044 }},
	{"", `365\.25 ?/ ?12`, func(c *ledgerCase) { c.Days = ledger.DaysMean }},
	{"factor|normali", `/ ?12|/ ?n|duration ratio|52/12|365/12|weeks?\b|days?\b|months?\b`, nil},
	{"round", `once|half up|total|minor|never per`, nil},
	{"tax", `out|exclud|inside|subtract|not part|left`, nil},
	{"", `(only )?discounts that never end are subtracted|(discount|coupon)s?\b[^;]*(with an end|that end|which end|ending|limited|temporary|once|repeating)[^;]*(ignored|not subtracted|left out|not counted|do not)|ignor\w*[ _]ending[^;]*(discount|coupon)|ignore_ending_discounts: true`, func(c *ledgerCase) { c.IgnoreEndingDiscounts = true }},
	{"discount|coupon", `subtract|while (they|it) run|ignored|never end|for ?ever`, nil},
	{"meter|usage", `left out|exclud|not counted|no mrr|are out|is out|false`, nil},
	{"", `(metered|usage)\b[^;]*(counts?\b|included|in mrr|is mrr)`, func(c *ledgerCase) { c.CountMetered = true }},
	{"one_?off|set_?up|one_?time", `out|exclud|no mrr|not`, nil},

	// What counts, and until when.
	{"", `(paused?|on[ _-]hold)\b[^;]*(still counts?|counts? in mrr|keeps? its mrr|keeps? counting|stays in mrr|: counts?\b)|paused_counts: true`, func(c *ledgerCase) { c.PausedCounts = true }},
	{"pause|hold", `mrr 0|\b0\b|zero|left out|exclud|no mrr|not count`, nil},
	{"trial", `trial`, nil},
	{"committed", `scheduled|due to cancel|will cancel|planned end`, nil},
	{"past_due|dunning|delinquen", `never|until (it is )?cancel|until the processor|no limit`, func(c *ledgerCase) { c.DunningDays = -1 }},
	{"past_due|dunning|delinquen", `back-?dated|dated (back )?(to|at) the (first )?fail|first failed payment`, func(c *ledgerCase) { c.DunningBackdated = true }},
	{"past_due|dunning|delinquen", `counts|at risk|\d+`, nil},
	{"interval|bounds|half_open", `half-open|not active on`, nil},
	{"churn_(at|date|timing|when|time|booked|recogni)|cancellation|accounting", `request|pressed|canceled_at|cancelled_at|cancellation date`, func(c *ledgerCase) { c.ChurnAt = ledger.ChurnAtRequest }},
	{"churn_(at|date|timing|when|time|booked|recogni)|cancellation", `next[ _]invoice|next[ _]billing|next[ _]renewal`, func(c *ledgerCase) { c.ChurnAt = ledger.ChurnAtNextInvoice }},
	{"churn_(at|date|timing|when|time|booked|recogni)|cancellation", `service|effective|end of|ended?_at|period[ _]end`, nil},
	{"", `zero_is_contraction: true|contraction to (0|zero)`, func(c *ledgerCase) { c.ZeroIsContraction = true }},
	{"zero|free|full_discount|price", `contraction`, func(c *ledgerCase) { c.ZeroIsContraction = true }},
	{"zero|free|full_discount", `churn|no revenue|not (a )?paying`, nil},

	// Movements.
	{"^new$|^expansion$|^contraction$|^churn$|^reactivation$", `month|rises|falls|both`, nil},
	{"^reactivation$", `any time|no (time )?limit|not the first time|after a churn`, nil},
	{"reactiv", `gap of a month|a month or more`, func(c *ledgerCase) { c.ReactivateAfter = ledger.Span{Months: 1} }},
	{"reactiv", `(three|3) months`, func(c *ledgerCase) { c.ReactivateAfter = ledger.Span{Months: 3} }},
	{"ledger", `continuous|each event sets`, nil},
	{"ledger", `per customer`, nil},
	{"", `per subscription|each subscription on its own|by subscription|unit: "?subscription`, func(c *ledgerCase) { c.Unit = ledger.BySubscription }},
	{"^unit$", `currency units|minor units|customer|cents`, nil},
	{"proration", `not|no\b`, nil},
	{"", `fact[ -]by[ -]fact|event[ -]by[ -]event|each event on its own|one by one`, func(c *ledgerCase) { c.apart = true }},
	{"same_(instant|time)|ties|equal_times|order", `fold|one movement|\bnet|event by event|one by one|order|fact|each event`, nil},
	{"", `60[- ]minutes?|within an hour|one hour`, func(c *ledgerCase) { c.Grain = ledger.GrainHour }},
	{"group|grain|net|wash|accounting", `same[- ]day|\bday\b`, func(c *ledgerCase) { c.Grain = ledger.GrainDay }},
	{"grain", `first of (the )?month`, func(c *ledgerCase) { c.firsts = true }},
	{"grain", `month|event|instant`, nil},
	{"group", `none|no grouping|each event`, nil},
	{"accounting|view|grain", `both ends|end ?points|net of the period|ends only`, func(c *ledgerCase) { c.ends = true }},
	{"accounting|view", `every (movement|change)|each (movement|change)|are both booked|both (are )?booked|both visible|movements? of the period are|event grain|continuous|all movements|gross`, nil},
	{"merge", `history|before classification|from the beginning|restat|start`, func(c *ledgerCase) { c.MergeRestated = true }},
	{"merge", `from the (day|date) of the merge|transfer`, nil},

	// Rates.
	{"^losses$|^signs$|^gains$", `positive|negative`, nil},
	{"", `start ?\+ ?new|plus new`, func(c *ledgerCase) { c.ChurnIncludesNew = true }},
	{"churn|same_period", `same[- _]period|within the period|sign-?up and cancel|^true$`, func(c *ledgerCase) { c.ChurnIncludesSamePeriod = true }},
	{"gross_churn", `contraction`, nil},
	{"net_churn|ncr|net_mrr_churn", `reactivation`, func(c *ledgerCase) { c.NetChurnWithReactivation = true }},
	{"net_churn|net_mrr_churn", `reactivation[^;]*(left out|not|without)|(without|no) reactivation`, func(c *ledgerCase) { c.NetChurnWithReactivation = false }},
	{"net_churn|net_mrr_churn", `contraction|churn`, nil},
	{"grr|gross_(revenue_)?retention", `per customer|each customer|sum of min|sum\(min|1 ?- ?gross|start`, nil},
	{"grr|gross_(revenue_)?retention", `of the totals|on the totals|aggregate|min\((total|sum)|^min\(end, ?start\) ?/ ?start`, func(c *ledgerCase) { c.aggregate = true }},
	{"nrr|net_(revenue_)?retention", `start|end|1 ?- ?net`, nil},
	{"basis", `movement`, func(c *ledgerCase) { c.Basis = ledger.BasisMovements }},
	{"basis", `ends?\b|end-?points`, nil},
	{"quick_ratio", `^\(?new ?\+ ?expansion\)|reactivation[^;]*(left out|not counted|excluded)|without reactivation`, func(c *ledgerCase) { c.QuickRatioWithoutReactivation = true }},
	{"quick_ratio", `new`, nil},
	{"(customer|logo|subscription|revenue)_churn|churn_rate|^rate$|^churn$", `lost|cancel|churn|subscriptions that end|/`, nil},
	{"^rate$", `cancellations in`, func(c *ledgerCase) { c.ChurnAt, c.cancels = ledger.ChurnAtRequest, true }},
	{"ltv|lifetime_value|clv", `/`, nil},
	{"^arp[aus]$|arpa|arpu", `/|per`, nil},
	{"^arr$", `12`, nil},
	{"payback", `/`, nil},
	{"annual", `\^ ?12|compound|1 ?- ?\(1`, nil},
	{"average|pool", `pooled|sum of|sum\(`, nil},
	{"average", `mean of (the )?rates|unweighted|simple`, func(c *ledgerCase) { c.means = true }},
	{"empty|undefined|zero_denominator", `null|absent|undefined`, nil},
	{"^period$", `against|\d{4}`, nil},
}

// ledgerPlain are options that are read as they are, or say nothing about rules.
var ledgerPlain = []string{"tolerance", "note", "as_of", "dates", "from", "to", "merges", "currency", "timezone", "source", "question", "report"}

var ledgerDays = regexp.MustCompile(`(\d+)`)

// ledgerCaseOf reads the options of a case, and skips it if it does not understand one.
func ledgerCaseOf(t *testing.T, c *testCase) *ledgerCase {
	t.Helper()
	r := new(ledgerCase)
	options := objectOf(t, c.Options)
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if slices.Contains(ledgerPlain, name) || string(options[name]) == "null" || r.readSpan(t, c, name, options[name]) {
			continue
		}
		value := strings.ToLower(strings.Trim(string(options[name]), `"`))
		text := strings.ToLower(name) + ": " + value
		understood := false
		for _, rule := range ledgerRules {
			subject := value
			if rule.name == "" {
				subject = text
			}
			if regexp.MustCompile(rule.name).MatchString(strings.ToLower(name)) && regexp.MustCompile(rule.text).MatchString(subject) {
				understood = true
				if rule.set != nil {
					rule.set(r)
				}
			}
		}
		if !understood {
			c.Skip(t, "option "+text)
		}
	}
	return r
}

// readSpan reads the options that are stretches of time and instants of knowledge.
func (r *ledgerCase) readSpan(t *testing.T, c *testCase, name string, raw json.RawMessage) bool {
	t.Helper()
	text := strings.ToLower(strings.Trim(string(raw), `"`))
	days := func() (ledger.Span, bool) {
		if number := ledgerDays.FindString(text); number != "" && !strings.Contains(text, "hour") && !strings.Contains(text, "minute") {
			n, err := strconv.Atoi(number)
			if strings.Contains(text, "month") {
				return ledger.Span{Months: n}, err == nil
			}
			return ledger.Span{Days: n}, err == nil
		}
		return ledger.Span{}, text == "none" || strings.HasPrefix(text, "no ")
	}
	switch name {
	case "grace", "grace_days", "grace_period", "grace_period_days", "bridge_gap", "bridge_gap_days":
		span, ok := days()
		if !ok {
			c.Skip(t, "option "+name+": "+text)
		}
		r.Grace = span
	case "reactivation_window", "reactivation_window_days", "reactivate_within", "reactivation_max_days", "reactivation_limit":
		span, ok := days()
		if !ok {
			c.Skip(t, "option "+name+": "+text)
		}
		r.ReactivateWithin = span
	case "reactivation_after", "reactivation_min_gap", "reactivation_min_days", "reactivate_after":
		span, ok := days()
		if !ok {
			c.Skip(t, "option "+name+": "+text)
		}
		r.ReactivateAfter = span
	case "reactivation":
		if !strings.Contains(text, "within") && !strings.Contains(text, "days") {
			return false
		}
		span, ok := days()
		if !ok {
			return false
		}
		r.ReactivateWithin = span
	case "dunning_days", "past_due_days", "past_due", "past_due_limit", "dunning_limit", "past_due_limit_days":
		if span, ok := days(); ok && span.Days > 0 {
			r.DunningDays = span.Days
		}
		return name == "dunning_days" || strings.HasSuffix(name, "_days") || ledgerDays.FindString(text) == text
	case "as_known_on", "known_on", "known_at", "as_known_at", "known":
		r.query.Known = instantOf(t, strings.Trim(string(raw), `"`))
	case "closed_until", "books_closed_until":
		r.query.ClosedUntil = instantOf(t, strings.Trim(string(raw), `"`))
	default:
		return false
	}
	return true
}

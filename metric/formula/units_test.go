package formula_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// saas returns the metrics from which the hard units of the design are made.
func saas(t *testing.T) world {
	w := world{}
	w.add(t,
		base("saas.mrr", metric.KindMoney, "money/month"),
		base("saas.revenue", metric.KindMoney, "money"),
		base("saas.customers", metric.KindCount, "customer"),
		base("saas.emails", metric.KindCount, "email"),
		base("saas.churned_customers", metric.KindCount, "customer"),
		base("saas.gross_margin", metric.KindRatio, "1"),
		base("saas.customer_churn_rate", metric.KindRatio, "1"),
		base("saas.cac", metric.KindMoney, "money/customer"),
		base("saas.opportunities", metric.KindCount, "opportunity"),
		base("saas.win_rate", metric.KindRatio, "1"),
		base("saas.average_deal", metric.KindMoney, "money/opportunity"),
		base("saas.cycle_length", metric.KindDuration, "second"),
		base("saas.leads", metric.KindCount, "lead"),
		base("saas.converted_leads", metric.KindCount, "lead"),
		base("saas.page_views", metric.KindCount, "page"),
		base("saas.sessions", metric.KindCount, "session"),
		base("saas.complaints", metric.KindCount, "complaint"),
		base("saas.net_burn", metric.KindMoney, "money"),
		base("saas.net_new_arr", metric.KindMoney, "money/year"),
		base("saas.first_responses", metric.DistributionOf(metric.KindDuration), "second"),
		base("saas.deals", metric.DistributionOf(metric.KindMoney), "money/opportunity"),
	)
	w.add(t,
		derived("saas.arpa", metric.KindMoney, "money/month/customer", "mrr / customers", "customers"),
		derived("saas.arr", metric.KindMoney, "money/year", "mrr * 12 [month/year]"),
	)
	return w
}

// TestUnitsOfKnownMetrics holds the derived units to those worked out by hand.
func TestUnitsOfKnownMetrics(t *testing.T) {
	w := saas(t)
	for _, tt := range []struct {
		name     string
		kind     metric.Kind
		unit     string
		formula  string
		divisors []string
	}{
		{"ARPA", metric.KindMoney, "money/month/customer", "mrr / customers", []string{"customers"}},
		{"ARPA, factors in another order", metric.KindMoney, "money/customer/month", "mrr / customers", []string{"customers"}},
		{"ARR", metric.KindMoney, "money/year", "mrr * 12 [month/year]", nil},
		{"LTV", metric.KindMoney, "money/customer", "arpa * gross_margin / (customer_churn_rate / 1 [month])", []string{"customer_churn_rate"}},
		{"CAC payback", metric.KindNumber, "month", "cac / (arpa * gross_margin)", []string{"arpa * gross_margin"}},
		{"pipeline velocity", metric.KindMoney, "money/second", "opportunities * win_rate * average_deal / cycle_length", []string{"cycle_length"}},
		{"lead conversion", metric.KindRatio, "1", "converted_leads / leads", []string{"leads"}},
		{"pages per session", metric.KindNumber, "page/session", "page_views / sessions", []string{"sessions"}},
		{"complaints per thousand", metric.KindNumber, "complaint/customer", "1000 * complaints / customers", []string{"customers"}},
		{"burn multiple", metric.KindNumber, "year", "net_burn / net_new_arr", []string{"net_new_arr"}},
		{"first response time", metric.KindDuration, "second", "median(first_responses)", nil},
		{"slow first response time", metric.KindDuration, "second", "percentile(first_responses, 90)", nil},
		{"mean deal", metric.KindMoney, "money/opportunity", "mean(deals)", nil},
		{"churn over a year, compound", metric.KindRatio, "1", "1 - pow(1 - customer_churn_rate, 12)", nil},
		{"money squared", metric.KindNumber, "money*money", "pow(revenue, 2)", nil},
		{"power zero", metric.KindNumber, "1", "pow(revenue, 0)", nil},
		{"inverse power", metric.KindNumber, "1/customer/customer", "pow(customers, -2)", []string{"customers"}},
		{"floor at zero", metric.KindMoney, "money", "max(revenue - net_burn, 0)", nil},
		{"zero goes with everything", metric.KindMoney, "money", "0 - revenue", nil},
		{"zero times anything", metric.KindMoney, "money", "revenue + 0 * customers", nil},
		{"absolute difference", metric.KindCount, "customer", "abs(customers - churned_customers)", nil},
		{"constant with a unit under +", metric.KindCount, "customer", "customers + 1 [customer]", nil},
	} {
		s := derived("saas.tested", tt.kind, tt.unit, tt.formula, tt.divisors...)
		if tt.unit == "money/second" {
			s.Per = "day"
		}
		if _, err := formula.Define(s, w.lookup); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestUnitsRefused(t *testing.T) {
	w := saas(t)
	for _, tt := range []struct {
		name     string
		kind     metric.Kind
		unit     string
		formula  string
		divisors []string
		field    string
		text     string
	}{
		{"ARR less MRR", metric.KindMoney, "money/year", "arr - mrr", nil, "formula", "column 5: units money/year and money/month"},
		{"MRR and revenue", metric.KindMoney, "money", "mrr + revenue", nil, "formula", "money/month and money do not"},
		{"customers and e-mails", metric.KindCount, "customer", "customers + emails", nil, "formula", "customer and email do not"},
		{"churned customers per e-mail as a ratio", metric.KindRatio, "1", "churned_customers / emails", []string{"emails"}, "unit", "gives customer/email, not 1"},
		{"ARR without months in a year", metric.KindMoney, "money/year", "mrr * 12", nil, "unit", "gives money/month, not money/year"},
		{"LTV over a bare rate", metric.KindMoney, "money/customer", "arpa * gross_margin / customer_churn_rate", []string{"customer_churn_rate"}, "unit", "gives money/customer/month"},
		{"a month is not 30 days", metric.KindNumber, "1", "1 [month] / 1 [second]", nil, "unit", "gives month/second"},
		{"a quarter is not three months", metric.KindNumber, "month", "1 [quarter] + 3 [month]", nil, "formula", "quarter and month"},
		{"one is no customer", metric.KindCount, "customer", "customers + 1", nil, "formula", "customer and 1 do not"},
		{"zero months are no customers", metric.KindCount, "customer", "customers + 0 [month]", nil, "formula", "customer and month"},
		{"min of unlike", metric.KindMoney, "money", "min(revenue, mrr)", nil, "formula", "money and money/month"},
		{"max of unlike behind zero", metric.KindMoney, "money", "max(0, revenue, mrr)", nil, "formula", "money and money/month"},
		{"abs keeps the unit", metric.KindMoney, "money", "abs(mrr)", nil, "unit", "gives money/month"},
		{"deep inside", metric.KindRatio, "1", "1 - (customers - (customers - emails)) / customers", []string{"customers"}, "formula", "customer and email"},
		{"zero to the power zero is one", metric.KindMoney, "money", "customers * pow(0, 0)", nil, "unit", "gives customer, not money"},
		{"median of another unit", metric.KindMoney, "money", "median(deals)", nil, "unit", "gives money/opportunity"},
		{"distribution as a number", metric.KindDuration, "second", "first_responses + 0", nil, "formula", "is a distribution"},
		{"number as a distribution", metric.KindMoney, "money", "mean(revenue)", nil, "formula", "is not a distribution"},
		{"unit powers are bounded", metric.KindNumber, "1", "pow(pow(pow(customers, 256), 256), 256)", nil, "formula", "beyond 12"},
	} {
		_, err := formula.Define(derived("saas.tested", tt.kind, tt.unit, tt.formula, tt.divisors...), w.lookup)
		if err == nil || !strings.Contains(err.Error(), tt.field+": ") || !strings.Contains(err.Error(), tt.text) {
			t.Errorf("%s: %v, want %s: ... %s", tt.name, err, tt.field, tt.text)
		}
	}
}

func TestUnitsOfGuards(t *testing.T) {
	w := saas(t)
	for guard, text := range map[string]string{
		"revenue < mrr":                       "units money and money/month",
		"customers == emails":                 "units customer and email",
		"customers < 5":                       "units customer and 1",
		"!(customers < 5 [customer])":         "",
		"customers < 5 [customer]":            "",
		"revenue < 0 || customers == emails":  "units customer and email",
		"revenue < 0 && customers == emails":  "units customer and email",
		"revenue < 0 || mrr < 0":              "",
		"first_responses == 0":                "is a distribution",
		"median(first_responses) < 1 [month]": "units second and month",
		"median(first_responses) > 0":         "",
	} {
		s := derived("saas.tested", metric.KindMoney, "money", "revenue")
		s.Undefined = []metric.Guard{{When: guard, Reason: metric.OutOfDomain}}
		_, err := formula.Define(s, w.lookup)
		if text != "" {
			wantFinding(t, err, "undefined", 0, text)
		} else if err != nil {
			t.Errorf("%s: %v", guard, err)
		}
	}
}

// TestGuardedDivisions says which guards prove that a divisor is not zero.
func TestGuardedDivisions(t *testing.T) {
	w := shop(t)
	for _, tt := range []struct {
		formula string
		guards  string // separated by ;
		column  int    // of the unguarded divisor; 0 when all are guarded
	}{
		// Each shape of guard, on one divisor.
		{"score / share", "", 9},
		{"score / share", "share == 0", 0},
		{"score / share", "0 == share", 0},
		{"score / share", "share == 0.0", 0},
		{"score / share", "(share) == (0)", 0},
		{"score / share", "share <= 0", 0},
		{"score / share", "0 >= share", 0},
		{"score / share", "share < 1", 0},
		{"score / share", "1 > share", 0},
		{"score / share", "share < 0.001", 0},
		{"score / share", "share <= 5", 0},
		{"score / share", "share >= 0", 0}, // leaves the negative
		{"score / share", "0 <= share", 0},
		{"score / share", "share > 0", 9}, // leaves zero
		{"score / share", "0 < share", 9},
		{"score / share", "share < 0", 9},
		{"score / share", "0 > share", 9},
		{"score / share", "share >= 1", 9},
		{"score / share", "1 <= share", 9},
		{"score / share", "share == 1", 9},
		{"score / share", "share != 0", 9}, // leaves nothing but zero
		{"score / share", "score == 0", 9}, // another variable
		{"score / share", "growth == 0;score <= 0", 9},
		{"score / share", "growth == 0;share == 0", 0},
		{"score / share", "growth == 0 || share == 0", 0},
		{"score / share", "growth == 0 || (score < 1 || share <= 0)", 0},
		{"score / share", "growth == 0 && share == 0", 9}, // may be false with share at zero
		{"score / share", "!(share != 0)", 9},             // true, but not what the proof reads
		{"score / share", "share == growth", 9},
		{"score / share", "-share == 0", 9},
		{"score / share", "share == -1", 9},

		// Divisors that are expressions.
		{"score / (share * growth)", "share == 0;growth == 0", 0},
		{"score / (share * growth)", "share == 0 || growth == 0", 0},
		{"score / (share * growth)", "share * growth == 0", 0},
		{"score / (share * growth)", "growth * share <= 0", 0},
		{"score / (share * growth)", "share == 0", 16},
		{"score / (share * growth * share)", "growth == 0;share == 0", 0},
		{"score / (share + growth)", "share + growth == 0", 0},
		{"score / (share + growth)", "growth + share == 0", 0},
		{"score / (share - growth)", "growth - share == 0", 16}, // another difference
		{"score / (share + growth)", "share == 0;growth == 0", 16},
		{"score / (1 - share)", "share == 1", 12},
		{"score / (1 - share)", "1 - share == 0", 0},
		{"score / -share", "share == 0", 0},
		{"score / abs(share)", "share == 0", 0},
		{"score / max(share, 1)", "", 0},
		{"score / max(share, growth, 0.001)", "", 0},
		{"score / max(share, 0)", "", 9},
		{"score / max(share, -1)", "", 9},
		{"score / max(share, growth)", "share == 0;growth == 0", 9}, // not what the proof reads
		{"score / max(share, growth)", "max(growth, share) == 0", 0},
		{"score / min(share, 1)", "", 9},
		{"score / pow(share, 2)", "share == 0", 0},
		{"score / pow(share, 2)", "", 9},
		{"score / pow(share, -2)", "share == 0", 0},
		{"pow(share, -1)", "share == 0", 0},
		{"pow(share, -1)", "", 5},
		{"pow(share, 2)", "", 0},
		{"pow(share, 0)", "", 0},

		// Quotients in divisors: the outer needs the numerator, the inner the denominator.
		{"score / (share / growth)", "share == 0;growth == 0", 0},
		{"score / (share / growth)", "growth == 0", 16},
		{"score / (share / growth)", "share == 0", 18},
		{"score / share / growth", "share == 0;growth == 0", 0},
		{"score / share / growth", "share == 0", 17},
		{"score / share / growth", "growth == 0", 9},

		// Constants.
		{"score / 2", "", 0},
		{"score / (2 * 3)", "", 0},
		{"score / -2", "", 0},
		{"score / 0", "", 9},
		{"score / 0.00", "", 9},
		{"score / (2 - 2)", "", 12},
		{"score / (share / 1 [1])", "share == 0", 0},

		// Anywhere in the formula.
		{"1 + min(1, score / share)", "", 20},
		{"1 + min(1, score / share)", "share == 0", 0},
	} {
		s := derived("shop.tested", metric.KindNumber, "1", tt.formula)
		if tt.guards != "" {
			for g := range strings.SplitSeq(tt.guards, ";") {
				s.Undefined = append(s.Undefined, metric.Guard{When: g, Reason: metric.OutOfDomain})
			}
		}
		_, err := formula.Define(s, w.lookup)
		if tt.column == 0 {
			if err != nil {
				t.Errorf("%s, guarded by %q: %v", tt.formula, tt.guards, err)
			}
			continue
		}
		list := findings(t, err)
		if len(list) != 1 || list[0].Field != "undefined" || !strings.Contains(err.Error(), "nothing keeps the divisor") ||
			!strings.Contains(err.Error(), fmt.Sprintf(" column %d ", tt.column)) {
			t.Errorf("%s, guarded by %q: %v, want an unguarded divisor at column %d", tt.formula, tt.guards, err, tt.column)
		}
	}
}

// TestDivisionsInGuards asks an earlier guard for each division of a guard: guards are
// evaluated whole, so the left side of || does not protect the right one.
func TestDivisionsInGuards(t *testing.T) {
	w := shop(t)
	for _, tt := range []struct {
		guards string
		item   int // that divides without an earlier guard; -1 when none does
	}{
		{"score / share > 1", 0},
		{"share == 0;score / share > 1", -1},
		{"score / share > 1;share == 0", 0},
		{"share == 0 || score / share > 1", 0},
		{"share == 0;score / (share / growth) > 1", 1},
		{"share == 0;growth == 0;score / (share / growth) > 1", -1},
	} {
		s := derived("shop.tested", metric.KindNumber, "1", "score")
		for g := range strings.SplitSeq(tt.guards, ";") {
			s.Undefined = append(s.Undefined, metric.Guard{When: g, Reason: metric.OutOfDomain})
		}
		_, err := formula.Define(s, w.lookup)
		if tt.item >= 0 {
			wantFinding(t, err, "undefined", tt.item, "no earlier guard keeps the divisor")
		} else if err != nil {
			t.Errorf("%s: %v", tt.guards, err)
		}
	}
}

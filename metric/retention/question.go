package retention

import (
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// Question says what a table is to show. The zero Question is exact retention for all
// periods, as of the end of the range.
type Question struct {
	Measure Measure

	// Brackets are the columns instead of single periods: a customer is retained by
	// returning in any period of a bracket. Only with Exact.
	Brackets []Bracket

	// Periods is the number of the last period to show; 0 shows all.
	Periods int

	// ZeroReturns makes period 0 the number of customers with a return in it, instead of the
	// size of the cohort, and lets UpTo begin with it. A start that is a return, too, is one
	// in period 0. With [Options.Value], period 0 always is the value in it.
	ZeroReturns bool

	// AsOf is the instant up to which the data are complete. The default, and the latest
	// that can be, is the end of the range. It marks cells as incomplete and leaves nothing
	// out: starts and returns after it count, and with Unbounded a return also in complete
	// cells. For an answer as it was then, add nothing later.
	AsOf time.Time

	// Currency is that of the amounts to add up. It need not be given if there is only one.
	Currency metric.Currency
}

// Measure is what it takes to be retained. The zero Measure is Exact.
type Measure uint8

// The measures.
const (
	// Exact is a return in period k.
	Exact Measure = iota

	// Unbounded is a return in period k or a later one of the range. Its values can still
	// grow, in all cells, when the range is longer: those who stay away longest return last.
	Unbounded

	// UpTo is a return in one of periods 1 to k. Values are added up from period 0.
	UpTo
)

// String returns "exact", "unbounded" or "up to".
func (m Measure) String() string {
	switch m {
	case Exact:
		return "exact"
	case Unbounded:
		return "unbounded"
	case UpTo:
		return "up to"
	}
	return "measure " + strconv.Itoa(int(m))
}

// Bracket is a number of periods that follow each other, the last one included.
type Bracket struct{ From, To int }

// String returns the number of a single period, "1", or the first and the last, "2-7".
func (b Bracket) String() string {
	if b.From == b.To {
		return strconv.Itoa(b.From)
	}
	return strconv.Itoa(b.From) + "-" + strconv.Itoa(b.To)
}

func (q *Question) check(o *Options) error {
	switch {
	case q.Measure > UpTo:
		return intake.Errorf("Measure", "%s does not exist", q.Measure)
	case q.Periods < 0:
		return intake.Errorf("Periods", "%d is less than 0", q.Periods)
	case len(q.Brackets) > 0 && q.Measure != Exact:
		return intake.Errorf("Brackets", "mean nothing for the measure %q", q.Measure)
	case len(q.Brackets) > 0 && q.Periods > 0:
		return intake.Errorf("Brackets", "are the columns, so that Periods means nothing")
	case len(q.Brackets) > maxBuckets:
		return intake.Errorf("Brackets", "%d of them, want at most %d", len(q.Brackets), maxBuckets)
	case !q.Currency.IsZero() && !o.Money:
		return intake.Errorf("Currency", "%s is asked for, and Options.Money is not set", q.Currency)
	}
	for _, b := range q.Brackets {
		if b.From < 0 || b.To < b.From {
			return intake.Errorf("Brackets", "%d to %d is no bracket", b.From, b.To)
		}
	}
	return nil
}

// String returns what differs from the default, and "exact" at least:
//
//	unbounded, as of 2026-03-01T00:00:00Z
func (q Question) String() string {
	parts := []string{q.Measure.String()}
	if len(q.Brackets) > 0 {
		list := make([]string, len(q.Brackets))
		for i, b := range q.Brackets {
			list[i] = b.String()
		}
		parts[0] = "brackets " + strings.Join(list, " ")
	}
	if q.Periods > 0 {
		parts = append(parts, "to period "+strconv.Itoa(q.Periods))
	}
	if q.ZeroReturns {
		parts = append(parts, "returns in period 0")
	}
	if !q.AsOf.IsZero() {
		parts = append(parts, "as of "+q.AsOf.UTC().Format(time.RFC3339Nano))
	}
	if !q.Currency.IsZero() {
		parts = append(parts, "in "+q.Currency.Code())
	}
	return strings.Join(parts, ", ")
}

// columns returns the periods of each column that exists for the first cohort, of a range of
// n buckets.
func (q *Question) columns(n int) []Bracket {
	if len(q.Brackets) > 0 {
		var list []Bracket
		for _, b := range q.Brackets {
			if b.From < n {
				list = append(list, b)
			}
		}
		return list
	}
	if q.Periods > 0 {
		n = min(n, q.Periods+1)
	}
	list := make([]Bracket, n)
	for k := range list {
		list[k] = Bracket{k, k}
	}
	return list
}

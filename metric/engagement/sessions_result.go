package engagement

import (
	"iter"
	"math/big"
	"slices"
	"sort"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// SessionQuery says what a result of [Sessions] is of. The zero SessionQuery is all of it.
type SessionQuery struct {
	// AsOf is the instant up to which the events are known. A session that another event
	// could still join then is open. Zero means that no more events come.
	AsOf time.Time

	// ByStart makes a session belong to the period in which it began. By default it is that
	// of its last event.
	ByStart bool
}

// Session is one session.
type Session struct {
	Customer string // key
	Start    time.Time
	End      time.Time // its last event
	Events   int64
	Views    int64  // events that are views of a page or screen
	Key      bool   // it has a key event
	Campaign string // that it came by, "" for none
	Engaged  bool   // see [SessionOptions]
	Open     bool   // another event could still join it
}

// Duration returns the time from the first event to the last: 0 for a single one.
func (x *Session) Duration() metric.Duration { return metric.FromStd(x.End.Sub(x.Start)) }

// session is a Session inside.
type session struct {
	customer      event.Code
	start, end    int64
	events, views int64
	campaign      event.Code
	key, ended    bool // ended by an event of End
}

// cutter cuts the rows of customers into sessions.
type cutter struct {
	o    *SessionOptions
	days *slots // nil unless sessions end at midnight
}

func (s *Sessions) cutter() (*cutter, error) {
	c := &cutter{o: &s.options}
	if s.options.Midnight && s.least <= s.most {
		var err error
		zone := s.options.Zone
		c.days, err = newSlots(time.Unix(0, s.least).In(zone), time.Unix(0, s.most+1).In(zone), 0)
		if err != nil {
			return nil, err
		}
	}
	return c, nil
}

// cut appends the sessions of one customer, whose rows are in order.
func (c *cutter) cut(dst []session, customer event.Code, run []history.Row[visit]) []session {
	if c.o.delimited() {
		return c.cutDelimited(dst, customer, run)
	}
	first := len(dst)
	for i := range run {
		row := &run[i]
		if len(dst) == first || c.parts(&dst[len(dst)-1], row) {
			dst = append(dst, session{customer: customer, start: row.At, end: row.At, campaign: row.P.campaign})
		}
		dst[len(dst)-1].add(row)
	}
	return dst
}

// parts reports whether a row begins another session.
func (c *cutter) parts(x *session, row *history.Row[visit]) bool {
	return row.At-x.end > int64(c.o.Timeout) ||
		row.P.campaign != event.NoCode && row.P.campaign != x.campaign ||
		c.days != nil && c.days.Find(row.At) != c.days.Find(x.end)
}

func (x *session) add(row *history.Row[visit]) {
	x.end = max(x.end, row.At+row.P.span)
	x.events += int64(row.P.events)
	x.views += int64(row.P.views)
	x.key = x.key || row.P.flags&isKey != 0
}

func (c *cutter) cutDelimited(dst []session, customer event.Code, run []history.Row[visit]) []session {
	inside := false
	for i := range run {
		row := &run[i]
		if inside && c.o.Timeout > 0 && row.At-dst[len(dst)-1].end > int64(c.o.Timeout) {
			dst[len(dst)-1].ended = true
			inside = false
		}
		switch {
		case inside:
		case row.P.flags&isStart != 0:
			dst = append(dst, session{customer: customer, start: row.At, end: row.At, campaign: event.NoCode})
			dst[len(dst)-1].add(row)
			inside = true
			continue
		default:
			continue
		}
		dst[len(dst)-1].add(row)
		if row.P.flags&isEnd != 0 {
			dst[len(dst)-1].ended = true
			inside = false
		}
	}
	return dst
}

// open reports whether another event could still join a session.
func (c *cutter) open(x *session, q *SessionQuery) bool {
	switch {
	case x.ended:
		return false
	case q.AsOf.IsZero():
		return c.o.delimited() && c.o.Timeout == 0
	case c.o.delimited() && c.o.Timeout == 0:
		return true
	}
	asOf := intake.Clamp(q.AsOf)
	if c.days != nil && asOf >= c.days.Bound(c.days.Find(x.end)+1) {
		return false
	}
	return asOf-x.end <= int64(c.o.Timeout)
}

func (c *cutter) engaged(x *session) bool {
	return x.key || x.end-x.start >= int64(c.o.Engaged) || x.views >= int64(c.o.EngagedViews)
}

// All yields the sessions by customer, in the order of bucket and key, and time.
func (s *Sessions) All(q SessionQuery) (iter.Seq[Session], error) {
	c, err := s.cutter()
	if err != nil {
		return nil, err
	}
	return func(yield func(Session) bool) {
		var scratch history.Scratch[visit]
		for bucket := range event.Buckets {
			var list []session
			s.rows.Bucket(uint8(bucket), &scratch, func(customer event.Code, run []history.Row[visit]) {
				list = c.cut(list, customer, run)
			})
			slices.SortStableFunc(list, func(x, y session) int { return compareNames(s.in.Keys, x.customer, y.customer) })
			for i := range list {
				if !yield(s.session(c, &list[i], &q)) {
					return
				}
			}
		}
	}, nil
}

func (s *Sessions) session(c *cutter, x *session, q *SessionQuery) Session {
	at := func(ns int64) time.Time { return time.Unix(0, ns).In(s.options.Zone) }
	return Session{
		Customer: s.in.Keys.Key(x.customer), Start: at(x.start), End: at(x.end), Events: x.events, Views: x.views,
		Key: x.key, Campaign: nameOf(s.campaigns, x.campaign), Engaged: c.engaged(x), Open: c.open(x, q),
	}
}

// SessionSummary is the sessions of one period that are not open.
type SessionSummary struct {
	Period metric.Period // the zero Period for all time

	Sessions    int64
	Customers   int64 // who had any of them
	Engaged     int64 // long enough, of enough views, or with a key event
	WithKey     int64 // with a key event
	SingleView  int64 // with one view or none
	SingleEvent int64 // of one event
	Events      int64
	Views       int64

	// Open are the sessions that another event could still join. The other fields leave
	// them out, because none of what they say is final.
	Open int64

	durations exact.Lane // in nanoseconds
}

// Summarize returns one summary for each period, or one of all time if none is given. The
// periods must be in order and not overlap.
func (s *Sessions) Summarize(q SessionQuery, periods ...metric.Period) ([]SessionSummary, error) {
	c, err := s.cutter()
	if err != nil {
		return nil, err
	}
	bounds, err := newSpans(periods)
	if err != nil {
		return nil, err
	}
	type part struct {
		list   []SessionSummary
		counts []event.Code // by period, the customer counted last
	}
	parts := make([]part, max(1, s.options.Workers))
	scratches := make([]history.Scratch[visit], len(parts))
	n := max(1, len(periods))
	shard.Each(s.options.Workers, func(worker int, bucket uint8) {
		p := &parts[worker]
		if p.list == nil {
			p.list, p.counts = make([]SessionSummary, n), make([]event.Code, n)
			for i := range p.counts {
				p.counts[i] = event.NoCode
			}
		}
		var room []session
		s.rows.Bucket(bucket, &scratches[worker], func(customer event.Code, run []history.Row[visit]) {
			room = c.cut(room[:0], customer, run)
			for i := range room {
				x := &room[i]
				at := x.end
				if q.ByStart {
					at = x.start
				}
				period, ok := bounds.find(at)
				if !ok {
					continue
				}
				y := &p.list[period]
				if c.open(x, &q) {
					y.Open++
					continue
				}
				y.add(x, c.engaged(x))
				if p.counts[period] != customer {
					p.counts[period] = customer
					y.Customers++
				}
			}
		})
	})
	sum := make([]SessionSummary, n)
	for i := range sum {
		if len(periods) > 0 {
			sum[i].Period = periods[i]
		}
		for _, p := range parts {
			if p.list != nil {
				sum[i].merge(&p.list[i])
			}
		}
	}
	return sum, nil
}

func (y *SessionSummary) add(x *session, engaged bool) {
	y.Sessions++
	y.Events += x.events
	y.Views += x.views
	y.durations.Add(x.end - x.start)
	for _, count := range []struct {
		n  *int64
		is bool
	}{{&y.Engaged, engaged}, {&y.WithKey, x.key}, {&y.SingleView, x.views <= 1}, {&y.SingleEvent, x.events == 1}} {
		if count.is {
			*count.n++
		}
	}
}

func (y *SessionSummary) merge(o *SessionSummary) {
	y.Sessions += o.Sessions
	y.Customers += o.Customers
	y.Engaged += o.Engaged
	y.WithKey += o.WithKey
	y.SingleView += o.SingleView
	y.SingleEvent += o.SingleEvent
	y.Events += o.Events
	y.Views += o.Views
	y.Open += o.Open
	y.durations.AddLane(o.durations)
}

// EngagementRate returns Engaged / Sessions. This and the other rates are
// [metric.ZeroDenominator] without sessions.
func (y *SessionSummary) EngagementRate() (metric.Ratio, error) {
	return metric.RatioOf(y.Engaged, y.Sessions)
}

// BounceRate returns the share of the sessions that were not engaged:
//
//	1 - Engaged / Sessions
func (y *SessionSummary) BounceRate() (metric.Ratio, error) {
	return metric.RatioOf(y.Sessions-y.Engaged, y.Sessions)
}

// SingleViewRate returns SingleView / Sessions, the bounce rate of tools that count views.
func (y *SessionSummary) SingleViewRate() (metric.Ratio, error) {
	return metric.RatioOf(y.SingleView, y.Sessions)
}

// SingleEventRate returns SingleEvent / Sessions, the bounce rate of tools that count
// actions.
func (y *SessionSummary) SingleEventRate() (metric.Ratio, error) {
	return metric.RatioOf(y.SingleEvent, y.Sessions)
}

// ViewsPerSession returns Views / Sessions.
func (y *SessionSummary) ViewsPerSession() (metric.Number, error) {
	return numberOf(y.Views, y.Sessions)
}

// EventsPerSession returns Events / Sessions.
func (y *SessionSummary) EventsPerSession() (metric.Number, error) {
	return numberOf(y.Events, y.Sessions)
}

// SessionsPerCustomer returns Sessions / Customers.
func (y *SessionSummary) SessionsPerCustomer() (metric.Number, error) {
	return numberOf(y.Sessions, y.Customers)
}

// TotalDuration returns the time that all sessions took together.
func (y *SessionSummary) TotalDuration() metric.Duration {
	d, _ := metric.Seconds(exact.Trim(y.durations.Decimal(9)))
	return d
}

// AverageDuration returns the mean duration, to which sessions of one event add 0. It is
// [metric.EmptyPopulation] without sessions.
func (y *SessionSummary) AverageDuration() (metric.Duration, error) {
	return meanDuration(y.durations, y.Sessions)
}

// meanDuration returns the mean of n durations in nanoseconds, to 28 places.
func meanDuration(sum exact.Lane, n int64) (metric.Duration, error) {
	if n == 0 {
		return metric.Duration{}, metric.EmptyPopulation
	}
	den := new(big.Int).Mul(big.NewInt(n), big.NewInt(second))
	d, _ := exact.RatioBig(sum.Big(), den, 28, exact.HalfAwayFromZero)
	return metric.Seconds(d)
}

// Durations returns the durations of the sessions of a period, or of all time for the zero
// Period, that are not open. It takes 8 bytes a session.
func (s *Sessions) Durations(q SessionQuery, period metric.Period) (metric.Distribution[metric.Duration], error) {
	var none metric.Distribution[metric.Duration]
	c, err := s.cutter()
	if err != nil {
		return none, err
	}
	bounds := new(spans)
	if !period.IsZero() {
		if bounds, err = newSpans([]metric.Period{period}); err != nil {
			return none, err
		}
	}
	var units []int64
	var room []session
	var scratch history.Scratch[visit]
	for bucket := range event.Buckets {
		s.rows.Bucket(uint8(bucket), &scratch, func(customer event.Code, run []history.Row[visit]) {
			room = c.cut(room[:0], customer, run)
			for i := range room {
				x := &room[i]
				at := x.end
				if q.ByStart {
					at = x.start
				}
				if _, ok := bounds.find(at); ok && !c.open(x, &q) {
					units = append(units, x.end-x.start)
				}
			}
		})
	}
	return metric.DistributionFromUnits[metric.Duration](units, 9, metric.Currency{})
}

// spans finds periods by instant. Without periods, all time is one.
type spans struct{ starts, ends []int64 }

func newSpans(periods []metric.Period) (*spans, error) {
	s := new(spans)
	for i, p := range periods {
		if p.IsZero() || i > 0 && p.Start().Before(periods[i-1].End()) {
			return nil, intake.Errorf("Periods", "number %d, %s, is none or begins before the end of the one before it", i, p)
		}
		s.starts = append(s.starts, intake.Clamp(p.Start()))
		s.ends = append(s.ends, intake.Clamp(p.End()))
	}
	return s, nil
}

func (s *spans) find(at int64) (int, bool) {
	if len(s.starts) == 0 {
		return 0, true
	}
	i := sort.Search(len(s.ends), func(i int) bool { return at < s.ends[i] })
	return i, i < len(s.ends) && at >= s.starts[i]
}

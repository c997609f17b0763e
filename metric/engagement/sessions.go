package engagement

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// The defaults of [SessionOptions].
const (
	DefaultTimeout      = 30 * time.Minute
	DefaultEngaged      = 10 * time.Second
	DefaultEngagedViews = 2
)

// SessionOptions say what a session is. The zero SessionOptions are those of the standard:
// 30 minutes without activity end a session, midnight and a new campaign do not.
type SessionOptions struct {
	// Events says which events belong to sessions. The zero Rule is every event.
	Events event.Rule

	// Timeout is the longest time without an event inside a session: a gap that is strictly
	// longer begins a new one. Zero is [DefaultTimeout], and no timeout with Start and End.
	Timeout time.Duration

	// Midnight makes an event on another civil day of Zone begin a new session. A nil Zone
	// is UTC.
	Midnight bool
	Zone     *time.Location

	// Campaign, if not empty, is the attribute that names the campaign that an event came
	// by, such as utm_campaign. An event that has one other than the session's begins a new
	// session, also if the session had none. An event without one never does.
	Campaign string

	// Start and End, if not zero, delimit sessions: from an event of Start to the first of
	// End after it. An event of Start inside a session does not begin another, and one of
	// End outside a session is ignored, as is any other event there. A session in which
	// Timeout passes, if that is set, ends with its last event before.
	Start, End event.Rule

	// View says which events are views of a page or screen. The zero Rule is page_viewed.
	View event.Rule

	// Key says which events make a session engaged at once. The zero Rule is none.
	Key event.Rule

	// Engaged and EngagedViews say when a session without a key event is engaged: when it
	// lasts so long, or has so many views. Zero is 10 seconds and 2 views, the rule of
	// Google Analytics 4.
	Engaged      time.Duration
	EngagedViews int

	// Unique promises that no event comes twice, to this accumulator or to one that it is
	// merged with. Nothing is kept then of its source, id and content: it is kept as a row
	// of a block is. Events of one instant are in the order of sequence number and time of
	// record, and those that agree in both in one that depends on what is kept of them only;
	// it matters with Campaign and Start only.
	Unique bool

	Subject event.SubjectKind // whom customer means: users or accounts
	Test    bool              // count the events marked as test, too
	Keys    *event.Keys       // codes of customers; nil gives the accumulator its own
	Workers int               // goroutines that a result may use besides the caller's
}

// withDefaults returns the options as they take effect.
func (o SessionOptions) withDefaults() SessionOptions {
	if o.Timeout == 0 && !o.delimited() {
		o.Timeout = DefaultTimeout
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if isZero(&o.View) {
		o.View = event.Named("page_viewed")
	}
	o.Engaged = cmp.Or(o.Engaged, DefaultEngaged)
	o.EngagedViews = cmp.Or(o.EngagedViews, DefaultEngagedViews)
	return o
}

func (o *SessionOptions) delimited() bool { return !isZero(&o.Start) || !isZero(&o.End) }

// isZero reports whether a rule is the zero Rule.
func isZero(r *event.Rule) bool { return len(r.Events)+len(r.Where) == 0 }

// String returns the options that differ from the default, in one canonical form. Two
// accumulators of equal forms can be merged.
func (o SessionOptions) String() string {
	o = o.withDefaults()
	var list []string
	add := func(differs bool, format string, args ...any) {
		if differs {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	add(!isZero(&o.Events), "events %s", o.Events)
	if o.delimited() {
		add(true, "from %s to %s", o.Start, o.End)
		add(o.Timeout != 0, "timeout %s", o.Timeout)
	} else {
		add(o.Timeout != DefaultTimeout, "timeout %s", o.Timeout)
	}
	add(o.Midnight, "cut at midnight in %s", o.Zone)
	add(o.Campaign != "", "cut at new %s", o.Campaign)
	add(o.View.String() != "page_viewed", "views %s", o.View)
	add(!isZero(&o.Key), "key events %s", o.Key)
	add(o.Engaged != DefaultEngaged, "engaged from %s", o.Engaged)
	add(o.EngagedViews != DefaultEngagedViews, "engaged from %d views", o.EngagedViews)
	return commonText(list, o.Subject, o.Test, o.Unique)
}

func (o *SessionOptions) check() error {
	switch {
	case o.Timeout < 0:
		return intake.Errorf("Timeout", "%s is negative", o.Timeout)
	case isZero(&o.Start) != isZero(&o.End):
		return intake.Errorf("Start and End", "they need each other")
	case o.delimited() && (o.Midnight || o.Campaign != ""):
		return intake.Errorf("Start and End", "they exclude Midnight and Campaign")
	case o.Engaged < 0 || o.EngagedViews < 0:
		return intake.Errorf("Engaged and EngagedViews", "they cannot be negative")
	}
	for _, r := range []struct {
		name string
		rule *event.Rule
	}{{"Events", &o.Events}, {"Start", &o.Start}, {"End", &o.End}, {"View", &o.View}, {"Key", &o.Key}} {
		if err := r.rule.Check(); err != nil {
			return intake.Errorf(r.name, "%w", err)
		}
	}
	return nil
}

// Sessions keeps the events of each customer, and cuts them into sessions when a result is
// asked for, because an event that comes late may join two sessions or begin another.
//
// State is a row of 40 bytes for each event, and for one that did not come in a block, and
// is not Unique, 64 bytes and its id more. Of the other rows that nothing can part any more
// only the bounds and the counts are kept, which is about one row a session, unless Midnight,
// Campaign or Start is set: then any of them may still begin a session.
type Sessions struct {
	options   SessionOptions // in effect
	text      string
	campaigns *event.Keys // names of campaigns, as keys
	rows      *history.Store[visit]
	least     int64 // of the instants of rows, if there are any
	most      int64
	in        intake.Intake
}

// visit is what sessions have to know of an event, or of several events with no gap beyond
// the timeout.
type visit struct {
	span     int64 // from the first event to the last
	events   uint32
	views    uint32
	campaign event.Code
	flags    flags
}

type flags uint8

const (
	isKey flags = 1 << iota
	isStart
	isEnd
)

func (v visit) compare(o visit) int {
	return cmp.Or(cmp.Compare(v.span, o.span), cmp.Compare(v.events, o.events), cmp.Compare(v.views, o.views),
		cmp.Compare(v.flags, o.flags))
}

// NewSessions returns an accumulator without events.
func NewSessions(o SessionOptions) (*Sessions, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	in, err := intake.New(o.Subject, o.Test, o.Keys)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	o.Keys = in.Keys
	s := &Sessions{options: o, text: o.String(), in: in}
	s.reset()
	return s, nil
}

func (s *Sessions) reset() {
	s.campaigns = new(event.Keys)
	campaigns := s.campaigns
	options := history.Options[visit]{Unique: s.options.Unique, Compare: func(a, b visit) int {
		return cmp.Or(a.compare(b), compareNames(campaigns, a.campaign, b.campaign))
	}}
	if !s.options.Midnight && s.options.Campaign == "" && !s.options.delimited() {
		options.Compact = s.compact
	}
	s.rows = history.New(options)
	s.least, s.most = math.MaxInt64, math.MinInt64
	s.in.Tally = event.Tally{}
}

// compareNames orders codes by what they stand for; codes depend on the order of arrival.
func compareNames(keys *event.Keys, a, b event.Code) int {
	return cmp.Compare(nameOf(keys, a), nameOf(keys, b))
}

// nameOf returns what a code stands for, "" for none.
func nameOf(keys *event.Keys, c event.Code) string {
	if c == event.NoCode {
		return ""
	}
	return keys.Key(c)
}

// compact joins rows, none of which can come again, without a gap beyond the timeout: whatever comes
// later, they are of one session.
func (s *Sessions) compact(run []history.Row[visit]) int {
	n := 0
	for _, row := range run {
		if n > 0 && join(&run[n-1], &row, s.options.Timeout) {
			continue
		}
		run[n] = row
		n++
	}
	return n
}

// join adds row b to a, which is not after it, unless there is a gap between them.
func join(a, b *history.Row[visit], timeout time.Duration) bool {
	end := a.At + a.P.span
	events, views := uint64(a.P.events)+uint64(b.P.events), uint64(a.P.views)+uint64(b.P.views)
	if b.At-end > int64(timeout) || events > math.MaxUint32 || views > math.MaxUint32 {
		return false
	}
	a.P.span = max(end, b.At+b.P.span) - a.At
	a.P.events, a.P.views = uint32(events), uint32(views)
	a.P.flags |= b.P.flags & isKey
	return true
}

// Options returns the options in effect, with the keys in use.
func (s *Sessions) Options() SessionOptions { return s.options }

// Keys returns the keys whose codes [SessionBlock] takes for customers.
func (s *Sessions) Keys() *event.Keys { return s.in.Keys }

// Campaigns returns the keys whose codes [SessionBlock] takes for campaigns. They are others
// after UnmarshalBinary.
func (s *Sessions) Campaigns() *event.Keys { return s.campaigns }

// String returns the options that differ from the default.
func (s *Sessions) String() string { return "sessions: " + s.text }

// Report returns what became of the events.
func (s *Sessions) Report() event.Report {
	return s.in.Tally.Report(s.rows.Duplicates(s.options.Workers))
}

// Add takes in an event.
func (s *Sessions) Add(e *event.Event) {
	if !s.in.Wants(e) {
		return
	}
	o := &s.options
	v := visit{campaign: event.NoCode, events: 1}
	if o.delimited() && o.Start.Match(e) {
		v.flags |= isStart
	}
	if o.delimited() && o.End.Match(e) {
		v.flags |= isEnd
	}
	if v.flags == 0 && !o.Events.Match(e) {
		s.in.Tally.Ignored++
		return
	}
	if !isZero(&o.Key) && o.Key.Match(e) {
		v.flags |= isKey
	}
	if o.View.Match(e) {
		v.views = 1
	}
	at, ok := s.in.Instant(e, e.Time)
	if !ok {
		return
	}
	if name, ok := e.Props.String(o.Campaign); ok && o.Campaign != "" && name != "" {
		if v.campaign = s.campaigns.Code(name); v.campaign == event.NoCode {
			s.in.Refuse(e, event.TooLarge, "campaigns of one bucket")
			return
		}
	}
	code, ok := s.in.Take(e)
	if !ok {
		return
	}
	s.spread(at)
	if s.options.Unique && !s.ordered() {
		s.rows.Add(code, at, v)
		return
	}
	s.rows.AddEvent(code, e, at, v)
}

func (s *Sessions) spread(at int64) { s.least, s.most = min(s.least, at), max(s.most, at) }

// SessionBlock is a block of columns of one length. Columns other than Customer and Time may
// be nil.
type SessionBlock struct {
	Customer []event.Code // of the keys of the accumulator
	Time     []int64      // nanoseconds since 1970 UTC
	Seq      []int64      // orders rows of one instant
	View     []bool       // a page or screen was viewed
	Key      []bool       // a key event
	Start    []bool       // an event of Start, if sessions are delimited
	End      []bool       // an event of End
	Campaign []event.Code // of Campaigns; [event.NoCode] for none
}

// AddBlock takes in rows, all of which belong to sessions. On an error, which names the
// column, nothing is taken in. The caller promises that no row is added twice.
func (s *Sessions) AddBlock(b *SessionBlock) error {
	if err := s.checkBlock(b); err != nil {
		return err
	}
	visits := make([]visit, len(b.Customer))
	for i := range visits {
		v := &visits[i]
		v.events, v.campaign, v.flags = 1, event.NoCode, 0
		if b.View != nil && b.View[i] {
			v.views = 1
		}
		if b.Key != nil && b.Key[i] {
			v.flags |= isKey
		}
		if b.Start != nil && b.Start[i] {
			v.flags |= isStart
		}
		if b.End != nil && b.End[i] {
			v.flags |= isEnd
		}
		if b.Campaign != nil {
			v.campaign = b.Campaign[i]
		}
		s.spread(b.Time[i])
	}
	seq := b.Seq
	if !s.ordered() {
		seq = nil
	}
	s.rows.AddBlock(b.Customer, b.Time, seq, visits)
	s.in.Tally.Taken += int64(len(visits))
	return nil
}

// ordered reports whether the order of events of one instant matters.
func (s *Sessions) ordered() bool { return s.options.delimited() || s.options.Campaign != "" }

func (s *Sessions) checkBlock(b *SessionBlock) error {
	for _, column := range []struct {
		name         string
		given, asked bool
	}{
		{"Start", b.Start != nil, s.options.delimited()},
		{"End", b.End != nil, s.options.delimited()},
		{"Campaign", b.Campaign != nil, s.options.Campaign != ""},
	} {
		if column.given && !column.asked {
			return intake.Errorf(column.name, "the options do not ask for the column")
		}
	}
	n := len(b.Customer)
	if err := cmp.Or(s.in.CheckRows(b.Customer, b.Time), intake.CheckOptional("Seq", b.Seq, n), intake.CheckOptional("View", b.View, n),
		intake.CheckOptional("Key", b.Key, n), intake.CheckOptional("Start", b.Start, n), intake.CheckOptional("End", b.End, n),
		intake.CheckOptional("Campaign", b.Campaign, n)); err != nil {
		return err
	}
	for i, c := range b.Campaign {
		if c != event.NoCode && !s.campaigns.Has(c) {
			return intake.Errorf("Campaign", "row %d has code %#x, which Campaigns did not give", i, uint32(c))
		}
	}
	return nil
}

// Merge adds what o took in, and leaves o alone. Its options must be the same.
func (s *Sessions) Merge(o *Sessions) error {
	if s.text != o.text {
		return intake.Errorf("Sessions", "merge of one with other options: %q and %q", s.text, o.text)
	}
	s.rows.Merge(o.rows, s.in.Keys.Translation(o.in.Keys), s.adopt(o.campaigns))
	s.least, s.most = min(s.least, o.least), max(s.most, o.most)
	s.in.Tally.Merge(&o.in.Tally)
	return nil
}

// adopt returns what translates visits with campaigns of other keys, nil if there are none.
func (s *Sessions) adopt(campaigns *event.Keys) func(visit) visit {
	if campaigns.Len() == 0 {
		return nil
	}
	names := s.campaigns.Translation(campaigns)
	return func(v visit) visit {
		v.campaign = names.Code(v.campaign)
		return v
	}
}

package segment

import (
	"math"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/shopspring/decimal"
)

// Universe is whom a question is about: those outside belong to no segment, whatever they did
// or did not. The zero Universe is everybody with an event up to the instant.
type Universe struct {
	// Within, if set, is when they must have been seen: at least one event, of any kind.
	Within Within

	// Listed, if not nil, are the customers that there are, seen or not; Within does not
	// matter then.
	Listed []string
}

// AsOf is an instant with what is known then.
type AsOf struct {
	// At is the instant. What happened before it is known; the start of a day gives all of
	// the day before.
	At time.Time

	// Inclusive has what happened at the instant itself known, too. The stretches before it
	// then are closed at both ends.
	Inclusive bool

	Universe Universe
}

// Members returns who belongs to a segment.
func (b *Behaviour) Members(name string, as AsOf) (*Labels, error) {
	return b.label([]string{name}, "", as)
}

// Partition gives everybody in the universe the name of the first of the segments that they
// belong to, or else that of the rest. It is total and exclusive by its making.
func (b *Behaviour) Partition(names []string, rest string, as AsOf) (*Labels, error) {
	if rest == "" || slices.Contains(names, rest) {
		return nil, intake.Errorf("Behaviour.Partition", "the rest needs a name of its own, not %q", rest)
	}
	return b.label(names, rest, as)
}

func (b *Behaviour) label(names []string, rest string, as AsOf) (*Labels, error) {
	if _, err := intake.CheckInstant("AsOf.At", as.At); err != nil {
		return nil, err
	}
	if err := firstError(as.Universe.Within.check(), Listed(as.Universe.Listed...).check()); err != nil {
		return nil, err
	}
	list := make([]test, len(names))
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return nil, intake.Errorf("Segments", "%q is asked for twice", name)
		}
		t, ok := b.segments[name]
		if !ok {
			return nil, intake.Errorf("Segments", "there is no segment %q", name)
		}
		list[i] = t
	}
	labels := newLabels(b.in.Keys, names...)
	if rest != "" {
		labels.name(rest)
	}
	var listed [event.Buckets]map[event.Code]bool
	for _, key := range as.Universe.Listed {
		c, ok := b.in.Keys.Lookup(key)
		if !ok {
			labels.others = append(labels.others, key)
			continue
		}
		if listed[c.Bucket()] == nil {
			listed[c.Bucket()] = make(map[event.Code]bool)
		}
		listed[c.Bucket()][c] = true
	}
	workers := max(b.options.Workers, 1)
	questions := make([]*question, min(workers, event.Buckets))
	shard.Each(workers, func(worker int, bucket uint8) {
		q := questions[worker]
		if q == nil {
			q = &question{b: b, at: as.At.In(b.options.Location), inclusive: as.Inclusive, spans: make(map[Within][2]int64)}
			questions[worker] = q
		}
		found := make([]uint16, b.in.Keys.LenBucket(bucket))
		asked := make([]bool, len(found))
		ask := func(c event.Code, run []history.Row[act]) {
			asked[c.Position()] = true
			if q.set(c, run); as.Universe.Listed == nil && !q.seen(as.Universe.Within) {
				return
			}
			if as.Universe.Listed != nil && !listed[bucket][c] {
				return
			}
			found[c.Position()] = q.first(list, rest != "")
		}
		b.rows.Bucket(bucket, &q.scratch, ask)
		for c := range listed[bucket] {
			if !asked[c.Position()] {
				ask(c, nil)
			}
		}
		labels.parts[bucket] = found
	})
	b.labelUnseen(labels, list, rest != "", as)
	return labels, nil
}

// labelUnseen asks about those on the list who have no code.
func (b *Behaviour) labelUnseen(labels *Labels, list []test, rest bool, as AsOf) {
	slices.Sort(labels.others)
	labels.others = slices.Compact(labels.others)
	for _, key := range labels.others {
		q := &question{b: b, at: as.At.In(b.options.Location), inclusive: as.Inclusive, spans: make(map[Within][2]int64), key: key}
		labels.otherCodes = append(labels.otherCodes, q.first(list, rest))
	}
}

// question asks about one customer after the other.
type question struct {
	b         *Behaviour
	at        time.Time
	inclusive bool
	spans     map[Within][2]int64
	scratch   history.Scratch[act]

	key string
	run []history.Row[act] // what is known
}

func (q *question) set(c event.Code, run []history.Row[act]) {
	_, end := q.span(Within{})
	n := len(run)
	for n > 0 && run[n-1].At > end {
		n--
	}
	q.key, q.run = q.b.in.Keys.Key(c), run[:n]
}

// first returns the position plus one of the first criterion that holds; one more than all
// for the rest, or 0 if there is none.
func (q *question) first(list []test, rest bool) uint16 {
	for i, c := range list {
		if c(q) {
			return uint16(i + 1)
		}
	}
	if rest {
		return uint16(len(list) + 1)
	}
	return 0
}

// span returns the first and last instant of a stretch of time.
func (q *question) span(w Within) (first, last int64) {
	if s, ok := q.spans[w]; ok {
		return s[0], s[1]
	}
	first, last = math.MinInt64, q.before(w.Until)
	if w.Days > 0 {
		first = q.before(w.Days)
	}
	if !q.inclusive || w.Until > 0 {
		last--
	}
	q.spans[w] = [2]int64{first, last}
	return first, last
}

// before returns the instant a number of days before.
func (q *question) before(days int) int64 {
	if days == 0 {
		return q.at.UnixNano()
	}
	p, err := metric.Rolling(days, q.at)
	if err != nil {
		return intake.Start
	}
	return intake.Clamp(p.Start())
}

func (q *question) seen(w Within) bool {
	first, last := q.span(w)
	for i := range q.run {
		if at := q.run[i].At; at >= first && at <= last {
			return true
		}
	}
	return false
}

// each calls do for the events with a bit in a stretch, in order, until it returns false.
func (q *question) each(bit uint64, w Within, do func(row *history.Row[act]) bool) {
	first, last := q.span(w)
	for i := range q.run {
		row := &q.run[i]
		if row.P.Mask&bit != 0 && row.At >= first && row.At <= last && !do(row) {
			return
		}
	}
}

// test says whether the customer of a question meets a criterion.
type test func(q *question) bool

// bit returns the bit of a selector.
func (b *Behaviour) bit(s selector) uint64 { return 1 << b.bits[s.text()] }

func (d Did) compile(b *Behaviour) test {
	bit := b.bit(selector{rule: d.Event})
	return func(q *question) bool {
		n := int64(0)
		q.each(bit, d.Within, func(*history.Row[act]) bool { n++; return true })
		return d.Times.holds(decimal.New(n, 0))
	}
}

func (a Aggregate) compile(b *Behaviour) test {
	bit, column := b.bit(selector{rule: a.Event}), b.position[a.Of]
	return func(q *question) bool {
		var list []metric.Number
		q.each(bit, a.Within, func(row *history.Row[act]) bool {
			if d, ok := value(b.valuesText(row.P.Values), column); ok {
				if n, err := metric.NewNumber(d); err == nil {
					list = append(list, n)
				}
			}
			return true
		})
		d, err := metric.NewDistribution(list...)
		if err != nil {
			return false
		}
		v, err := a.of(d)
		if err != nil {
			return false
		}
		number, ok := v.Decimal()
		return ok && a.Is.holds(number)
	}
}

func (a Aggregate) of(d metric.Distribution[metric.Number]) (metric.Value, error) {
	one := func(n metric.Number, err error) (metric.Value, error) {
		if err != nil {
			return metric.Value{}, err
		}
		return metric.ValueOf(n), nil
	}
	switch a.By {
	case Mean:
		return d.Mean()
	case Minimum:
		return one(d.Min())
	case Maximum:
		return one(d.Max())
	case Median:
		return d.Median()
	case Percentile:
		return d.Percentile(a.Percent)
	}
	if d.Len() == 0 {
		return metric.Value{}, metric.EmptyPopulation
	}
	return one(d.Sum())
}

func (f FirstTime) compile(b *Behaviour) test {
	bit := b.bit(selector{rule: f.Event})
	return func(q *question) bool {
		first, last := q.span(f.Within)
		met := false
		q.each(bit, Within{}, func(row *history.Row[act]) bool {
			met = row.At >= first && row.At <= last
			return false
		})
		return met
	}
}

func (s Sequence) compile(b *Behaviour) test {
	steps := make([]uint64, len(s.Steps))
	for i, step := range s.Steps {
		steps[i] = b.bit(selector{rule: step})
	}
	return func(q *question) bool {
		first, last := q.span(s.Within)
		next := 0
		for i := range q.run {
			row := &q.run[i]
			if row.P.Mask&steps[next] == 0 || row.At < first || row.At > last {
				continue
			}
			if next++; next == len(steps) {
				return true
			}
		}
		return false
	}
}

func (r Regularly) compile(b *Behaviour) test {
	bit := b.bit(selector{rule: r.Event})
	return func(q *question) bool {
		n := int64(0)
		var current metric.Period
		q.each(bit, r.Within, func(row *history.Row[act]) bool {
			at := time.Unix(0, row.At)
			if current.Contains(at) {
				return true
			}
			if p, err := metric.PeriodOf(at, r.unit(), b.options.Location); err == nil {
				current = p
				n++
			}
			return true
		})
		return r.Periods.holds(decimal.New(n, 0))
	}
}

func (t Trait) compile(b *Behaviour) test {
	stated, holds := b.bit(t.stated()), b.bit(t.holds())
	return func(q *question) bool {
		for i := len(q.run) - 1; i >= 0; i-- {
			if mask := q.run[i].P.Mask; mask&stated != 0 {
				return mask&holds != 0
			}
		}
		return t.Is.Op == event.Absent
	}
}

func (l listed) compile(*Behaviour) test {
	return func(q *question) bool {
		_, ok := slices.BinarySearch(l, q.key)
		return ok
	}
}

func (a And) compile(b *Behaviour) test {
	tests := compileAll(b, a)
	return func(q *question) bool {
		for _, t := range tests {
			if !t(q) {
				return false
			}
		}
		return true
	}
}

func (o Or) compile(b *Behaviour) test {
	tests := compileAll(b, o)
	return func(q *question) bool { return slices.ContainsFunc(tests, func(t test) bool { return t(q) }) }
}

func compileAll(b *Behaviour, list []Criterion) []test {
	tests := make([]test, len(list))
	for i, c := range list {
		tests[i] = c.compile(b)
	}
	return tests
}

func (n not) compile(b *Behaviour) test {
	t := n.criterion.compile(b)
	return func(q *question) bool { return !t(q) }
}

// First returns the instant of the first event that a rule of the segments means, for each
// customer who has one up to the instant; see [Cohorts].
func (b *Behaviour) First(rule event.Rule, as AsOf) (map[string]time.Time, error) {
	bit, ok := b.bits[(&selector{rule: rule}).text()]
	if !ok {
		return nil, intake.Errorf("event.Rule", "no segment of the options names %q", rule)
	}
	if _, err := intake.CheckInstant("AsOf.At", as.At); err != nil {
		return nil, err
	}
	first := make(map[string]time.Time)
	q := &question{b: b, at: as.At.In(b.options.Location), inclusive: as.Inclusive, spans: make(map[Within][2]int64)}
	for bucket := range event.Buckets {
		b.rows.Bucket(uint8(bucket), &q.scratch, func(c event.Code, run []history.Row[act]) {
			q.set(c, run)
			for i := range q.run {
				if q.run[i].P.Mask>>bit&1 == 1 {
					first[q.key] = time.Unix(0, q.run[i].At).In(b.options.Location)
					return
				}
			}
		})
	}
	return first, nil
}

package capture

import (
	"bytes"
	"cmp"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// durationCalculator measures the time from the first opening to the first closing event
// of each object. Either may arrive first, and an earlier one may arrive at any time, so
// both are kept for ever: 56 bytes an object and 4 bytes for each key of the space; and for
// an event that has a source, an id, a sequence number or a time of record, 48 bytes and the
// length of the id.
type durationCalculator struct {
	space   int
	slots   []uint32 // of each code: position in objects; 0 for none
	objects pool[object]
	ties    pool[tie]
	ids     []byte // of ties
	rejections
}

// object is what is known of one object.
type object struct {
	from, until moment
	key         Code
}

// moment is the first event of an object, as far as known.
type moment struct {
	time    int64
	at      int64 // when it took effect
	segment uint32
	tie     uint32 // position in ties, plus one; 1 for an event without, 0 for no event
}

func (m *moment) known() bool { return m.tie != 0 }

// tie is what is left to order events of one instant by.
type tie struct {
	seq, recorded int64
	source        uint32
	idLength      uint32
	idOffset      int
	content       hash
}

// notRecorded is the time of record of an event that states none: before all others.
const notRecorded = math.MinInt64

// occurrence is one event on its way to become a moment. Its texts are not yet kept.
type occurrence struct {
	time, seq, recorded, at int64
	segment                 uint32
	source                  uint32
	id                      string
	content                 hash
}

// occurrence returns row i.
func (t *table) occurrence(i int) occurrence {
	o := occurrence{time: t.at[i], recorded: notRecorded, at: t.at[i]}
	if t.segments != nil {
		o.segment = uint32(t.segments[i])
	}
	if w := &t.order; w.time != nil {
		o.time, o.seq, o.recorded = w.time[i], w.seq[i], w.recorded[i]
		o.source, o.id, o.content = w.source[i], w.id[i], w.content[i]
	}
	return o
}

func (k *durationCalculator) fold(b *batch, u *use) {
	keys, outcomes := b.columns[u.column].keys, b.filters[u.filter]
	for i, key := range keys {
		if outcomes != nil && outcomes[i]&holds == 0 {
			continue
		}
		if !isKey(key) {
			k.rejectRow(b, u, i, keyReason(key))
			continue
		}
		o := b.occurrence(i)
		k.offer(key, u.until, &o, b.names)
	}
}

// offer takes in an event of an object.
func (k *durationCalculator) offer(key Code, until bool, o *occurrence, n *dictionary) {
	object := k.object(key)
	m := &object.from
	if until {
		m = &object.until
	}
	if !m.known() || k.compare(o, m, n) < 0 {
		k.store(m, o)
	}
}

// object returns the object with the given key, which it makes if it is new.
func (k *durationCalculator) object(key Code) *object {
	k.slots = grown(k.slots, int(key)+1)
	slot := &k.slots[key]
	if *slot == 0 {
		*slot = k.objects.add()
		k.objects.at(*slot).key = key
	}
	return k.objects.at(*slot)
}

// compare orders events as event.Compare does, but content by its hash. Rows of blocks have
// none, and are told apart by what they do: their segments, then their instants.
func (k *durationCalculator) compare(o *occurrence, m *moment, n *dictionary) int {
	if c := cmp.Compare(o.time, m.time); c != 0 {
		return c
	}
	t := k.tie(m)
	if c := cmp.Or(cmp.Compare(o.seq, t.seq), cmp.Compare(o.recorded, t.recorded)); c != 0 {
		return c
	}
	if c := strings.Compare(n.sources.texts[o.source], n.sources.texts[t.source]); c != 0 {
		return c
	}
	if c := compareID(o.id, k.id(&t)); c != 0 {
		return c
	}
	return cmp.Or(
		bytes.Compare(o.content[:], t.content[:]),
		strings.Compare(n.segments.texts[o.segment], n.segments.texts[m.segment]),
		cmp.Compare(o.at, m.at),
	)
}

// noTie is the tie of an event that has none of what a tie holds.
var noTie = tie{recorded: notRecorded}

func (k *durationCalculator) tie(m *moment) tie {
	if m.tie <= 1 {
		return noTie
	}
	return *k.ties.at(m.tie - 1)
}

func (k *durationCalculator) id(t *tie) []byte { return k.ids[t.idOffset:][:t.idLength] }

// compareID compares without making a string of b.
func compareID(a string, b []byte) int {
	switch {
	case a == string(b):
		return 0
	case a < string(b):
		return -1
	}
	return 1
}

// store puts an event in the place of m, with texts of its own.
func (k *durationCalculator) store(m *moment, o *occurrence) {
	position := max(m.tie, 1)
	t := tie{seq: o.seq, recorded: o.recorded, source: o.source, content: o.content}
	if o.id != "" {
		t.idLength, t.idOffset = uint32(len(o.id)), len(k.ids)
		k.ids = append(k.ids, o.id...)
	}
	switch {
	case position > 1:
		*k.ties.at(position - 1) = t
	case t != noTie:
		position = k.ties.add() + 1
		*k.ties.at(position - 1) = t
	}
	*m = moment{time: o.time, at: o.at, segment: o.segment, tie: position}
}

// occurrence returns m as it was offered.
func (k *durationCalculator) occurrence(m *moment) occurrence {
	t := k.tie(m)
	return occurrence{
		time: m.time, seq: t.seq, recorded: t.recorded, at: m.at, segment: m.segment,
		source: t.source, id: string(k.id(&t)), content: t.content,
	}
}

func (k *durationCalculator) merge(other calculator, tr *translation) {
	o := other.(*durationCalculator)
	for object := range o.objects.all {
		key := tr.key(k.space, object.key)
		for _, m := range [...]*moment{&object.from, &object.until} {
			if m.known() {
				event := o.occurrence(m)
				event.segment, event.source = tr.segment(event.segment), tr.source(event.source)
				k.offer(key, m == &object.until, &event, tr.to)
			}
		}
	}
	k.rejections.merge(&o.rejections)
}

// fault says why an object has no duration and will have none, "" if it has one or is open.
func (o *object) fault() string {
	switch {
	case !o.from.known():
		return ReasonMissingStart
	case !o.until.known():
		return ""
	case o.until.at < o.from.at:
		return ReasonEndsBeforeStart
	case !spanFits(o.from.at, o.until.at):
		return ReasonOutOfRange
	}
	return ""
}

// spanFits reports whether 64 bits hold the time between two instants, the later one last.
func spanFits(from, until int64) bool { return uint64(until)-uint64(from) <= math.MaxInt64 }

// finish measures the objects that have both events.
func (k *durationCalculator) finish(g *grid) result {
	r := &durationResult{rejections: k.rejections.clone()}
	list := valueList{tag: scaleTag(9)}
	for o := range k.objects.all {
		if reason := o.fault(); reason != "" {
			r.rejections.add(reason, o.until.at, 1, func() string { return g.objectText(o) + " at " + instantText(o.until.at) })
		} else if !o.until.known() {
			r.open++
		} else if atom := g.timeline.atom(o.until.at); atom >= 0 {
			list.add(int(g.timeline.cell(atom, o.from.segment)), o.until.at-o.from.at)
		}
	}
	r.valuesResult = &valuesResult{&valuesCalculator{
		kind:  metric.DistributionOf(metric.KindDuration),
		lists: []valueList{list},
	}, &g.currencies}
	return r
}

// objectText names an object.
func (g *grid) objectText(o *object) string {
	return g.rule.capture.Object + " " + quote(g.spaces[g.rule.space].text(o.key))
}

// durationResult answers for a durationCalculator.
type durationResult struct {
	*valuesResult
	rejections rejections
	open       int64
}

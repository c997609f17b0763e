package capture

import (
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// table holds what the rules read of the events of one stream, one event a row, one
// attribute a column. Whatever the surface, this is what calculators are given.
type table struct {
	stream   *stream
	at       []int64       // when the event took effect
	segments []SegmentCode // nil: segment 0 on every row
	filters  [][]uint8     // outcome of each filter; nil: holds on every row
	columns  []column      // of the stream
	order    order         // if the order of the stream's events matters
}

// column is one attribute on every row.
type column struct {
	keys  []Code  // of a key column
	texts texts   // of keys that are not looked up yet, one for each row, or none
	units []int64 // of any other, as its tag says
	tags  []tag   // nil: each row has the tag all
	all   tag
	big   []decimal.Decimal // where units points to under the tag bigNumber
}

// order holds what events are ordered by, see event.Compare. It is empty for rows of
// blocks, which have their instants only.
type order struct {
	time, seq, recorded []int64
	source              []uint32
	id                  []string
	content             []hash
}

// keepID gives the id of the last row memory of its own, so that it does not hold on to the
// line of input that it was cut from.
func (o *order) keepID() {
	if last := len(o.id) - 1; last >= 0 {
		o.id[last] = strings.Clone(o.id[last])
	}
}

// len returns the number of rows.
func (t *table) len() int { return len(t.at) }

func newTable(s *stream, capacity int) *table {
	t := &table{stream: s, at: make([]int64, 0, capacity), segments: make([]SegmentCode, 0, capacity)}
	t.filters = make([][]uint8, len(s.filters))
	t.columns = make([]column, len(s.columns))
	if capacity == 0 {
		return t
	}
	for i, f := range s.filters {
		if len(f) > 0 {
			t.filters[i] = make([]uint8, 0, capacity)
		}
	}
	for i := range s.columns {
		if c := &t.columns[i]; s.columns[i].kind == keyColumn {
			c.keys = make([]Code, 0, capacity)
		} else {
			c.units, c.tags = make([]int64, 0, capacity), make([]tag, 0, capacity)
		}
	}
	return t
}

// lookUp gives the keys of all rows their codes.
func (t *table) lookUp(d *dictionary) {
	for i := range t.columns {
		if c := &t.columns[i]; c.texts.len() > 0 {
			d.spaces[t.stream.columns[i].space].lookUp(&c.texts, c.keys)
			c.texts.reset()
		}
	}
}

// reset removes all rows and keeps the room.
func (t *table) reset() { t.truncate(0) }

// truncate keeps the first n rows.
func (t *table) truncate(n int) {
	t.at = t.at[:n]
	t.segments = t.segments[:n]
	for i := range t.filters {
		t.filters[i] = cut(t.filters[i], n)
	}
	for i := range t.columns {
		col := &t.columns[i]
		col.keys, col.units, col.tags = cut(col.keys, n), cut(col.units, n), cut(col.tags, n)
		if n == 0 {
			col.big = col.big[:0]
		}
	}
	o := &t.order
	o.time, o.seq, o.recorded = cut(o.time, n), cut(o.seq, n), cut(o.recorded, n)
	o.source, o.id, o.content = cut(o.source, n), cut(o.id, n), cut(o.content, n)
}

// cut is list[:n] for a column that may not be there.
func cut[E any](list []E, n int) []E {
	if list == nil {
		return nil
	}
	clear(list[n:])
	return list[:n]
}

// replace moves the last row of another table of the same stream, or of t, to row i.
func (t *table) replace(i int, o *table) {
	n := o.len() - 1
	t.at[i], t.segments[i] = o.at[n], o.segments[n]
	for f := range t.filters {
		move(t.filters[f], i, o.filters[f], n)
	}
	for c := range t.columns {
		to, from := &t.columns[c], &o.columns[c]
		move(to.keys, i, from.keys, n)
		move(to.units, i, from.units, n)
		move(to.tags, i, from.tags, n)
		if t != o && to.tags != nil && to.tags[i] == bigNumber {
			to.units[i] = to.addBig(from.big[from.units[n]])
		}
	}
	a, b := &t.order, &o.order
	move(a.time, i, b.time, n)
	move(a.seq, i, b.seq, n)
	move(a.recorded, i, b.recorded, n)
	move(a.source, i, b.source, n)
	move(a.id, i, b.id, n)
	move(a.content, i, b.content, n)
	o.truncate(n)
}

func move[E any](list []E, to int, other []E, from int) {
	if list != nil {
		list[to] = other[from]
	}
}

// rows returns the rows in the range from one up to another, which share their memory
// with t.
func (t *table) rows(from, to int) *table {
	part := &table{
		stream:   t.stream,
		at:       t.at[from:to],
		segments: slice(t.segments, from, to),
		filters:  make([][]uint8, len(t.filters)),
		columns:  make([]column, len(t.columns)),
	}
	for i, f := range t.filters {
		part.filters[i] = slice(f, from, to)
	}
	for i, c := range t.columns {
		part.columns[i] = column{
			keys: slice(c.keys, from, to), units: slice(c.units, from, to), tags: slice(c.tags, from, to),
			all: c.all, big: c.big,
		}
	}
	o := &t.order
	part.order = order{
		time: slice(o.time, from, to), seq: slice(o.seq, from, to), recorded: slice(o.recorded, from, to),
		source: slice(o.source, from, to), id: slice(o.id, from, to), content: slice(o.content, from, to),
	}
	return part
}

func slice[E any](list []E, from, to int) []E {
	if list == nil {
		return nil
	}
	return list[from:to]
}

// append adds a row for e.
func (c *Collector) append(t *table, e *event.Event, stamp *stamp, segment SegmentCode) {
	s := t.stream
	t.at = append(t.at, stamp.at)
	t.segments = append(t.segments, segment)
	for i := range s.filters {
		if len(s.filters[i]) > 0 {
			t.filters[i] = append(t.filters[i], s.filters[i].test(e.Props))
		}
	}
	currency := absent
	if s.money {
		code, _ := e.Props.String(currencyAttr)
		currency = c.currencies.tagOf(code)
	}
	for i := range s.columns {
		spec := &s.columns[i]
		if spec.kind == keyColumn {
			c.readKey(&t.columns[i], e, spec)
		} else {
			t.columns[i].read(e.Props, spec, currency)
		}
	}
	if s.ordered {
		o := &t.order
		o.time = append(o.time, stamp.time)
		o.seq = append(o.seq, stamp.seq)
		o.recorded = append(o.recorded, stamp.recorded)
		o.source = append(o.source, c.sources.code(e.Source))
		o.id = append(o.id, e.ID)
		o.content = append(o.content, stamp.content)
	}
}

// readKey adds a key of e, as a text to look up if there is one.
func (c *Collector) readKey(col *column, e *event.Event, spec *columnSpec) {
	code := NoKey
	switch spec.name {
	case customerKey:
		col.texts.add(c.plan.options.Subject.key(e))
	case sessionKey:
		col.texts.add(e.SessionID)
	default:
		if text, ok := e.Props.String(spec.name); ok {
			col.texts.add(text)
		} else {
			code = col.texts.addOther(e.Props, spec.name)
		}
	}
	col.keys = append(col.keys, code)
}

// addOther adds an attribute that is not a text: nothing, if it is absent or, as the code
// says, cannot be a key.
func (t *texts) addOther(p event.Props, name string) Code {
	value, ok := p.Get(name)
	code := NoKey
	if n, isInt := value.Int(); isInt {
		t.bytes = strconv.AppendInt(t.bytes, n, 10)
	} else if d, isDecimal := value.Decimal(); isDecimal {
		t.bytes = exact.AppendDecimal(t.bytes, d)
	} else if ok {
		code = wrongKey
	}
	t.add("")
	return code
}

// currencyAttr is the attribute with the currency of all amounts of an event.
const currencyAttr = "currency"

// read adds the value of a column that is not of keys.
func (c *column) read(p event.Props, spec *columnSpec, currency tag) {
	n, ok := p.Int(spec.name)
	t := scaleTag(0)
	switch {
	case !ok:
		n, t = c.readOther(p, spec)
	case spec.kind == moneyColumn:
		t = currency
	}
	c.units = append(c.units, n)
	c.tags = append(c.tags, t)
}

// readOther reads what is not a whole number of 64 bits.
func (c *column) readOther(p event.Props, spec *columnSpec) (int64, tag) {
	value, ok := p.Get(spec.name)
	if !ok {
		return 0, absent
	}
	d, ok := value.Decimal()
	if !ok || spec.kind != numberColumn {
		return 0, wrongType
	}
	if scale := -d.Exponent(); scale >= 0 && scale <= maxScale {
		if units, ok := exact.Minor(d, uint8(scale)); ok {
			return units, scaleTag(uint8(scale))
		}
	}
	return c.addBig(d), bigNumber
}

// addBig returns the units of a number under the tag bigNumber.
func (c *column) addBig(d decimal.Decimal) int64 {
	c.big = append(c.big, d)
	return int64(len(c.big) - 1)
}

// tag returns the tag of row i.
func (c *column) tag(i int) tag {
	if c.tags == nil {
		return c.all
	}
	return c.tags[i]
}

// appendFrom adds row i of another table of the same stream, and translates its codes.
func (t *table) appendFrom(o *table, i int, tr *translation) {
	t.at = append(t.at, o.at[i])
	t.segments = append(t.segments, SegmentCode(tr.segment(uint32(o.segments[i]))))
	for f := range o.filters {
		if o.filters[f] != nil {
			t.filters[f] = append(t.filters[f], o.filters[f][i])
		}
	}
	for n := range o.columns {
		spec, from, to := &o.stream.columns[n], &o.columns[n], &t.columns[n]
		if spec.kind == keyColumn {
			to.keys = append(to.keys, tr.key(spec.space, from.keys[i]))
			if from.texts.len() > 0 {
				to.texts.add(string(from.texts.at(i)))
			}
			continue
		}
		units, tag := from.units[i], from.tags[i]
		switch {
		case tag == bigNumber:
			units = to.addBig(from.big[units])
		case spec.kind == moneyColumn && tag.isValue():
			tag = tr.currency(tag)
		}
		to.units = append(to.units, units)
		to.tags = append(to.tags, tag)
	}
	if t.stream.ordered {
		a, b := &t.order, &o.order
		a.time = append(a.time, b.time[i])
		a.seq = append(a.seq, b.seq[i])
		a.recorded = append(a.recorded, b.recorded[i])
		a.source = append(a.source, tr.source(b.source[i]))
		a.id = append(a.id, b.id[i])
		a.content = append(a.content, b.content[i])
	}
}

// evidence is what the events of one stream show apart from any value: a metric is known
// only if they show that it could have been counted.
type evidence struct {
	events     int64
	occurred   []bool  // of each column, whether some event had a value
	decided    []bool  // of each filter, whether it was decided on some event
	currencies [][]tag // of each money column, ascending
}

func newEvidence(s *stream) evidence {
	return evidence{
		occurred:   make([]bool, len(s.columns)),
		decided:    make([]bool, len(s.filters)),
		currencies: make([][]tag, len(s.columns)),
	}
}

// see takes in the rows of a table.
func (v *evidence) see(t *table) {
	v.events += int64(t.len())
	for i, outcomes := range t.filters {
		v.decided[i] = v.decided[i] || t.len() > 0 && (outcomes == nil ||
			slices.ContainsFunc(outcomes, func(o uint8) bool { return o&decided != 0 }))
	}
	for i := range t.columns {
		c := &t.columns[i]
		switch {
		case t.stream.columns[i].kind == moneyColumn:
			v.seeMoney(i, c, t.len())
		case v.occurred[i]:
		case c.keys != nil:
			v.occurred[i] = slices.ContainsFunc(c.keys, isKey)
		case c.tags != nil:
			v.occurred[i] = slices.ContainsFunc(c.tags, tag.isValue)
		default:
			v.occurred[i] = t.len() > 0 && c.all.isValue()
		}
	}
}

func (v *evidence) seeMoney(i int, c *column, rows int) {
	last := absent
	for row := range rows {
		t := c.tag(row)
		if t != last && t.isValue() {
			v.occurred[i] = true
			v.currencies[i] = insert(v.currencies[i], t)
		}
		last = t
		if c.tags == nil {
			return
		}
	}
}

// insert adds t to an ascending list without repetition.
func insert(list []tag, t tag) []tag {
	i, found := slices.BinarySearch(list, t)
	if found {
		return list
	}
	return slices.Insert(list, i, t)
}

func (v *evidence) merge(o *evidence, tr *translation) {
	v.events += o.events
	for i := range o.occurred {
		v.occurred[i] = v.occurred[i] || o.occurred[i]
	}
	for i := range o.decided {
		v.decided[i] = v.decided[i] || o.decided[i]
	}
	for i := range o.currencies {
		for _, t := range o.currencies[i] {
			v.currencies[i] = insert(v.currencies[i], tr.currency(t))
		}
	}
}

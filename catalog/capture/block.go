package capture

import (
	"math"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Block is a number of events of one name as columns, all of one length. Its events are
// taken to be different from each other and from all others: nothing is remembered of them
// once they are counted.
//
// A column that no metric asks for may be left out, and does no harm. One that a metric asks
// for and that is left out is an attribute that no event of the block has.
type Block struct {
	Event    string        // canonical name
	Time     []int64       // when each event took effect, in nanoseconds since 1970 UTC
	Customer []Code        // of the space "customer", or nil
	Segment  []SegmentCode // or nil, for the segment with the empty name
	Columns  []Column
}

// Column is one attribute on every row of a block. Exactly one of Ints, Keys and Bools is
// set; an empty one that is not nil is set.
type Column struct {
	Name     string          // of the attribute, or "session"
	Ints     []int64         // numbers in units of 10^-Scale
	Scale    uint8           // of Ints, 0 to 18
	Currency metric.Currency // of Ints that are money in minor units; Scale is 0 then
	Keys     []Code          // texts, as codes of the space called Name; NoKey where absent
	Bools    []bool
}

// Key returns the code of a key in a space: "customer", "session", or the name of an
// attribute. The empty key is absent, [NoKey]. It costs a look into a map, so call it once
// for a key where the keys are known beforehand.
func (c *Collector) Key(space, text string) Code {
	if c.plan == nil {
		return NoKey
	}
	return c.dictionary.space(c.plan, space).code(text)
}

// SegmentCode returns the code of a segment, or one that [Collector.AddBlock] refuses if
// there are 100,000 others.
func (c *Collector) SegmentCode(name string) SegmentCode {
	if c.plan == nil {
		return noSegment
	}
	code, known := c.segments.known(name)
	if known {
		return SegmentCode(code)
	}
	if len(c.segments.texts) >= maxSegments(c.plan.timeline) {
		return noSegment
	}
	return SegmentCode(c.segments.code(name))
}

// mostSegments bounds the segments, each of which has a cell in every atom: a name made of
// something like an id by mistake is to be reported before it fills the memory.
const mostSegments = 100_000

// maxSegments returns how many segments there may be. The cells of all have numbers.
func maxSegments(tl *timeline) int {
	return int(min(mostSegments, (math.MaxUint32-1)/uint64(tl.atoms)))
}

// AddBlock takes in the events of a block. The error is a [metric.ErrInput] that names the
// column it is about, and nothing of the block is taken in then: columns of different
// lengths, codes that c did not give, times out of range, or an attribute that is not given
// in the way a metric reads it: keys to tell things apart by, integers to add up or collect,
// and for money a currency with them.
//
// The block is the caller's again when AddBlock returns.
func (c *Collector) AddBlock(b *Block) error {
	if c.plan == nil {
		return errZero
	}
	if err := c.check(b); err != nil {
		return err
	}
	s := c.plan.stream(b.Event)
	if s == nil {
		c.passOver(b.Time)
		return nil
	}
	t, err := c.table(s, b)
	if err != nil {
		return err
	}
	outcomes := make([][]uint8, len(s.filters))
	for from := 0; from < len(b.Time); from += batchRows {
		to := min(from+batchRows, len(b.Time))
		part := t.rows(from, to)
		for i, f := range s.filters {
			if len(f) > 0 {
				outcomes[i] = c.testRows(outcomes[i], f, b, from, to)
				part.filters[i] = outcomes[i]
			}
		}
		c.folded.fold(part, c.dictionary)
	}
	return nil
}

// passOver counts events that no rule reads.
func (c *Collector) passOver(times []int64) {
	c.folded.events += int64(len(times))
	for _, t := range times {
		if c.plan.timeline.atom(t) < 0 {
			c.folded.outside++
		}
	}
}

// check refuses a block that is malformed, whatever the rules.
func (c *Collector) check(b *Block) error {
	rows := len(b.Time)
	if b.Event == "" || event.Fold(b.Event) != b.Event {
		return inputErrorf("block: event %s is not a canonical name", quote(b.Event))
	}
	for _, t := range b.Time {
		if t < firstNano || t >= endNano {
			return b.errorf("Time", "%d is not within the years 1678 to 2261", t)
		}
	}
	if b.Customer != nil {
		if len(b.Customer) != rows {
			return b.errorf("Customer", "%d rows, want %d", len(b.Customer), rows)
		}
		if err := c.checkKeys(b, "Customer", customerKey, b.Customer); err != nil {
			return err
		}
	}
	if b.Segment != nil && len(b.Segment) != rows {
		return b.errorf("Segment", "%d rows, want %d", len(b.Segment), rows)
	}
	for _, code := range b.Segment {
		if int64(code) >= int64(len(c.segments.texts)) {
			return b.errorf("Segment", "code %d was not given by this collector", code)
		}
	}
	for i := range b.Columns {
		if err := c.checkColumn(b, i); err != nil {
			return err
		}
	}
	return nil
}

func (c *Collector) checkColumn(b *Block, i int) error {
	col := &b.Columns[i]
	set := 0
	for _, is := range [...]bool{col.Ints != nil, col.Keys != nil, col.Bools != nil} {
		set += truth(is)
	}
	rows := len(col.Ints) + len(col.Keys) + len(col.Bools)
	switch {
	case col.Name == "" || col.Name == customerKey:
		return b.errorf(col.Name, "not a name that a column can have")
	case set != 1:
		return b.errorf(col.Name, "%d of Ints, Keys and Bools are set, want one", set)
	case rows != len(b.Time):
		return b.errorf(col.Name, "%d rows, want %d", rows, len(b.Time))
	case col.Ints == nil && (col.Scale != 0 || !col.Currency.IsZero()):
		return b.errorf(col.Name, "a scale or a currency without Ints")
	case col.Scale > maxScale || col.Scale != 0 && !col.Currency.IsZero():
		return b.errorf(col.Name, "scale %d, want 0 to %d, and 0 for money", col.Scale, maxScale)
	}
	for j := range i {
		if b.Columns[j].Name == col.Name {
			return b.errorf(col.Name, "given twice")
		}
	}
	return c.checkKeys(b, col.Name, col.Name, col.Keys)
}

func (c *Collector) checkKeys(b *Block, column, space string, keys []Code) error {
	if len(keys) == 0 {
		return nil
	}
	known := c.dictionary.known(c.plan, space)
	for _, code := range keys {
		if code != NoKey && (known == nil || !known.has(code)) {
			return b.errorf(column, "code %d was not given by this collector", code)
		}
	}
	return nil
}

func (b *Block) errorf(column, format string, args ...any) error {
	args = append([]any{quote(b.Event), quote(column)}, args...)
	return inputErrorf("block of %s: column %s: "+format, args...)
}

// column returns the column with the given name, or nil.
func (b *Block) column(name string) *Column {
	for i := range b.Columns {
		if b.Columns[i].Name == name {
			return &b.Columns[i]
		}
	}
	return nil
}

// table returns the columns of a block as those that the rules read. It shares their memory.
func (c *Collector) table(s *stream, b *Block) (*table, error) {
	t := &table{stream: s, at: b.Time, segments: b.Segment}
	t.filters = make([][]uint8, len(s.filters))
	t.columns = make([]column, len(s.columns))
	for i := range s.columns {
		var err error
		if t.columns[i], err = c.read(b, &s.columns[i]); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// read returns the column of a block that a rule asks for.
func (c *Collector) read(b *Block, spec *columnSpec) (column, error) {
	if spec.kind == keyColumn {
		return b.readKeys(spec.name)
	}
	given := b.column(spec.name)
	switch {
	case given == nil:
		return column{all: absent}, nil
	case given.Ints == nil:
		return column{}, b.errorf(spec.name, "a metric reads numbers, give Ints")
	case spec.kind == wholeColumn && given.Scale != 0:
		return column{}, b.errorf(spec.name, "a metric counts whole things, give Ints of scale 0")
	case spec.kind == moneyColumn && given.Currency.IsZero():
		return column{}, b.errorf(spec.name, "a metric reads money, give Ints with a Currency")
	}
	if spec.kind == moneyColumn {
		return column{units: given.Ints, all: c.currencies.tag(given.Currency)}, nil
	}
	return column{units: given.Ints, all: scaleTag(given.Scale)}, nil
}

func (b *Block) readKeys(name string) (column, error) {
	keys := b.Customer
	if name != customerKey {
		keys = nil
		if given := b.column(name); given != nil {
			if given.Keys == nil {
				return column{}, b.errorf(name, "a metric tells its values apart, give Keys")
			}
			keys = given.Keys
		}
	}
	if keys == nil {
		keys = make([]Code, len(b.Time))
		for i := range keys {
			keys[i] = NoKey
		}
	}
	return column{keys: keys}, nil
}

// testRows returns the outcomes of a filter on a range of rows, in the memory given.
func (c *Collector) testRows(outcomes []uint8, f filter, b *Block, from, to int) []uint8 {
	outcomes = grown(outcomes, to-from)[:to-from]
	for i := range outcomes {
		outcomes[i] = holds | decided
	}
	for i := range f {
		f[i].testColumn(b, c, from, outcomes)
	}
	return outcomes
}

// testColumn tests the column with the condition's attribute from a row on, and takes away
// from outcomes what the test does not leave.
func (n *condition) testColumn(b *Block, c *Collector, from int, outcomes []uint8) {
	to := from + len(outcomes)
	switch given := b.column(n.attr); {
	case given == nil:
		restrict(outcomes, n.testAbsent())
	case given.Ints != nil:
		n.testInts(given.Ints[from:to], given.Scale, outcomes)
	case given.Bools != nil:
		n.testBools(given.Bools[from:to], outcomes)
	default:
		n.testKeys(given.Keys[from:to], c.dictionary.known(c.plan, n.attr), outcomes)
	}
}

func restrict(outcomes []uint8, to uint8) {
	for i := range outcomes {
		outcomes[i] &= to
	}
}

// byOrder returns the outcomes for values less than, equal to, and greater than the constant.
func (n *condition) byOrder() [3]uint8 {
	return [3]uint8{outcome(n.op.includes(-1)), outcome(n.op.includes(0)), outcome(n.op.includes(1))}
}

// testInts tests numbers in units of 10^-scale.
func (n *condition) testInts(given []int64, scale uint8, outcomes []uint8) {
	if !n.isNumber() {
		restrict(outcomes, n.testOther())
		return
	}
	low, high, some := n.interval(scale)
	inside, beyond := outcome(true), outcome(false)
	if n.op == unequal {
		inside, beyond = beyond, inside
	}
	if !some {
		restrict(outcomes, beyond)
		return
	}
	width := uint64(high) - uint64(low)
	for i, units := range given {
		if uint64(units)-uint64(low) <= width {
			outcomes[i] &= inside
		} else {
			outcomes[i] &= beyond
		}
	}
}

// interval returns the least and the greatest number of units of 10^-scale that pass the
// test, or, if it is "!=", that fail it. It is false if there are none.
func (n *condition) interval(scale uint8) (low, high int64, some bool) {
	constant := exact.FromDecimal(n.number.Shift(int32(scale)))
	floor, ceiling := constant.Round(0, exact.Floor), constant.Round(0, exact.Ceiling)
	one := decimal.New(1, 0)
	switch n.op {
	case less:
		return below(ceiling.Sub(one))
	case less | equal:
		return below(floor)
	case greater:
		return above(floor.Add(one))
	case greater | equal:
		return above(ceiling)
	}
	low, some = exact.Minor(floor, 0)
	return low, low, some && floor.Equal(ceiling)
}

// below returns the integers of 64 bits up to d.
func below(d decimal.Decimal) (low, high int64, some bool) {
	if high, some = exact.Minor(d, 0); !some && d.Sign() > 0 {
		return math.MinInt64, math.MaxInt64, true
	}
	return math.MinInt64, high, some
}

// above returns the integers of 64 bits from d on.
func above(d decimal.Decimal) (low, high int64, some bool) {
	if low, some = exact.Minor(d, 0); !some && d.Sign() < 0 {
		return math.MinInt64, math.MaxInt64, true
	}
	return low, math.MaxInt64, some
}

func (n *condition) testBools(given []bool, outcomes []uint8) {
	if n.kind != event.KindBool {
		restrict(outcomes, n.testOther())
		return
	}
	by := n.byOrder()
	for i, b := range given {
		outcomes[i] &= by[1+truth(b)-truth(n.truth)]
	}
}

func (n *condition) testKeys(given []Code, keys *space, outcomes []uint8) {
	if n.op == equal || n.op == unequal {
		n.testSameKey(given, keys, outcomes)
		return
	}
	for i, code := range given {
		if code == NoKey {
			outcomes[i] &= n.testAbsent()
		} else {
			outcomes[i] &= n.testText(keys.text(code))
		}
	}
}

// testSameKey compares codes in place of texts.
func (n *condition) testSameKey(given []Code, keys *space, outcomes []uint8) {
	wanted := keys.known(n.text)
	if wanted == NoKey {
		wanted = wrongKey
	}
	same, other := outcome(n.op == equal), outcome(n.op == unequal)
	for i, code := range given {
		switch code {
		case wanted:
			outcomes[i] &= same
		case NoKey:
			outcomes[i] &= n.testAbsent()
		default:
			outcomes[i] &= other
		}
	}
}

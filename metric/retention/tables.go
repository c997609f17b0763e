package retention

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/internal/shard"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Table answers a question for all customers.
func (a *Accumulator) Table(q Question) (*Table, error) {
	tables, err := a.Tables(q, 1, func(event.Code) int { return 0 })
	if err != nil {
		return nil, err
	}
	return tables[0], nil
}

// maxCells bounds what the tables of one question hold.
const maxCells = 1 << 24

// Tables answers a question for each of a number of segments of customers. The segment of a
// customer is 0 up to that number, or negative for none; it is asked for concurrently if the
// options have Workers.
func (a *Accumulator) Tables(q Question, segments int, segment func(event.Code) int) ([]*Table, error) {
	p := a.plan
	if err := q.check(&p.options); err != nil {
		return nil, err
	}
	q.Brackets = slices.Clone(q.Brackets)
	columns := q.columns(p.cohorts.Len())
	if cells := max(len(columns), 1) * p.cohorts.Len(); segments < 0 || segments > maxCells/cells {
		return nil, intake.Errorf("segments", "%d tables of %d cells each, want at most %d cells in all: ask for fewer Periods", segments, cells, maxCells)
	}
	a.settle()
	r := &reading{a: a, question: &q, columns: columns, segments: segments, segment: segment}
	total, err := r.read()
	if err != nil {
		return nil, err
	}
	return r.tables(total)
}

// reading is the work on one question.
type reading struct {
	a        *Accumulator
	question *Question
	columns  []Bracket
	segments int
	segment  func(event.Code) int
}

// counts is what one worker has counted. A cell is that of a column of a cohort of a segment.
type counts struct {
	sizes     []int64
	latest    []int64                 // start of a member, by group, with a clock
	cells     []int64                 // customers; for UpTo and Unbounded before they are added up
	sums      map[uint16][]exact.Lane // by currency: of cells, then in period 0 by cohort
	outOfList bool                    // a customer is of a segment that does not exist

	// Room for one bucket.
	set     []uint64
	members []member
	offsets []uint32 // in members, of each position
	first   history.Scratch[bool]
	starts  history.Scratch[nothing]
	times   history.Scratch[nothing]
	values  history.Scratch[amount]
}

// dayGroups is how many groups of starts there are of which the latest is the last to end
// any period: those on the 29th, 30th and 31st, which some months do not have, and others.
const dayGroups = 4

// member is a membership in a cohort.
type member struct {
	cohort int32
	start  int64
}

func (r *reading) newCounts() *counts {
	n := r.a.plan.cohorts.Len()
	c := &counts{
		sizes: make([]int64, r.segments*n),
		cells: make([]int64, r.segments*n*len(r.columns)),
		set:   make([]uint64, r.a.plan.layout.set),
	}
	if r.a.plan.clock != nil {
		c.latest = make([]int64, r.segments*n*dayGroups)
		for i := range c.latest {
			c.latest[i] = math.MinInt64
		}
	}
	if r.a.plan.options.Value != "" {
		c.sums = make(map[uint16][]exact.Lane)
	}
	return c
}

// read counts all buckets.
func (r *reading) read() (*counts, error) {
	workers := min(max(r.a.plan.options.Workers, 1), event.Buckets)
	all := make([]*counts, workers)
	shard.Each(workers, func(worker int, bucket uint8) {
		if all[worker] == nil {
			all[worker] = r.newCounts()
		}
		r.readBucket(bucket, all[worker])
	})
	all = slices.DeleteFunc(all, func(c *counts) bool { return c == nil })
	total := all[0]
	for _, c := range all[1:] {
		total.merge(c)
	}
	if total.outOfList {
		return nil, intake.Errorf("segments", "a customer is of a segment that is not one of %d", r.segments)
	}
	return total, nil
}

func (c *counts) merge(o *counts) {
	for i, n := range o.sizes {
		c.sizes[i] += n
	}
	for i, at := range o.latest {
		c.latest[i] = max(c.latest[i], at)
	}
	for i, n := range o.cells {
		c.cells[i] += n
	}
	for currency, sums := range o.sums {
		if c.sums[currency] == nil {
			c.sums[currency] = sums
			continue
		}
		for i := range sums {
			c.sums[currency][i].AddLane(sums[i])
		}
	}
	c.outOfList = c.outOfList || o.outOfList
}

func (r *reading) readBucket(bucket uint8, c *counts) {
	a, l := r.a, &r.a.plan.layout
	if l.returns >= 0 && a.firsts == nil {
		r.readDense(bucket, c)
		return
	}
	r.readMembers(bucket, c)
	switch {
	case a.times != nil:
		a.times.Bucket(bucket, &c.times, func(customer event.Code, run []history.Row[nothing]) {
			r.returnTimes(customer, run, c)
		})
	case a.values != nil:
		a.values.Bucket(bucket, &c.values, func(customer event.Code, run []history.Row[amount]) {
			r.returnValues(customer, run, c)
		})
	default:
		for position := 0; position*l.words < len(a.dense[bucket]); position++ {
			words := a.dense[bucket][position*l.words:][:l.words]
			r.returnSet(event.CodeOf(bucket, position), words[l.returns:][:l.set], c)
		}
	}
}

// place returns where the cohorts of a customer's segment begin, and false for none.
func (r *reading) place(customer event.Code, c *counts) (first int, ok bool) {
	segment := r.segment(customer)
	if segment < 0 {
		return 0, false
	}
	if segment >= r.segments {
		c.outOfList = true
		return 0, false
	}
	return segment * r.a.plan.cohorts.Len(), true
}

// readDense counts a bucket of which all is in the dense state.
func (r *reading) readDense(bucket uint8, c *counts) {
	p := r.a.plan
	l := &p.layout
	dense := r.a.dense[bucket]
	for position := 0; position*l.words < len(dense); position++ {
		words := dense[position*l.words:][:l.words]
		returns := words[l.returns:]
		if l.first >= 0 {
			if words[l.first] == 0 {
				continue
			}
			if cohort := p.cohorts.Find(startOf(words[l.first])); cohort >= 0 {
				if first, ok := r.place(event.CodeOf(bucket, position), c); ok {
					c.sizes[first+cohort]++
					r.count(c, first, cohort, returns)
				}
			}
			continue
		}
		first, ok := r.place(event.CodeOf(bucket, position), c)
		if !ok {
			continue
		}
		for i, word := range words[l.starts:][:l.set] {
			for ; word != 0; word &= word - 1 {
				cohort := i<<6 + bits.TrailingZeros64(word)
				c.sizes[first+cohort]++
				r.count(c, first, cohort, returns)
			}
		}
	}
}

// count counts a member of a cohort who returned in period k if the set has cohort + k.
func (r *reading) count(c *counts, first, cohort int, set []uint64) {
	cells := c.cells[(first+cohort)*len(r.columns):][:len(r.columns)]
	from := cohort
	switch {
	case len(r.question.Brackets) > 0:
		r.countBrackets(cells, cohort, set)
	case r.question.Measure == Exact:
		last := cohort + len(cells)
		word := set[from>>6] &^ (1<<(from&63) - 1)
		for i := from >> 6; ; word = set[i] {
			for ; word != 0; word &= word - 1 {
				at := i<<6 + bits.TrailingZeros64(word)
				if at >= last {
					return
				}
				cells[at-cohort]++
			}
			if i++; i >= len(set) {
				return
			}
		}
	case r.question.Measure == UpTo:
		if !r.zeroReturns() {
			from++
		}
		if at := firstFrom(set, from); at >= 0 && at-cohort < len(cells) {
			cells[at-cohort]++
		}
	default:
		if at := last(set); at >= cohort {
			cells[min(at-cohort, len(cells)-1)]++
		}
	}
}

func (r *reading) countBrackets(cells []int64, cohort int, set []uint64) {
	for i, b := range r.columns {
		if at := firstFrom(set, cohort+b.From); at >= 0 && at-cohort <= b.To {
			cells[i]++
		}
	}
}

func (r *reading) zeroReturns() bool {
	return r.question.ZeroReturns || r.a.plan.options.Value != ""
}

// firstFrom returns the first element of a set from one on, -1 if there is none.
func firstFrom(set []uint64, from int) int {
	i := from >> 6
	if i >= len(set) {
		return -1
	}
	word := set[i] &^ (1<<(from&63) - 1)
	for word == 0 {
		if i++; i >= len(set) {
			return -1
		}
		word = set[i]
	}
	return i<<6 + bits.TrailingZeros64(word)
}

// last returns the last element of a set, -1 if it is empty.
func last(set []uint64) int {
	for i := len(set) - 1; i >= 0; i-- {
		if set[i] != 0 {
			return i<<6 + 63 - bits.LeadingZeros64(set[i])
		}
	}
	return -1
}

// readMembers counts the members of a bucket and keeps them by position.
func (r *reading) readMembers(bucket uint8, c *counts) {
	c.members, c.offsets = c.members[:0], c.offsets[:0]
	a, p := r.a, r.a.plan
	l := &p.layout
	begin := func(customer event.Code) {
		for len(c.offsets) <= customer.Position() {
			c.offsets = append(c.offsets, uint32(len(c.members)))
		}
	}
	add := func(start int64) {
		if cohort := p.cohorts.Find(start); cohort >= 0 && cohort < p.cohorts.Len() {
			if p.clock != nil {
				start = p.clock.instant(start)
			}
			c.members = append(c.members, member{int32(cohort), start})
		}
	}
	switch {
	case a.firsts != nil:
		a.firsts.Bucket(bucket, &c.first, func(customer event.Code, run []history.Row[bool]) {
			if begin(customer); run[0].P {
				add(run[0].At)
			}
		})
	case a.starts != nil:
		a.starts.Bucket(bucket, &c.starts, func(customer event.Code, run []history.Row[nothing]) {
			begin(customer)
			for _, row := range run[:p.firstOfBuckets(run)] {
				add(row.At)
			}
		})
	default:
		for position := 0; position*l.words < len(a.dense[bucket]); position++ {
			words := a.dense[bucket][position*l.words:][:l.words]
			begin(event.CodeOf(bucket, position))
			switch {
			case l.first >= 0 && words[l.first] != 0:
				add(startOf(words[l.first]))
			case l.starts >= 0:
				for i, word := range words[l.starts:][:l.set] {
					for ; word != 0; word &= word - 1 {
						c.members = append(c.members, member{cohort: int32(i<<6 + bits.TrailingZeros64(word))})
					}
				}
			}
		}
	}
	r.countMembers(bucket, c)
}

// countMembers counts the members of a bucket, without their returns.
func (r *reading) countMembers(bucket uint8, c *counts) {
	for position := range c.offsets {
		members := c.of(position)
		if len(members) == 0 {
			continue
		}
		first, ok := r.place(event.CodeOf(bucket, position), c)
		if !ok {
			continue
		}
		for _, m := range members {
			c.sizes[first+int(m.cohort)]++
			if clock := r.a.plan.clock; clock != nil {
				latest := &c.latest[(first+int(m.cohort))*dayGroups+clock.group(m.start)]
				*latest = max(*latest, m.start)
			}
		}
	}
}

// of returns the memberships of the customer at a position.
func (c *counts) of(position int) []member {
	if position >= len(c.offsets) {
		return nil
	}
	end := uint32(len(c.members))
	if position+1 < len(c.offsets) {
		end = c.offsets[position+1]
	}
	return c.members[c.offsets[position]:end]
}

// returnSet counts the returns of a customer, given as a set of buckets.
func (r *reading) returnSet(customer event.Code, set []uint64, c *counts) {
	members := c.of(customer.Position())
	if len(members) == 0 {
		return
	}
	first, ok := r.place(customer, c)
	if !ok {
		return
	}
	for _, m := range members {
		r.count(c, first, int(m.cohort), set)
	}
}

// returnTimes counts the returns of a customer, given as instants, by the customer's clock.
func (r *reading) returnTimes(customer event.Code, run []history.Row[nothing], c *counts) {
	members := c.of(customer.Position())
	if len(members) == 0 {
		return
	}
	first, ok := r.place(customer, c)
	if !ok {
		return
	}
	for _, m := range members {
		clear(c.set)
		w := r.a.plan.clock.walk(m.start)
		for i := range run {
			if run[i].At >= m.start {
				r.enter(c.set, m, w.period(run[i].At))
			}
		}
		r.count(c, first, int(m.cohort), c.set)
	}
}

// enter adds period k of a member to a set. Periods that no column shows count as the last
// one of the range, which matters for Unbounded only.
func (r *reading) enter(set []uint64, m member, k int) {
	at := int(m.cohort) + k
	if n := r.a.plan.cohorts.Len(); at >= n {
		if r.question.Measure != Unbounded {
			return
		}
		at = n - 1
	}
	set[at>>6] |= 1 << (at & 63)
}

// returnValues counts and adds up the returns of a customer, in their order.
func (r *reading) returnValues(customer event.Code, run []history.Row[amount], c *counts) {
	members := c.of(customer.Position())
	if len(members) == 0 {
		return
	}
	first, ok := r.place(customer, c)
	if !ok {
		return
	}
	p := r.a.plan
	for _, m := range members {
		clear(c.set)
		var w walk
		if p.clock != nil {
			w = p.clock.walk(m.start)
		}
		period, n := -1, 0
		for i := range run {
			at, k := run[i].At, 0
			if p.clock == nil {
				k = p.cohorts.Find(at) - int(m.cohort)
			} else if at = p.clock.instant(at); at >= m.start {
				k = w.period(at)
			} else {
				k = -1
			}
			if k < 0 {
				continue
			}
			if k != period {
				period, n = k, 0
			}
			if n++; n == p.options.MinReturns {
				r.enter(c.set, m, k)
			}
			if p.options.Value != "" {
				r.add(c, first+int(m.cohort), int(m.cohort), k, run[i].P)
			}
		}
		r.count(c, first, int(m.cohort), c.set)
	}
}

// add adds the value of a return in period k to the cells of a cohort.
func (r *reading) add(c *counts, row, cohort, k int, value amount) {
	q := r.question
	if last := r.a.plan.cohorts.Len() - 1 - cohort; k > last {
		if q.Measure != Unbounded {
			return
		}
		k = last // as enter does
	}
	if !q.Currency.IsZero() && packCurrency(q.Currency) != value.currency {
		return
	}
	sums := c.sums[value.currency]
	if sums == nil {
		sums = make([]exact.Lane, len(c.cells)+len(c.sizes))
		c.sums[value.currency] = sums
	}
	if k == 0 {
		sums[len(c.cells)+row].Add(value.value)
	}
	cells := sums[row*len(r.columns):][:len(r.columns)]
	switch {
	case len(q.Brackets) > 0:
		for i, b := range r.columns {
			if b.From <= k && k <= b.To {
				cells[i].Add(value.value)
			}
		}
	case q.Measure == Unbounded:
		cells[min(k, len(cells)-1)].Add(value.value)
	case k < len(cells):
		cells[k].Add(value.value)
	}
}

// tables makes the tables of what was counted.
func (r *reading) tables(c *counts) ([]*Table, error) {
	p := r.a.plan
	var sums []exact.Lane
	currency := r.question.Currency
	if p.options.Value != "" {
		var err error
		if sums, currency, err = r.chooseCurrency(c); err != nil {
			return nil, err
		}
	}
	asOf := p.cohorts.End()
	if !r.question.AsOf.IsZero() {
		at, err := intake.CheckInstant("AsOf", r.question.AsOf)
		if err != nil {
			return nil, err
		}
		asOf = min(asOf, at)
	}
	tables := make([]*Table, r.segments)
	for segment := range tables {
		tables[segment] = r.table(c, sums, segment, asOf, currency)
	}
	return tables, nil
}

// chooseCurrency returns the sums to show.
func (r *reading) chooseCurrency(c *counts) ([]exact.Lane, metric.Currency, error) {
	packed := packCurrency(r.question.Currency)
	if len(c.sums) > 1 {
		return nil, metric.Currency{}, &metric.Error{Input: "Currency", Reason: metric.MixedCurrency, Err: currencyNames(c.sums)}
	}
	for packed = range c.sums {
	}
	sums := c.sums[packed]
	if sums == nil {
		sums = make([]exact.Lane, len(c.cells)+len(c.sizes))
	}
	currency, _ := unpackCurrency(packed)
	return sums, currency, nil
}

func (r *reading) table(c *counts, sums []exact.Lane, segment int, asOf int64, currency metric.Currency) *Table {
	p := r.a.plan
	n, width := p.cohorts.Len(), len(r.columns)
	t := &Table{
		Options:  r.a.Options(),
		Question: *r.question,
		AsOf:     time.Unix(0, asOf).In(p.options.Zone),
		Moved:    !p.cohorts.periods[0].Start().Equal(p.options.From),
		Columns:  r.columns,
		Currency: currency,
		Cohorts:  make([]Cohort, n),
	}
	cells := make([]Cell, 0, n*width)
	for cohort := range t.Cohorts {
		row := segment*n + cohort
		first := len(cells)
		shown := 0
		for shown < width && (len(r.question.Brackets) > 0 || cohort+shown < n) {
			shown++
		}
		counted := c.cells[row*width:][:shown]
		var added []exact.Lane
		var base exact.Lane
		if sums != nil {
			added, base = sums[row*width:][:shown], sums[len(c.cells)+row]
		}
		r.addUp(counted, added, c.sizes[row])
		var latest []int64
		if c.latest != nil {
			latest = c.latest[row*dayGroups:][:dayGroups]
		}
		for i, count := range counted {
			cell := Cell{Count: count, Exists: cohort+r.columns[i].From < n, Complete: r.complete(cohort, r.columns[i].To, latest, asOf)}
			if added != nil {
				cell.sum = added[i]
			}
			if !cell.Exists {
				cell = Cell{}
			}
			cells = append(cells, cell)
		}
		t.Cohorts[cohort] = Cohort{Period: p.cohorts.periods[cohort], Size: c.sizes[row], Cells: cells[first:len(cells):len(cells)], base: base}
	}
	return t
}

// addUp makes of what was counted the cells of a cohort.
func (r *reading) addUp(cells []int64, sums []exact.Lane, size int64) {
	switch {
	case len(r.question.Brackets) > 0:
		return
	case r.question.Measure == UpTo:
		for k := 1; k < len(cells); k++ {
			cells[k] += cells[k-1]
			if sums != nil {
				sums[k].AddLane(sums[k-1])
			}
		}
	case r.question.Measure == Unbounded:
		for k := len(cells) - 2; k >= 0; k-- {
			cells[k] += cells[k+1]
			if sums != nil {
				sums[k].AddLane(sums[k+1])
			}
		}
	}
	if !r.zeroReturns() && len(cells) > 0 {
		cells[0] = size
	}
}

// complete reports whether a period has ended for all members of a cohort. Latest are their
// latest starts, by group, with a clock.
func (r *reading) complete(cohort, k int, latest []int64, asOf int64) bool {
	p := r.a.plan
	if cohort+k >= p.cohorts.Len() || p.cohorts.Bound(cohort+1) > asOf {
		return false
	}
	if p.clock == nil {
		return p.cohorts.Bound(cohort+k+1) <= asOf
	}
	for _, start := range latest {
		if start != math.MinInt64 && p.clock.bound(start, k+1) > asOf {
			return false
		}
	}
	return true
}

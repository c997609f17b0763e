package capture

import (
	"slices"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// countCalculator counts events. Its state is 8 bytes a cell.
type countCalculator struct{ counts []int64 }

func (k *countCalculator) fold(b *batch, u *use) {
	k.counts = grown(k.counts, b.limit)
	outcomes := b.filters[u.filter]
	if outcomes == nil {
		for _, cell := range b.cells {
			k.counts[cell]++
		}
		return
	}
	for i, cell := range b.cells {
		k.counts[cell] += int64(outcomes[i] & holds)
	}
}

func (k *countCalculator) merge(o calculator, tr *translation) {
	for cell, n := range o.(*countCalculator).counts {
		if n != 0 {
			to := tr.cell(cell)
			k.counts = grown(k.counts, to+1)
			k.counts[to] += n
		}
	}
}

func (k *countCalculator) finish(*grid) result { return k }

func (k *countCalculator) value(r region) (metric.Value, metric.Reason) {
	var total exact.Lane
	r.ranges(len(k.counts), func(from, to int) {
		total.AddColumn(k.counts[from:to])
	})
	return countValue(total)
}

// countValue returns a total as a count.
func countValue(total exact.Lane) (metric.Value, metric.Reason) {
	n, ok := total.Int64()
	if !ok {
		return metric.Value{}, metric.OutOfDomain
	}
	return metric.ValueOf(metric.Count(n)), ""
}

// grown returns cells with room for n of them.
func grown[E any](cells []E, n int) []E {
	if len(cells) >= n {
		return cells
	}
	return slices.Grow(cells, n-len(cells))[:n]
}

// sumCalculator adds up an attribute. Its state is 24 bytes a cell, and for numbers with
// decimals those of an exact.Sum a cell where there are any.
type sumCalculator struct {
	kind  metric.Kind
	lanes []lane // by tag
	big   map[uint32]*exact.Sum
	refusals
}

// lane holds the sums of the values with one tag.
type lane struct {
	tag   tag
	cells []sumCell
}

// sumCell is the sum of a number of values.
type sumCell struct {
	sum exact.Lane
	n   int64
}

func (k *sumCalculator) fold(b *batch, u *use) {
	col, outcomes := &b.columns[u.column], b.filters[u.filter]
	if col.tags == nil {
		k.foldAlike(b, u, col, outcomes)
		return
	}
	var cells []sumCell
	last := absent
	for i, t := range col.tags {
		if outcomes != nil && outcomes[i]&holds == 0 {
			continue
		}
		if t != last {
			last = t
			if t < bigNumber && t != absent {
				cells = k.lane(t, b.limit)
			}
		}
		switch {
		case t >= firstTag && t < bigNumber:
			cell := &cells[b.cells[i]]
			cell.sum.Add(col.units[i])
			cell.n++
		case t == bigNumber:
			k.addBig(b.cells[i], col, i)
		default:
			k.refuse(b, u, i, tagReason(t))
		}
	}
}

// foldAlike adds a column on which all rows have one tag.
func (k *sumCalculator) foldAlike(b *batch, u *use, col *column, outcomes []uint8) {
	if !col.all.isValue() {
		for i := range b.cells {
			if outcomes == nil || outcomes[i]&holds != 0 {
				k.refuse(b, u, i, tagReason(col.all))
			}
		}
		return
	}
	cells := k.lane(col.all, b.limit)
	if outcomes == nil {
		for i, n := range b.cells {
			cell := &cells[n]
			cell.sum.Add(col.units[i])
			cell.n++
		}
		return
	}
	for i, n := range b.cells {
		hit := int64(outcomes[i] & holds)
		cell := &cells[n]
		cell.sum.Add(col.units[i] & -hit)
		cell.n += hit
	}
}

// lane returns the cells of a tag, with room for n.
func (k *sumCalculator) lane(t tag, n int) []sumCell {
	i := slices.IndexFunc(k.lanes, func(l lane) bool { return l.tag == t })
	if i < 0 {
		i = len(k.lanes)
		k.lanes = append(k.lanes, lane{tag: t})
	}
	k.lanes[i].cells = grown(k.lanes[i].cells, n)
	return k.lanes[i].cells
}

func (k *sumCalculator) addBig(cell uint32, col *column, i int) {
	k.bigCell(cell).Add(col.big[col.units[i]])
}

func (k *sumCalculator) bigCell(cell uint32) *exact.Sum {
	if k.big == nil {
		k.big = make(map[uint32]*exact.Sum)
	}
	sum := k.big[cell]
	if sum == nil {
		sum = new(exact.Sum)
		k.big[cell] = sum
	}
	return sum
}

func (k *sumCalculator) merge(other calculator, tr *translation) {
	o := other.(*sumCalculator)
	for _, l := range o.lanes {
		t := l.tag
		if k.kind == metric.KindMoney {
			t = tr.currency(t)
		}
		for cell, from := range l.cells {
			if from.n != 0 {
				to := tr.cell(cell)
				sum := &k.lane(t, to+1)[to]
				sum.sum.AddLane(from.sum)
				sum.n += from.n
			}
		}
	}
	for cell, sum := range o.big {
		k.bigCell(uint32(tr.cell(int(cell)))).Merge(sum)
	}
	k.refusals.merge(&o.refusals, tr)
}

// finish finds the currencies that the metric has anywhere. An amount of nothing is in the
// only one; in no currency there is no such amount.
func (k *sumCalculator) finish(g *grid) result {
	r := &sumResult{sumCalculator: k, currencies: &g.currencies}
	if k.kind != metric.KindMoney {
		return r
	}
	for i := range k.lanes {
		if slices.ContainsFunc(k.lanes[i].cells, func(c sumCell) bool { return c.n != 0 }) {
			r.seen = insert(r.seen, k.lanes[i].tag)
		}
	}
	if len(r.seen) == 0 {
		r.seen = g.currenciesOf(&g.rule.opening)
	}
	if len(r.seen) == 0 {
		return nil
	}
	return r
}

// sumResult answers for a sumCalculator.
type sumResult struct {
	*sumCalculator
	seen       []tag
	currencies *currencies
}

func (r *sumResult) value(reg region) (metric.Value, metric.Reason) {
	if r.kind == metric.KindMoney {
		return r.money(reg)
	}
	var total exact.Sum
	empty := true
	for i := range r.lanes {
		sum, n := r.lanes[i].total(reg)
		empty = empty && n == 0
		var part exact.Sum
		part.Add(sum.Decimal(r.lanes[i].tag.scale()))
		total.Merge(&part)
	}
	for cell, sum := range r.big {
		if reg.contains(cell) {
			total.Merge(sum)
			empty = false
		}
	}
	if empty && r.refusedIn(reg) {
		return metric.Value{}, metric.MissingInput
	}
	return numberValue(r.kind, &total)
}

func (r *sumResult) money(reg region) (metric.Value, metric.Reason) {
	var total exact.Lane
	found := absent
	for i := range r.lanes {
		sum, n := r.lanes[i].total(reg)
		switch {
		case n == 0:
			continue
		case found != absent:
			return metric.Value{}, metric.MixedCurrency
		}
		found, total = r.lanes[i].tag, sum
	}
	if found == absent {
		if r.refusedIn(reg) {
			return metric.Value{}, metric.MissingInput
		}
		if len(r.seen) > 1 {
			return metric.Value{}, metric.MixedCurrency
		}
		found = r.seen[0]
	}
	currency := r.currencies.of(found)
	m, err := metric.NewMoney(total.Decimal(uint8(currency.Exponent())), currency)
	if err != nil {
		return metric.Value{}, metric.OutOfDomain
	}
	return metric.ValueOf(m), ""
}

// total returns the sum over a region and the number of values in it.
func (l *lane) total(reg region) (sum exact.Lane, n int64) {
	reg.ranges(len(l.cells), func(from, to int) {
		for i := from; i < to; i++ {
			sum.AddLane(l.cells[i].sum)
			n += l.cells[i].n
		}
	})
	return sum, n
}

// numberValue returns a total as a value of a kind that has no currency.
func numberValue(kind metric.Kind, total *exact.Sum) (metric.Value, metric.Reason) {
	d := total.Decimal()
	switch kind {
	case metric.KindCount:
		if n, ok := exact.Minor(d, 0); ok {
			return metric.ValueOf(metric.Count(n)), ""
		}
	case metric.KindDuration:
		if v, err := metric.Seconds(d); err == nil {
			return metric.ValueOf(v), ""
		}
	case metric.KindNumber:
		if v, err := metric.NewNumber(d); err == nil {
			return metric.ValueOf(v), ""
		}
	}
	return metric.Value{}, metric.OutOfDomain
}

package capture

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
)

// valuesCalculator collects an attribute. Its state is 24 bytes a cell and 8 bytes a value.
type valuesCalculator struct {
	kind  metric.Kind // of the distribution
	lists []valueList // by tag
	refusals
}

// valueList holds the values with one tag.
type valueList struct {
	tag   tag
	cells [][]int64
}

func (k *valuesCalculator) fold(b *batch, u *use) {
	col, outcomes := &b.columns[u.column], b.filters[u.filter]
	var cells [][]int64
	last := absent
	for i, cell := range b.cells {
		if outcomes != nil && outcomes[i]&holds == 0 {
			continue
		}
		t := col.tag(i)
		if !t.isValue() || t == bigNumber {
			k.refuse(b, u, i, tagReason(t))
			continue
		}
		if t != last {
			last = t
			cells = k.list(t, b.limit)
		}
		if cell != outside {
			cells[cell] = append(cells[cell], col.units[i])
		}
	}
}

// list returns the cells of a tag, with room for n.
func (k *valuesCalculator) list(t tag, n int) [][]int64 {
	i := slices.IndexFunc(k.lists, func(l valueList) bool { return l.tag == t })
	if i < 0 {
		i = len(k.lists)
		k.lists = append(k.lists, valueList{tag: t})
	}
	k.lists[i].cells = grown(k.lists[i].cells, n)
	return k.lists[i].cells
}

func (k *valuesCalculator) isMoney() bool { return k.kind == metric.DistributionOf(metric.KindMoney) }

func (k *valuesCalculator) merge(other calculator, tr *translation) {
	o := other.(*valuesCalculator)
	for _, l := range o.lists {
		t := l.tag
		if k.isMoney() {
			t = tr.currency(t)
		}
		for cell, values := range l.cells {
			if len(values) > 0 {
				to := tr.cell(cell)
				list := k.list(t, to+1)
				list[to] = append(list[to], values...)
			}
		}
	}
	k.refusals.merge(&o.refusals, tr)
}

func (k *valuesCalculator) finish(g *grid) result { return &valuesResult{k, &g.currencies} }

// valuesResult answers for a valuesCalculator.
type valuesResult struct {
	*valuesCalculator
	currencies *currencies
}

func (r *valuesResult) value(reg region) (metric.Value, metric.Reason) {
	var found []int // lists with values in the region
	n := 0
	for i := range r.lists {
		if m := r.lists[i].count(reg); m > 0 {
			found = append(found, i)
			n += m
		}
	}
	if len(found) == 0 {
		if r.refusedIn(reg) {
			return metric.Value{}, metric.MissingInput
		}
		return distributionValue(r.kind, nil, 0, metric.Currency{})
	}
	if r.isMoney() {
		if len(found) > 1 {
			return metric.Value{}, metric.MixedCurrency
		}
		list := &r.lists[found[0]]
		currency := r.currencies.of(list.tag)
		return distributionValue(r.kind, list.collect(reg, make([]int64, 0, n)), uint8(currency.Exponent()), currency)
	}
	var scale uint8
	for _, i := range found {
		scale = max(scale, r.lists[i].tag.scale())
	}
	units := make([]int64, 0, n)
	for _, i := range found {
		from := len(units)
		units = r.lists[i].collect(reg, units)
		if !rescale(units[from:], r.lists[i].tag.scale(), scale) {
			return metric.Value{}, metric.OutOfDomain
		}
	}
	return distributionValue(r.kind, units, scale, metric.Currency{})
}

// add appends a value to a cell.
func (l *valueList) add(cell int, value int64) {
	l.cells = grown(l.cells, cell+1)
	l.cells[cell] = append(l.cells[cell], value)
}

// count returns the number of values in a region.
func (l *valueList) count(reg region) (n int) {
	reg.ranges(len(l.cells), func(from, to int) {
		for _, values := range l.cells[from:to] {
			n += len(values)
		}
	})
	return n
}

// collect appends the values in a region.
func (l *valueList) collect(reg region, units []int64) []int64 {
	reg.ranges(len(l.cells), func(from, to int) {
		for _, values := range l.cells[from:to] {
			units = append(units, values...)
		}
	})
	return units
}

// rescale turns units of 10^-from into units of 10^-to. It is false if one does not fit.
func rescale(units []int64, from, to uint8) bool {
	if from == to {
		return true
	}
	for i, u := range units {
		var ok bool
		if units[i], ok = exact.Minor(decimal.New(u, -int32(from)), to); !ok {
			return false
		}
	}
	return true
}

// distributionValue returns units of 10^-scale, which it takes over, as a distribution.
func distributionValue(kind metric.Kind, units []int64, scale uint8, c metric.Currency) (metric.Value, metric.Reason) {
	element, _ := kind.Element()
	switch element {
	case metric.KindCount:
		d, err := distributionOf[metric.Count](units, scale, c)
		return valueOr(metric.ValueOf(d), err)
	case metric.KindMoney:
		d, err := distributionOf[metric.Money](units, scale, c)
		return valueOr(metric.ValueOf(d), err)
	case metric.KindRatio:
		d, err := distributionOf[metric.Ratio](units, scale, c)
		return valueOr(metric.ValueOf(d), err)
	case metric.KindNumber:
		d, err := distributionOf[metric.Number](units, scale, c)
		return valueOr(metric.ValueOf(d), err)
	case metric.KindDuration:
		d, err := distributionOf[metric.Duration](units, scale, c)
		return valueOr(metric.ValueOf(d), err)
	}
	return metric.Value{}, metric.OutOfDomain
}

// distributionOf needs no currency for no amounts.
func distributionOf[E metric.Scalar](units []int64, scale uint8, c metric.Currency) (metric.Distribution[E], error) {
	if len(units) == 0 {
		return metric.Distribution[E]{}, nil
	}
	return metric.DistributionFromUnits[E](units, scale, c)
}

func valueOr(v metric.Value, err error) (metric.Value, metric.Reason) {
	if err != nil {
		return metric.Value{}, metric.OutOfDomain
	}
	return v, ""
}

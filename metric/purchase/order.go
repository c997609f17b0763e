package purchase

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// order is what an event says of an order.
type order struct {
	Amount   int64
	ID       event.Code // in Log.ids, or NoCode
	Currency uint16
	Kind     orderKind
}

// orderKind says what happened to an order.
type orderKind uint8

const (
	ordered orderKind = iota
	refunded
	cancelled
)

// compareOrders orders events that are of one instant and agree in all that tells events
// apart, which are deliveries of one event.
func (l *Log) compareOrders(o, p order) int {
	return cmp.Or(
		cmp.Compare(o.Kind, p.Kind),
		cmp.Compare(o.Amount, p.Amount),
		strings.Compare(l.idText(o.ID), l.idText(p.ID)),
		strings.Compare(l.currencies.text(o.Currency), l.currencies.text(p.Currency)),
	)
}

// idText returns the id of an order, or "" if it has none.
func (l *Log) idText(id event.Code) string {
	if id == event.NoCode {
		return ""
	}
	return l.ids.Key(id)
}

// reader reads customers of one bucket after the other.
type reader struct {
	log  *Log
	days *calendar
	ends [2]Date // the days on which things are known

	sums   history.Scratch[sum]
	orders history.Scratch[order]
	open   []openOrder
	rows   [2][]history.Row[sum]
	mixed  []mixedRun
}

// openOrder is an order with what is left of it.
type openOrder struct {
	at      int64
	id      event.Code
	left    sum
	free    bool // from the start
	dropped bool // cancelled
}

// mixedRun is where the rows of a customer are that come of events.
type mixedRun struct {
	customer   event.Code
	start, end [2]int
}

// customers calls visit for each customer of a bucket with rows: as known on the first end,
// and on the second. Rows of columns after an end may be among them.
func (r *reader) customers(bucket uint8, visit func(c event.Code, rows [2][]history.Row[sum])) {
	r.mixed, r.rows[0], r.rows[1] = r.mixed[:0], r.rows[0][:0], r.rows[1][:0]
	r.log.orders.Bucket(bucket, &r.orders, func(c event.Code, run []history.Row[order]) {
		m := mixedRun{customer: c}
		for i := range r.ends {
			m.start[i] = len(r.rows[i])
			r.rows[i] = append(r.rows[i], r.known(run, r.ends[i])...)
			m.end[i] = len(r.rows[i])
		}
		r.mixed = append(r.mixed, m)
	})
	next := 0
	ofEvents := func(m *mixedRun) (rows [2][]history.Row[sum]) {
		for i := range rows {
			rows[i] = r.rows[i][m.start[i]:m.end[i]]
		}
		return rows
	}
	r.log.days.Bucket(bucket, &r.sums, func(c event.Code, run []history.Row[sum]) {
		for ; next < len(r.mixed) && r.mixed[next].customer < c; next++ {
			visit(r.mixed[next].customer, ofEvents(&r.mixed[next]))
		}
		rows := [2][]history.Row[sum]{run, run}
		if next < len(r.mixed) && r.mixed[next].customer == c {
			for i, more := range ofEvents(&r.mixed[next]) {
				rows[i] = slices.Concat(run, more)
				sortByTime(rows[i])
			}
			next++
		}
		visit(c, rows)
	})
	for ; next < len(r.mixed); next++ {
		visit(r.mixed[next].customer, ofEvents(&r.mixed[next]))
	}
}

// sortByTime keeps rows of one instant in their order.
func sortByTime(rows []history.Row[sum]) {
	slices.SortStableFunc(rows, func(x, y history.Row[sum]) int { return cmp.Compare(x.At, y.At) })
}

// known returns the orders of a customer as known on a day. The rows are valid until the next
// call.
func (r *reader) known(run []history.Row[order], end Date) []history.Row[sum] {
	n := len(run)
	for n > 0 && r.days.date(run[n-1].At) > end {
		n--
	}
	return r.resolve(run[:n], nil)
}

// resolve matches orders with what was done to them, and counts in tally, which may be nil,
// what matches nothing.
func (r *reader) resolve(run []history.Row[order], tally *event.Tally) []history.Row[sum] {
	refuse := func(row *history.Row[order], reason event.Reason, id event.Code) {
		if tally == nil {
			return
		}
		tally.Refuse(row.P.Kind.event(), reason, fmt.Sprintf("order %q", r.log.idText(id)))
	}
	r.open = r.open[:0]
	var byID map[event.Code]int // position in open
	if len(run) > 16 {
		byID = make(map[event.Code]int, len(run))
	}
	find := func(id event.Code) *openOrder {
		if id == event.NoCode {
			return nil
		}
		if byID != nil {
			if i, ok := byID[id]; ok {
				return &r.open[i]
			}
			return nil
		}
		for i := range r.open {
			if r.open[i].id == id {
				return &r.open[i]
			}
		}
		return nil
	}
	for i := range run {
		row := &run[i]
		if row.P.Kind != ordered {
			continue
		}
		line := sumOf(row.P.Amount, row.P.Currency)
		if o := find(row.P.ID); o != nil {
			if !r.log.options.Lines {
				refuse(row, ReasonRepeatedOrder, row.P.ID)
				continue
			}
			line.N = 0
			o.left.add(line)
			o.left.Currency = join(o.left.Currency, line.Currency)
			o.free = o.free && row.P.Amount == 0
			continue
		}
		if byID != nil && row.P.ID != event.NoCode {
			byID[row.P.ID] = len(r.open)
		}
		r.open = append(r.open, openOrder{at: row.At, id: row.P.ID, left: line, free: row.P.Amount == 0})
	}
	var rows []history.Row[sum]
	customer := uint32(0)
	for i := range run {
		row := &run[i]
		customer = row.Customer
		o := find(row.P.ID)
		switch row.P.Kind {
		case cancelled:
			if o == nil {
				refuse(row, ReasonUnmatched, row.P.ID)
			} else {
				o.dropped = true
			}
		case refunded:
			left := sumOf(row.P.Amount, row.P.Currency)
			if o != nil && o.left.Currency == left.Currency && !o.dropped {
				o.left.sub(left)
				if o.left.sign() >= 0 {
					continue
				}
				left = o.left.negated()
				o.left.add(left)
				o.left.N = 1
			}
			if left.sign() > 0 {
				refuse(row, ReasonUnmatched, row.P.ID)
				rows = append(rows, history.Row[sum]{At: row.At, Customer: row.Customer, P: left.negated()})
			}
		}
	}
	for i := range r.open {
		if o := &r.open[i]; !o.dropped && (o.free || o.left.sign() > 0) {
			rows = append(rows, history.Row[sum]{At: o.at, Customer: customer, P: o.left})
		}
	}
	sortByTime(rows)
	return rows
}

// event returns the name of the event of the vocabulary for what happened.
func (k orderKind) event() string {
	switch k {
	case refunded:
		return orderRefunded
	case cancelled:
		return orderCancelled
	}
	return orderCompleted
}

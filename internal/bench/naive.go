package main

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// naiveRow is a row as programs hold it that use no columns.
type naiveRow struct {
	customer     string
	subscription string
	name         string
	at           time.Time
	seq          int64
	amount       decimal.Decimal
}

func naiveRows(d *data) []naiveRow {
	rows := make([]naiveRow, d.len())
	for i := range rows {
		r := &rows[i]
		r.customer = d.ids[d.customer[i]]
		r.at = time.Unix(0, d.at[i]).UTC()
		if d.seq != nil {
			r.seq = d.seq[i]
		}
		if d.amount != nil {
			r.amount = decimal.New(d.amount[i], -2)
		}
		if d.sub != nil {
			r.subscription = d.subs[d.sub[i]]
		}
		if d.kind != nil {
			r.name = stepNames[d.kind[i]]
		}
	}
	return rows
}

// stepNames are the names of events by kind.
var stepNames = [...]string{"page_viewed", "signed_up", "trial_started", "feature_used", "order_completed"}

// sortNaive puts rows in order of time and sequence number.
func sortNaive(rows []naiveRow) {
	slices.SortFunc(rows, func(a, b naiveRow) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return int(a.seq - b.seq)
	})
}

func naiveByCustomer(rows []naiveRow) map[string][]naiveRow {
	by := make(map[string][]naiveRow)
	for _, r := range rows {
		by[r.customer] = append(by[r.customer], r)
	}
	for _, run := range by {
		sortNaive(run)
	}
	return by
}

// customersByID returns the customers of text ids.
func (d *data) customersByID() map[string]int64 {
	m := make(map[string]int64, len(d.ids))
	for c, id := range d.ids {
		m[id] = int64(c)
	}
	return m
}

func minor(d decimal.Decimal) int64 { return d.Shift(2).IntPart() }

// day returns the number of the day of t, counted from 1970 in UTC.
func dayNumber(t time.Time) int64 { return t.Unix() / 86400 }

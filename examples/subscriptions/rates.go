package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric"
)

// rateTable is a ledger.Rates from a file: what a unit of each currency is worth in one other.
type rateTable struct {
	name  string
	to    metric.Currency
	dated map[string][]datedRate // by code, in order of time
}

// datedRate holds from an instant until the next one.
type datedRate struct {
	from time.Time
	rate decimal.Decimal
}

// readRates reads a CSV file with the columns date, currency and rate.
func readRates(name string, to metric.Currency, loc *time.Location) (*rateTable, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := readRows(name, f)
	if err != nil {
		return nil, err
	}
	var index [3]int
	for i, title := range [...]string{"date", "currency", "rate"} {
		if index[i], err = indexOf(rows[0].fields, title); err == nil && index[i] < 0 {
			err = fmt.Errorf("there is no column %q; there are %.480q", title, rows[0].fields)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	t := &rateTable{name: name, to: to, dated: map[string][]datedRate{}}
	var bad problems
	for _, r := range rows[1:] {
		at, err := parseTime(strings.TrimSpace(r.fields[index[0]]), loc)
		if err != nil {
			bad.add(fmt.Errorf("%s:%d: date: %.48q: %w", name, r.line, r.fields[index[0]], err))
			continue
		}
		c, err := metric.ParseCurrency(strings.TrimSpace(r.fields[index[1]]))
		if err != nil {
			bad.add(fmt.Errorf("%s:%d: currency: %.48q is no code of ISO 4217 such as USD", name, r.line, r.fields[index[1]]))
			continue
		}
		n, err := metric.ParseNumber(strings.TrimSpace(r.fields[index[2]]))
		if err != nil || n.Decimal().Sign() <= 0 {
			bad.add(fmt.Errorf("%s:%d: rate: %.48q is no number above 0", name, r.line, r.fields[index[2]]))
			continue
		}
		t.dated[c.Code()] = append(t.dated[c.Code()], datedRate{at, n.Decimal()})
	}
	for _, list := range t.dated {
		slices.SortStableFunc(list, func(a, b datedRate) int { return a.from.Compare(b.from) })
	}
	return t, bad.err()
}

// Rate returns the last rate up to an instant. Before the first one there is none.
func (t *rateTable) Rate(from, to metric.Currency, at time.Time) (decimal.Decimal, error) {
	list := t.dated[from.Code()]
	for i := len(list) - 1; i >= 0; i-- {
		if !list[i].from.After(at) {
			return list[i].rate, nil
		}
	}
	return decimal.Decimal{}, fmt.Errorf("%s has none of %s up to then", t.name, from)
}

// Source names the file.
func (t *rateTable) Source() string { return t.name }

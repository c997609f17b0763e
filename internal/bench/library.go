package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// A binding says how a calculator of the library does a job. A is the calculator.
type binding[A any] struct {
	// make returns an empty calculator that shares the keys of the data, those that are not
	// nil, and may use so many workers for its result.
	make func(d *data, workers int) (A, error)

	// block adds rows from and up to those positions, with these codes of customers.
	block func(a A, d *data, codes []event.Code, from, to int) error

	add   func(a A, e *event.Event)
	merge func(a, o A) error
	keys  func(a A) *event.Keys

	// answer computes the result. What it returns puts it into a table, given the
	// customer of a key.
	answer func(a A) (func(t *table, customer func(key string) int64), error)

	// event returns a row as an event.
	event func(d *data, i int) event.Event
}

// library is the contender that the module is about: its public calculators, run as a
// program would. With several threads there are as many calculators, which take in blocks in
// turn and are then merged; with text ids each learns the keys of its own rows.
type library[A any] struct {
	job  *job
	b    binding[A]
	form surface
	data *data
	fill func(t *table, customer func(key string) int64)
}

func (l *library[A]) load(d *data, s surface) error {
	own := *d
	l.data, l.form = &own, s
	switch s {
	case columns:
		own.customer = nil
	case texts:
		own.text = named(d.customer, d.ids)
		if d.sub != nil {
			own.subText = named(d.sub, d.subs)
		}
		own.customer, own.sub = nil, nil
		own.codes, own.keys, own.subCodes, own.subKeys = nil, nil, nil, nil
	case events:
		own.codes, own.keys, own.subCodes, own.subKeys = nil, nil, nil, nil
	}
	return nil
}

func (l *library[A]) close() {}

func (l *library[A]) run(threads int) (time.Duration, error) {
	l.fill = nil
	if l.form == events {
		return l.runEvents(threads)
	}
	start := time.Now()
	parts, err := l.parts(threads)
	if err != nil {
		return 0, err
	}
	errs := make([]error, threads)
	var wg sync.WaitGroup
	for w, a := range parts {
		wg.Go(func() {
			var codes []event.Code
			errs[w] = l.data.blocks(w, threads, func(from, to int) error {
				if l.form == texts {
					codes = l.b.keys(a).AppendCodes(codes[:0], l.data.text[from:to])
				} else {
					codes = l.data.codes[from:to]
				}
				return l.b.block(a, l.data, codes, from, to)
			})
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	err = l.finish(parts)
	return time.Since(start), err
}

func (l *library[A]) parts(threads int) ([]A, error) {
	parts := make([]A, threads)
	var err error
	for i := range parts {
		if parts[i], err = l.b.make(l.data, threads); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// finish merges the calculators and computes the result.
func (l *library[A]) finish(parts []A) error {
	var err error
	for _, o := range parts[1:] {
		if err = l.b.merge(parts[0], o); err != nil {
			return err
		}
	}
	l.fill, err = l.b.answer(parts[0])
	return err
}

// runEvents gives each calculator every so many blocks of events. Making the events is not
// timed: the clock stops between rounds of one block for each calculator.
func (l *library[A]) runEvents(threads int) (time.Duration, error) {
	var took time.Duration
	start := time.Now()
	parts, err := l.parts(threads)
	took += time.Since(start)
	if err != nil {
		return 0, err
	}
	made := make([][]event.Event, threads)
	for first := 0; first < l.data.len(); first += threads * blockRows {
		for w := range made {
			made[w] = made[w][:0]
			for i := first + w*blockRows; i < min(first+(w+1)*blockRows, l.data.len()); i++ {
				made[w] = append(made[w], l.b.event(l.data, i))
			}
		}
		start = time.Now()
		var wg sync.WaitGroup
		for w, a := range parts {
			wg.Go(func() {
				for i := range made[w] {
					l.b.add(a, &made[w][i])
				}
			})
		}
		wg.Wait()
		took += time.Since(start)
	}
	start = time.Now()
	err = l.finish(parts)
	return took + time.Since(start), err
}

func (l *library[A]) result() (*table, error) {
	customers := l.data.customersByID()
	unknown := ""
	t, err := l.job.table(func(t *table) {
		l.fill(t, func(key string) int64 {
			c, ok := customers[key]
			if !ok {
				unknown = key
			}
			return c
		})
	})
	if err == nil && unknown != "" {
		err = fmt.Errorf("%s: a result for %q, who is no customer", l.job.name, unknown)
	}
	return t, err
}

// plainEvent returns a row as an event with no attributes.
func plainEvent(d *data, i int, name string) event.Event {
	e := event.Event{
		ID: fmt.Sprintf("evt_%014x", i), Source: "app", Name: name,
		Time: time.Unix(0, d.at[i]).UTC(), UserID: d.ids[d.customer[i]],
	}
	if d.seq != nil {
		e.Seq = d.seq[i]
	}
	return e
}

package main

import (
	"fmt"
	"time"
)

// A surface is the form in which rows come in.
type surface string

const (
	columns surface = "columns" // blocks of columns with whole-number customers
	texts   surface = "strings" // blocks of columns with text ids
	events  surface = "events"  // events, one at a time
)

var surfaces = []surface{columns, texts, events}

// A contender does a job in its own way, from its own form of the input to its own
// form of the result.
type contender interface {
	// load brings the rows into the contender's form, before the clock runs.
	load(d *data, s surface) error

	// run does the job once. It returns how long that took.
	run(threads int) (time.Duration, error)

	// result returns what the last run found.
	result() (*table, error)

	close()
}

// A job is a question that all contenders answer.
type job struct {
	name    string
	about   string
	aim     float64 // of the ratio of our time to DuckDB's, on columns
	shape   shape
	keys    int      // columns of the result that are its key
	columns []string // of the result

	queries []query // for DuckDB
	loop    func(d *data, threads int) (func(*table), error)
	naive   func(d *data) func() func(*table)
	ours    func(*job) contender
}

// Contenders by name.
const (
	oursName  = "ours"
	peerName  = "peer"
	loopName  = "loop"
	naiveName = "naive"
)

// contender returns a contender by name; DuckDB with one of the queries.
func (j *job) contender(name string, query int) (contender, error) {
	switch {
	case name == oursName:
		return j.ours(j), nil
	case name == peerName:
		return newDuck(j, query)
	case name == loopName:
		return &loop{job: j}, nil
	case name == naiveName:
		return &naive{job: j}, nil
	}
	return nil, fmt.Errorf("%s: no contender %q", j.name, name)
}

// A loop is written by hand for one job over columns of codes: the practical limit.
type loop struct {
	job  *job
	data *data
	fill func(*table)
}

func (l *loop) load(d *data, s surface) error {
	if s != columns {
		return fmt.Errorf("loops know columns only")
	}
	l.data = d
	return nil
}

func (l *loop) run(threads int) (time.Duration, error) {
	start := time.Now()
	fill, err := l.job.loop(l.data, threads)
	took := time.Since(start)
	l.fill = fill
	return took, err
}

func (l *loop) result() (*table, error) { return l.job.table(l.fill) }
func (l *loop) close()                  {}

// A naive contender is what is written without a library: maps of strings and decimals.
type naive struct {
	job  *job
	do   func() func(*table)
	fill func(*table)
}

func (n *naive) load(d *data, s surface) error {
	n.do = n.job.naive(d)
	return nil
}

func (n *naive) run(int) (time.Duration, error) {
	start := time.Now()
	n.fill = n.do()
	return time.Since(start), nil
}

func (n *naive) result() (*table, error) { return n.job.table(n.fill) }
func (n *naive) close()                  {}

// table returns the sorted table that fill fills.
func (j *job) table(fill func(*table)) (*table, error) {
	t := newTable(j.keys, j.columns...)
	fill(t)
	if err := t.sort(); err != nil {
		return nil, fmt.Errorf("%s: %w", j.name, err)
	}
	return t, nil
}

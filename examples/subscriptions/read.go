package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// eventLog is what was read.
type eventLog struct {
	title, note string
	events      []event.Event
	end         time.Time // of the day of the last event
}

// maxProblems is how many lines are named that cannot be read.
const maxProblems = 5

// read reads the sample or the file.
func read(o options, stdin io.Reader) (*eventLog, error) {
	log := &eventLog{
		title: "Subscriptions of a software company",
		note:  "The sample is made up: written by examples/lifecycle/internal/saasgen, not by customers.",
	}
	var err error
	if o.file == "" {
		log.events, err = readSample(strings.NewReader(data.SaaS()))
	} else {
		*log = eventLog{title: "Subscriptions in " + o.file}
		log.events, err = readFile(o, stdin)
	}
	if err != nil {
		return nil, err
	}
	var last time.Time
	for i := range log.events {
		if t := log.events[i].Time; t.After(last) {
			last = t
		}
	}
	log.end, err = parseEnd(last.In(o.loc).Format(time.DateOnly), o.loc)
	return log, err
}

func readFile(o options, stdin io.Reader) ([]event.Event, error) {
	name, r := o.file, stdin
	if name == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		r = f
	}
	return readCSV(name, r, o)
}

// readSample reads JSON lines. What does not matter to revenue, the ledger leaves alone.
func readSample(r io.Reader) ([]event.Event, error) {
	var events []event.Event
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		e, err := event.Decode(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("sample:%d: %w", n, err)
		}
		events = append(events, e)
	}
	return events, lines.Err()
}

// parseTime reads a time. Without an offset it is of the zone.
func parseTime(text string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	for _, layout := range []string{time.DateTime, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, loc); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("want a time such as 2026-03-29 or 2026-03-29T14:30:00Z")
}

// problems collects lines that cannot be read.
type problems struct {
	list []error
	more int
}

func (p *problems) add(err error) {
	if len(p.list) == maxProblems {
		p.more++
		return
	}
	p.list = append(p.list, err)
}

// err returns all problems as one error, or nil.
func (p *problems) err() error {
	if p.more > 0 {
		return errors.Join(append(p.list, fmt.Errorf("and %d more lines", p.more))...)
	}
	return errors.Join(p.list...)
}

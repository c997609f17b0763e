package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/stage"
)

func TestTheShippedFileIsWhatTheGeneratorWrites(t *testing.T) {
	var made bytes.Buffer
	if err := write(&made); err != nil {
		t.Fatal(err)
	}
	shipped, err := os.ReadFile("../../data/saas.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made.Bytes(), shipped) {
		t.Error("data/saas.jsonl differs; run: go run ./examples/lifecycle/internal/saasgen > examples/lifecycle/data/saas.jsonl")
	}
	if len(shipped) > 1_500_000 {
		t.Errorf("data/saas.jsonl has %d bytes", len(shipped))
	}
}

// The log is to have what real logs have, and something in every stage.
func TestTheLogIsLikeARealOne(t *testing.T) {
	c := newCompany()
	c.run()
	log := c.arrivals()
	seen := map[event.Key]event.Event{}
	stages := map[stage.Stage]int{}
	duplicates, late, test := 0, 0, 0
	for i, a := range log {
		e := a.event
		if err := event.Check(&e); err != nil {
			t.Fatal(err)
		}
		if e.Source != "generated" || e.Time.Before(opening) || !e.Time.Before(closing) || !a.at.Before(closing) {
			t.Errorf("event %d does not belong into the log: %+v", i, e)
		}
		if region, _ := e.Props.String("region"); region == "" {
			t.Errorf("%s has no region", e.ID)
		}
		if i > 0 && a.at.Before(log[i-1].at) {
			t.Errorf("event %d came in before event %d", i, i-1)
		}
		if other, ok := seen[e.Key()]; ok {
			duplicates++
			if !other.Equal(&e) {
				t.Errorf("%s is two different events", e.ID)
			}
			continue
		}
		seen[e.Key()] = e
		spec, known := event.Lookup(e.Name)
		if !known {
			t.Errorf("%q is not in the vocabulary", e.Name)
		}
		stages[spec.Stage()]++
		if !e.RecordedTime.IsZero() {
			late++
		}
		if e.Test {
			test++
		}
	}
	if n := len(seen); duplicates*100 < n || late*100 < 2*n || test == 0 {
		t.Errorf("of %d events, %d come twice, %d late, %d are tests", n, duplicates, late, test)
	}
	for s := range stage.All() {
		if stages[s] < 10 {
			t.Errorf("%d events in stage %s", stages[s], s)
		}
	}
}

package main

import (
	"bufio"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestBadJSONLinesNamePlaceAndReason(t *testing.T) {
	for _, c := range []struct {
		line   string
		reason event.Reason
		want   string
	}{
		{`{"event":"x"`, event.Malformed, "ends at byte 12"},
		{`{"event":"x","time":"2026-01-02T00:00:00Z","user":"u"}`, event.UnknownField, `"user"`},
		{`{"event":"x","time":"2026-01-02","user_id":"u"}`, event.BadTime, "time"},
		{`{"event":"x","time":"2026-01-02T00:00:00Z"}`, event.MissingSubject, `"x"`},
		{`{"event":"order_completed","time":"2026-01-02T00:00:00Z","user_id":"u","props":{"order_id":"o","amount":1.5,"currency":"EUR"}}`, event.WrongType, "amount"},
		{`["x"]`, event.Malformed, "want {"},
		{`{"event":"` + strings.Repeat("x", event.MaxEncodedBytes) + `"}`, event.TooLarge, "more than 8,388,608 bytes"},
	} {
		to := &sink{log: newEventLog(nil), problems: newProblems("t.jsonl")}
		if err := readJSON(bufio.NewReader(strings.NewReader("\n"+c.line+"\n"+order)), to); err != nil {
			t.Errorf("%.80s: %v", c.line, err)
			continue
		}
		found := to.problems.byCause[c.reason]
		if to.problems.bad != 1 || to.problems.lines != 2 || to.log.count != 1 || found == nil {
			t.Errorf("%.80s: want %v, got %+v, %d events", c.line, c.reason, to.problems, to.log.count)
			continue
		}
		if !strings.HasPrefix(found.first, "t.jsonl:2: ") || !strings.Contains(found.first, c.want) {
			t.Errorf("%.80s: %s", c.line, found.first)
		}
	}
}

func TestJSONNamesAreFolded(t *testing.T) {
	to := &sink{log: newEventLog(nil), problems: newProblems("t.jsonl")}
	line := strings.Replace(order, "order_completed", "Order Completed", 1)
	if err := readJSON(bufio.NewReader(strings.NewReader(line)), to); err != nil || to.problems.bad > 0 {
		t.Fatal(err, to.problems)
	}
	for e := range to.log.all() {
		if e.Name != "order_completed" || e.OriginalName != "Order Completed" {
			t.Errorf("the event is %q, once %q", e.Name, e.OriginalName)
		}
	}
}

func TestBadCDNOWLines(t *testing.T) {
	for line, want := range map[string]string{
		" 00004 0001 19970101  2":                "malformed: 4 fields, want 5",
		" 00004 0001 19971301  2   29.33":        `date: bad time: "19971301"`,
		" 00004 0001 19970101  x   29.33":        `cds: bad number: "x"`,
		" 00004 0001 19970101  2   29.333":       "dollars: bad number",
		" 00004 0001 19970101  2   29,33":        "decimal commas",
		" 00004 0001 19970101  2   -1.00":        "negative amount",
		" 00004 0001 19970101  -2   1.00":        "quantity",
		" 00004 0001 19970101  2   29.33  extra": "6 fields",
	} {
		to := &sink{log: newEventLog(nil), problems: newProblems("t.txt")}
		if err := readCDNOW(strings.NewReader(line+"\r\n"), utc, to); err != nil || to.problems.bad != 1 {
			t.Errorf("%q: %v, %+v", line, err, to.problems)
			continue
		}
		for _, c := range to.problems.byCause {
			if !strings.HasPrefix(c.first, "t.txt:1: ") || !strings.Contains(c.first, want) {
				t.Errorf("%q: %s, want %s", line, c.first, want)
			}
		}
	}
}

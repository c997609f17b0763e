package main

import (
	"strings"
	"testing"
	"time"
)

var utc = time.UTC

func TestParseTime(t *testing.T) {
	load := func(name string) *time.Location {
		loc, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return loc
	}
	berlin, newYork, saoPaulo, apia := load("Europe/Berlin"), load("America/New_York"), load("America/Sao_Paulo"), load("Pacific/Apia")
	for _, c := range []struct {
		text string
		loc  *time.Location
		want string // in UTC
	}{
		{"2026-03-29T14:30:00Z", berlin, "2026-03-29T14:30:00Z"},
		{"2026-03-29T14:30:00.25+05:30", berlin, "2026-03-29T09:00:00.25Z"},
		{"2026-03-28 14:30:00", berlin, "2026-03-28T13:30:00Z"},
		{"2026-03-28T14:30:00.5", berlin, "2026-03-28T13:30:00.5Z"},
		{"2026-03-28 14:30", berlin, "2026-03-28T13:30:00Z"},
		{"2026-03-28T14:30", newYork, "2026-03-28T18:30:00Z"},
		{"2026-07-01", berlin, "2026-06-30T22:00:00Z"},
		{"2026-07-01", utc, "2026-07-01T00:00:00Z"},
		// Clocks are put forward from 2 to 3 o'clock on 29 March and back on 25 October.
		{"2026-03-29 01:59:59", berlin, "2026-03-29T00:59:59Z"},
		{"2026-03-29 03:00:00", berlin, "2026-03-29T01:00:00Z"},
		{"2026-10-25 02:30:00", berlin, "2026-10-25T00:30:00Z"}, // the first of two
		{"2026-10-25 03:00:00", berlin, "2026-10-25T02:00:00Z"},
		{"2026-11-01 01:30:00", newYork, "2026-11-01T05:30:00Z"},
		// In Brazil of 2017 clocks were put forward at midnight: the day began at 1 o'clock.
		{"2017-10-15", saoPaulo, "2017-10-15T03:00:00Z"},
	} {
		got, err := parseTime(c.text, c.loc)
		if err != nil || got.UTC().Format(time.RFC3339Nano) != c.want {
			t.Errorf("%s in %s is %v, %v; want %s", c.text, c.loc, got.UTC(), err, c.want)
		}
	}
	for _, c := range []struct {
		text string
		loc  *time.Location
		want string
	}{
		{"2026-03-29 02:30:00", berlin, "clocks in Europe/Berlin skip this time"},
		{"2026-03-29 02:00:00", berlin, "skip"},
		{"2011-12-30", apia, ""}, // Samoa went from the 29th to the 31st.
		{"2026-02-30", utc, "want 2026-03-29"},
		{"1.3.2026", utc, "want 2026-03-29"},
		{"03/01/2026", utc, "want 2026-03-29"},
		{"1772355600", utc, "want 2026-03-29"},
		{"", utc, "want"},
	} {
		if got, err := parseTime(c.text, c.loc); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q in %s is %v, %v; want %s", c.text, c.loc, got, err, c.want)
		}
	}
}

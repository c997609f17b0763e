package main

import (
	"bufio"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
)

// sample is a log that ships with the program.
type sample struct {
	name, title, note string
	file              string // as in messages
	read              func(loc *time.Location, to *sink) error
}

func samples() []sample {
	return []sample{
		{
			name:  "cdnow",
			title: "CDNOW: purchases at a music shop",
			note:  "Real data of 1997 and 1998, published by Fader and Hardie; see data/README.md.",
			file:  "CDNOW_sample.txt",
			read:  func(loc *time.Location, to *sink) error { return readCDNOW(strings.NewReader(data.CDNOW()), loc, to) },
		},
		{
			name:  "saas",
			title: "SaaS: a software company with subscriptions",
			note:  "Made-up data: written by internal/saasgen, not by customers.",
			file:  "saas.jsonl",
			read: func(_ *time.Location, to *sink) error {
				return readJSON(bufio.NewReader(strings.NewReader(data.SaaS())), to)
			},
		},
	}
}

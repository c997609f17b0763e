package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// readCDNOW reads the purchase log of the music shop CDNOW: one order a line, with the
// customer's id in the full data and in the sample, the date, the number of CDs and
// dollars, separated by blanks. Two equal lines are two orders.
func readCDNOW(r io.Reader, loc *time.Location, to *sink) error {
	lines := bufio.NewScanner(r)
	for line := 1; lines.Scan(); line++ {
		to.line()
		e, err := cdnowOrder(lines.Text(), line, loc)
		if err != nil {
			to.problems.reject(line, nil, err)
			continue
		}
		if err := to.event(&e, line, nil); err != nil {
			return err
		}
	}
	return lines.Err()
}

// cdnowOrder turns one line into an order.
func cdnowOrder(text string, line int, loc *time.Location) (event.Event, error) {
	fields := strings.Fields(text)
	if len(fields) != 5 {
		return event.Event{}, rejection(event.Malformed, "", "%d fields, want 5", len(fields))
	}
	date, err := time.Parse("20060102", fields[2])
	if err != nil {
		return event.Event{}, rejection(event.BadTime, "date", "%s, want YYYYMMDD", quoted(fields[2]))
	}
	day, err := startOfDay(date.Year(), date.Month(), date.Day(), loc)
	if err != nil {
		return event.Event{}, rejection(event.BadTime, "date", "%v", err)
	}
	cds, err := strconv.ParseInt(fields[3], 10, 64)
	if err != nil {
		return event.Event{}, rejection(event.BadNumber, "cds", "%s is no whole number", quoted(fields[3]))
	}
	cents, r := minorUnits("dollars", fields[4], "USD")
	if r != nil {
		return event.Event{}, r
	}
	return event.New(event.Event{
		Source: "cdnow",
		Seq:    int64(line),
		Time:   day,
		UserID: fields[0],
	}, event.OrderCompleted{
		OrderID:  fmt.Sprintf("line-%d", line),
		Amount:   cents,
		Currency: "USD",
		Quantity: event.Some(cds),
	}), nil
}

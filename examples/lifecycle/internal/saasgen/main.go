// Saasgen writes the made-up log of a software company that examples/lifecycle reads with
// -sample saas: some nine months of events in all six stages of the customer's life.
//
//	go run ./examples/lifecycle/internal/saasgen > examples/lifecycle/data/saas.jsonl
//
// The seed is fixed and only whole numbers are drawn, so the log is the same, byte for
// byte, on every machine. It has what real logs have: events that come twice, events that
// come late and out of order, test traffic, openings of messages by machines, notes in
// tickets that no customer sees.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := write(out)
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "saasgen:", err)
		os.Exit(1)
	}
}

// write writes the log, one event a line, in the order in which the events came in.
func write(w io.Writer) error {
	c := newCompany()
	c.run()
	var line []byte
	for _, a := range c.arrivals() {
		var err error
		if line, err = a.event.AppendJSON(line[:0]); err != nil {
			return err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return nil
}

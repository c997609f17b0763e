package intake_test

import (
	"fmt"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Events come out with the customers that they would have had one after the other, and one
// without a code is refused under its own name.
func TestQueue(t *testing.T) {
	in, err := intake.New(event.User, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	var q intake.Queue[int]
	var got []string
	take := func() {
		q.Take(&in, func(customers []event.Code, events []int) {
			for i, n := range events {
				got = append(got, fmt.Sprint(in.Keys.Key(customers[i]), " ", n))
			}
		})
	}
	var want []string
	full := 0
	for i := range 1000 {
		e := event.Event{Name: "signed_up", ID: fmt.Sprint("event ", i), UserID: fmt.Sprint("customer ", i*i%97)}
		if i == 700 {
			e.UserID = "" // has no code, like one too many
		} else {
			want = append(want, fmt.Sprint(e.UserID, " ", i))
		}
		if q.Put(&in, &e, i) {
			full++
			take()
		}
	}
	take()
	take() // nothing is left
	if full == 0 || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("full %d times; got %q, want %q", full, got, want)
	}
	r := in.Tally.Report(0)
	if r.Taken != 999 || len(r.Refused) != 1 || r.Refused[0].Event != "signed_up" || r.Refused[0].Reason != event.TooLarge ||
		r.Refused[0].First != "event 700 customers of one bucket" {
		t.Errorf("report %+v", r)
	}
}

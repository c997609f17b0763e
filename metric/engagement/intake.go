package engagement

import (
	"math"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// intake is what all accumulators do with an event before they look at what it means.
type intake struct {
	subject event.SubjectKind
	test    bool
	keys    *event.Keys
	tally   event.Tally
}

func newIntake(subject event.SubjectKind, test bool, keys *event.Keys) (intake, error) {
	if subject > event.Account {
		return intake{}, inputErrorf("subject %d is unknown", subject)
	}
	if keys == nil {
		keys = new(event.Keys)
	}
	return intake{subject: subject, test: test, keys: keys}, nil
}

// wants counts a delivery that is left out as test.
func (in *intake) wants(e *event.Event) bool {
	if e.Test && !in.test {
		in.tally.Test++
		return false
	}
	return true
}

// admit returns the customer and the instant of an event, or refuses it.
func (in *intake) admit(e *event.Event) (event.Code, int64, bool) {
	key := e.Subject(in.subject)
	switch {
	case e.Time.IsZero():
		in.tally.Refuse(e.Name, event.MissingTime, "")
	case e.Time.Unix() <= leastSecond || e.Time.Unix() >= mostSecond:
		in.tally.Refuse(e.Name, event.BadTime, e.Time.UTC().Format(time.RFC3339))
	case key == "":
		in.tally.Refuse(e.Name, event.MissingSubject, in.subject.String())
	default:
		code := in.keys.Code(key)
		if code != event.NoCode {
			return code, e.Time.UnixNano(), true
		}
		in.tally.Refuse(e.Name, event.TooLarge, "customers of one bucket")
	}
	return event.NoCode, 0, false
}

// The seconds between which events may lie: half of what 64 bits of nanoseconds hold, so that
// every difference of two instants fits them, too.
const (
	second      = 1_000_000_000
	mostSecond  = math.MaxInt64 / 2 / second
	leastSecond = -mostSecond
)

// checkRows checks the columns that every block has.
func (in *intake) checkRows(customers []event.Code, times []int64) error {
	if err := checkLength("Time", len(times), len(customers)); err != nil {
		return err
	}
	for i, c := range customers {
		if c == event.NoCode || !in.keys.Has(c) {
			return inputErrorf("column Customer: row %d has code %#x, which the keys did not give", i, uint32(c))
		}
	}
	for i, t := range times {
		if t <= leastSecond*second || t >= mostSecond*second {
			return inputErrorf("column Time: row %d is not within the years 1824 to 2115", i)
		}
	}
	return nil
}

// commonText ends the canonical text of options with what all of them have.
func commonText(list []string, subject event.SubjectKind, test bool) string {
	if subject != event.User {
		list = append(list, "subject "+subject.String())
	}
	if test {
		list = append(list, "test events")
	}
	return strings.Join(list, "; ")
}

func encodeTally(w *wire.Writer, t *event.Tally) {
	r := t.Report(0)
	w.Uvarint(uint64(r.Taken))
	w.Uvarint(uint64(r.Ignored))
	w.Uvarint(uint64(r.Test))
	w.Count(len(r.Refused))
	for _, x := range r.Refused {
		w.Text(x.Event)
		w.Text(string(x.Reason))
		w.Uvarint(uint64(x.Count))
		w.Text(x.First)
	}
}

func decodeTally(r *wire.Reader) event.Tally {
	report := event.Report{Taken: decodeCount(r), Ignored: decodeCount(r), Test: decodeCount(r)}
	for range r.Count(4) {
		report.Refused = append(report.Refused, event.Refused{
			Event: r.Text(), Reason: event.Reason(r.Text()), Count: decodeCount(r), First: r.Text(),
		})
	}
	return event.TallyOf(report)
}

// decodeCount reads a number of things that were counted one by one.
func decodeCount(r *wire.Reader) int64 {
	n := r.Uvarint()
	if n > 1<<62 {
		r.Fail()
		return 0
	}
	return int64(n)
}

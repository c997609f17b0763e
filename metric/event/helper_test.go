package event_test

import (
	"math/rand/v2"
	"time"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0x6c69666563796c65)) }

// pick draws from few choices, so that ties are common.
func pick[T any](r *rand.Rand, choices ...T) T { return choices[r.IntN(len(choices))] }

var randomTexts = []string{"", "a", "b", "é", "\"\\\n\x00\u2028", "𝄞 <&>", "user-1"}

func randomTime(r *rand.Rand) time.Time {
	zone := pick(r, time.UTC, time.FixedZone("", 7*3600), time.FixedZone("", -12600))
	return time.Unix(pick(r, int64(-62135596799), -1, 0, 1, 1700000000, 253402300799), pick(r, int64(0), 1, 999999999)).In(zone)
}

func randomValue(r *rand.Rand, depth int) event.Value {
	switch r.IntN(8) {
	case 0:
		return event.StringValue(pick(r, randomTexts...))
	case 1:
		return event.BoolValue(r.IntN(2) == 0)
	case 2:
		return event.IntValue(pick(r, int64(0), 1, -1, 1<<63-1, -1<<63))
	case 3, 4:
		return event.DecimalValue(decimal.New(pick(r, int64(1), -1, 15, 150, 1<<62), pick(r, int32(-15), -2, -1, 0, 1, 15)))
	case 5:
		return event.TimeValue(randomTime(r))
	case 6:
		if depth == 0 {
			return event.ListValue()
		}
		list := make([]event.Value, r.IntN(3))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return event.ListValue(list...)
	}
	return event.RecordValue(randomProps(r, depth-1))
}

func randomProps(r *rand.Rand, depth int) event.Props {
	if depth < 0 {
		return event.Props{}
	}
	var attrs []event.Attr
	for _, name := range []string{"z", "amount", "a b", "é"} {
		if r.IntN(3) == 0 {
			attrs = append(attrs, event.Attr{Name: name, Value: randomValue(r, depth)})
		}
	}
	return event.NewProps(attrs...)
}

// randomEvent has few distinct values, so that events are often equal in part.
func randomEvent(r *rand.Rand) event.Event {
	e := event.Event{
		ID:           pick(r, "", "1", "2"),
		Source:       pick(r, "", "web"),
		Name:         pick(r, "page_viewed", "clicked"),
		OriginalName: pick(r, "", "", "Page Viewed"),
		Time:         randomTime(r),
		Seq:          pick(r, int64(0), 0, -1, 1<<62),
		UserID:       pick(r, randomTexts...),
		AnonymousID:  pick(r, "", "x"),
		AccountID:    pick(r, "", "y"),
		SessionID:    pick(r, "", "z"),
		Test:         r.IntN(4) == 0,
	}
	if r.IntN(3) == 0 {
		e.EffectiveTime = randomTime(r)
	}
	if r.IntN(3) == 0 {
		e.RecordedTime = randomTime(r)
	}
	if r.IntN(2) == 0 {
		e.Props = randomProps(r, 2)
	}
	return e
}

// textTimes is v as it comes back from JSON, which has no times.
func textTimes(v event.Value) event.Value {
	switch v.Kind() {
	case event.KindTime:
		t, _ := v.Time()
		return event.StringValue(t.Format(time.RFC3339Nano))
	case event.KindRecord:
		p, _ := v.Record()
		return event.RecordValue(textTimesOf(p))
	case event.KindList:
		list, _ := v.List()
		for i := range list {
			list[i] = textTimes(list[i])
		}
		return event.ListValue(list...)
	}
	return v
}

func textTimesOf(p event.Props) event.Props {
	var attrs []event.Attr
	for name, v := range p.All() {
		attrs = append(attrs, event.Attr{Name: name, Value: textTimes(v)})
	}
	return event.NewProps(attrs...)
}

func mustTime(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t
}

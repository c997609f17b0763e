package engagement

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/wire"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// fuzz feeds an accumulator bodies of binary forms: it must refuse them or hold exactly
// them, and answer for what it holds.
func fuzz[T accumulator[T]](f *testing.F, magic, text string, make func() T, results func(T) string) {
	for seed := range uint64(3) {
		a := make()
		for _, e := range hostile(rand.New(rand.NewPCG(seed, 50)), 8) {
			a.Add(&e)
		}
		whole, err := a.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(whole[len(wire.Seal(magic, 1, text, nil)):])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		data := wire.Seal(magic, 1, text, body)
		a := make()
		if a.UnmarshalBinary(data) != nil {
			return
		}
		if !bytes.Equal(bytesOf(t, a), data) {
			t.Fatal("taken and written otherwise")
		}
		results(a)
		b := make()
		if err := b.Merge(a); err != nil || !bytes.Equal(bytesOf(t, b), data) {
			t.Fatal("merged otherwise")
		}
	})
}

func FuzzActivity(f *testing.F) {
	o := octoberOptions(f)
	fuzz(f, activityMagic, o.String(), func() *Activity { return must(NewActivity(o)) }, activityResults)
}

func FuzzSessions(f *testing.F) {
	o := sessionOptions(f)["both"]
	fuzz(f, sessionsMagic, o.String(), func() *Sessions { return must(NewSessions(o)) }, sessionResults)
}

func FuzzSessionsCompact(f *testing.F) {
	var o SessionOptions
	fuzz(f, sessionsMagic, o.String(), func() *Sessions { return must(NewSessions(o)) }, sessionResults)
}

func FuzzActivation(f *testing.F) {
	o := activationOptions()["all"]
	fuzz(f, activationMagic, o.String(), func() *Activation { return must(NewActivation(o)) }, activationResults)
}

func FuzzPaths(f *testing.F) {
	o := pathOptions()["features"]
	fuzz(f, pathsMagic, o.String(), func() *Paths { return must(NewPaths(o)) }, pathResults)
}

// TestMalformedActivity: bodies of which each value alone could be read.
func TestMalformedActivity(t *testing.T) {
	a := must(NewActivity(ActivityOptions{Range: october(t)}))
	body := func(before int64, slots ...uint64) []byte {
		w := new(wire.Writer)
		w.Tally(new(event.Tally))
		for bucket := range event.Buckets {
			if uint8(bucket) != event.Bucket("u") {
				w.Count(0)
				continue
			}
			w.Count(1)
			w.Text("u")
			w.Bool(before != never)
			if before != never {
				w.Varint(before)
			}
			w.Count(len(slots))
			for _, slot := range slots {
				w.Uvarint(slot)
			}
		}
		return wire.Seal(activityMagic, activityVersion, a.text, w.Bytes)
	}
	first := a.slots.Start()
	for _, c := range []struct {
		what string
		data []byte
		ok   bool
	}{
		{"a slot and an instant before", body(first-1, 1), true},
		{"an instant before that is not", body(first, 1), false},
		{"an instant beyond all", body(-1<<62-1<<61, 1), false},
		{"a slot twice", body(never, 1, 0), false},
		{"a slot before the first", body(never, 0), false},
		{"a slot after the last", body(never, 43), false},
		{"the last slot", body(never, 42), true},
		{"nothing of a customer", body(never), false},
	} {
		if err := a.UnmarshalBinary(c.data); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// TestNoBytes: what is not a binary form of these options is refused.
func TestNoBytes(t *testing.T) {
	a := must(NewActivity(octoberOptions(t)))
	other := octoberOptions(t)
	other.Subject = event.Account
	for _, data := range [][]byte{nil, []byte("olea"), bytesOf(t, must(NewActivity(other))), bytesOf(t, must(NewPaths(PathOptions{})))} {
		if err := a.UnmarshalBinary(data); err == nil {
			t.Errorf("%q is taken", data)
		}
	}
}

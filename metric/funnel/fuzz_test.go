package funnel_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func fuzzOptions() []funnel.Options {
	return []funnel.Options{
		{Steps: steps("abc")},
		{Steps: steps("ab"), Order: funnel.Strict, Hold: []string{"item"}, Breakdown: funnel.Breakdown{Attribute: "plan"}},
		{Steps: steps("ab"), Attempts: funnel.EveryEntry, Exclusions: []funnel.Exclusion{{Event: event.Named("x"), After: 1, Before: 2}}},
	}
}

// Whatever bytes are read, they are an error or the one form of a funnel that works.
func FuzzUnmarshal(f *testing.F) {
	for i, o := range fuzzOptions() {
		seed := must(o)
		data, _ := seed.MarshalBinary()
		f.Add(uint8(i), data)
		add(seed, hostile(rand.New(rand.NewPCG(uint64(i), 5)), 30)...)
		if data, _ = seed.MarshalBinary(); len(data) == 0 {
			f.Fatal("no bytes")
		}
		f.Add(uint8(i), data)
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		options := fuzzOptions()
		got := must(options[int(which)%len(options)])
		before := bytesOf(t, got)
		if err := got.UnmarshalBinary(data); err != nil {
			if !errors.Is(err, metric.ErrInput) {
				t.Fatalf("%v is not an ErrInput", err)
			}
			if !bytes.Equal(bytesOf(t, got), before) {
				t.Fatal("an error changed the funnel")
			}
			return
		}
		if !bytes.Equal(bytesOf(t, got), data) {
			t.Fatal("the bytes are not those that are written")
		}
		got.Table(funnel.Query{AsOf: epoch, Times: true})
		got.Report()
	})
}

// Bytes with one bit changed, or cut short, never panic.
func TestDamagedBytes(t *testing.T) {
	for i, o := range fuzzOptions() {
		f := must(o)
		add(f, hostile(rand.New(rand.NewPCG(uint64(i), 6)), 16)...)
		data := bytesOf(t, f)
		refused := 0
		for at := range data {
			for bit := range 8 {
				damaged := bytes.Clone(data)
				damaged[at] ^= 1 << bit
				got := must(o)
				if err := got.UnmarshalBinary(damaged); err != nil {
					refused++
				} else if !bytes.Equal(bytesOf(t, got), damaged) {
					t.Fatalf("byte %d, bit %d: accepted, and written differently", at, bit)
				}
			}
			if err := must(o).UnmarshalBinary(data[:at]); !errors.Is(err, metric.ErrInput) {
				t.Fatalf("%d of %d bytes: %v", at, len(data), err)
			}
		}
		if refused == 0 {
			t.Fatal("nothing was refused")
		}
	}
}

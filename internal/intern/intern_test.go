package intern_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/intern"
)

// Many numbers have few tags, at both ends of their range.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var x intern.Index
	if x.First(1) != 0 || x.Find(1, func(uint32) bool { return true }) != 0 {
		t.Error("an empty index has numbers")
	}
	want := map[uint32][]uint32{}
	for number := uint32(1); number < 3000; number++ {
		tag := []uint32{0, 1, math.MaxUint32 - 1, math.MaxUint32, r.Uint32()}[r.IntN(5)]
		x.Add(tag, number)
		want[tag] = append(want[tag], number)
	}
	for tag, numbers := range want {
		var got []uint32
		first := x.First(tag)
		x.Find(tag, func(number uint32) bool {
			got = append(got, number)
			return false
		})
		if first != got[0] {
			t.Errorf("tag %#x: First gives %d, Find asks about %d", tag, first, got[0])
		}
		slices.Sort(got)
		if !slices.Equal(got, numbers) {
			t.Fatalf("tag %#x has numbers %d, want %d", tag, got, numbers)
		}
		last := numbers[len(numbers)-1]
		if found := x.Find(tag, func(number uint32) bool { return number == last }); found != last {
			t.Errorf("tag %#x: %d is found, want %d", tag, found, last)
		}
	}
}

func TestArena(t *testing.T) {
	var a intern.Arena
	var kept, want []string
	for i := range 2000 {
		text := strings.Repeat("x", i%50) + "y"
		want = append(want, text)
		kept = append(kept, a.Keep(text))
	}
	long := strings.Repeat("z", 1<<17)
	if a.Keep(long) != long || !slices.Equal(kept, want) {
		t.Error("texts change")
	}
}

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

func TestTexts(t *testing.T) {
	var x intern.Texts
	r := rand.New(rand.NewPCG(4, 4))
	var texts []string
	var places []uint32
	for i := range 3000 {
		text := strings.Repeat("ab", r.IntN(40))
		switch r.IntN(200) {
		case 0:
			text = strings.Repeat("c", 1<<16-r.IntN(40)) // about as long as a block
		case 1:
			text = strings.Repeat("d", 1<<17)
		}
		place, ok := x.Add(uint32(i)<<12, text)
		if !ok {
			t.Fatalf("no room for text %d", i)
		}
		texts, places = append(texts, text), append(places, place)
	}
	for i, place := range places {
		if number, text := x.At(place); number != uint32(i)<<12 || text != texts[i] {
			t.Fatalf("text %d of %d bytes is number %#x of %d bytes", i, len(texts[i]), number, len(text))
		}
	}
	slices.Sort(places)
	if n := len(slices.Compact(places)); n != len(texts) {
		t.Errorf("%d places of %d texts", n, len(texts))
	}
}

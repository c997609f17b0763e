package purchase_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/purchase"
)

// FuzzUnmarshal feeds bytes whose header is right, so that the body is reached.
func FuzzUnmarshal(f *testing.F) {
	options := []purchase.Options{{}, {Keep: purchase.KeepTotals}}
	const header = 4 + 1 + 8 // before the length
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 9))
		for i, o := range options {
			l := newLog(f, o)
			parts := hostileParts(f, r, 1, o.Keep == purchase.KeepTotals)
			parts[0].addTo(f, l)
			f.Add(uint8(i), marshal(f, l)[header+8:])
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		o := options[int(which)%len(options)]
		l := newLog(t, o)
		empty := marshal(t, l)
		data := append([]byte(nil), empty[:header]...)
		for i := range 8 {
			data = append(data, byte(uint64(len(body))>>(56-8*i)))
		}
		data = append(data, body...)
		err := l.UnmarshalBinary(data)
		switch {
		case err == nil && !bytes.Equal(marshal(t, l), data):
			t.Error("accepted bytes are not what is written again")
		case err != nil && !errors.Is(err, metric.ErrInput):
			t.Errorf("%v is no ErrInput", err)
		case err != nil && !bytes.Equal(marshal(t, l), empty):
			t.Error("refused bytes leave something behind")
		}
		if _, err := l.Totals(none); err != nil {
			t.Error(err)
		}
	})
}

func TestUnmarshalRefuses(t *testing.T) {
	l := newLog(t, purchase.Options{})
	parts := hostileParts(t, rand.New(rand.NewPCG(1, 1)), 1, false)
	parts[0].addTo(t, l)
	data := marshal(t, l)
	for n := range len(data) {
		if newLog(t, purchase.Options{}).UnmarshalBinary(data[:n]) == nil {
			t.Fatalf("%d of %d bytes are accepted", n, len(data))
		}
	}
	if newLog(t, purchase.Options{}).UnmarshalBinary(append(data, 0)) == nil {
		t.Error("a byte too many is accepted")
	}
	if newLog(t, purchase.Options{Lines: true}).UnmarshalBinary(data) == nil {
		t.Error("bytes of other options are accepted")
	}
}

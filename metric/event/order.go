package event

import (
	"cmp"
	"math/bits"
	"strings"
	"time"
)

// Compare is the order in which events happened. Events of one instant are ordered
// by Seq, then RecordedTime, then Source and ID, then by all that is left: name,
// effective time, ids, test mark, attributes, original name. So the order of input
// never matters.
//
// It is a total order on content: 0 means that the events are equal. Times are
// compared as instants, whatever their location, and an EffectiveTime that is not
// set is equal to Time.
func Compare(a, b *Event) int {
	if c := compareTime(a.Time, b.Time); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Seq, b.Seq); c != 0 {
		return c
	}
	if c := compareTime(a.RecordedTime, b.RecordedTime); c != 0 {
		return c
	}
	if c := strings.Compare(a.Source, b.Source); c != 0 {
		return c
	}
	if c := strings.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	return compareContent(a, b)
}

func compareContent(a, b *Event) int {
	return cmp.Or(
		strings.Compare(a.Name, b.Name),
		compareTime(a.Effective(), b.Effective()),
		strings.Compare(a.UserID, b.UserID),
		strings.Compare(a.AnonymousID, b.AnonymousID),
		strings.Compare(a.AccountID, b.AccountID),
		strings.Compare(a.SessionID, b.SessionID),
		compareBool(a.Test, b.Test),
		a.Props.Compare(b.Props),
		strings.Compare(a.OriginalName, b.OriginalName),
	)
}

// compareTime ignores locations and monotonic readings.
func compareTime(a, b time.Time) int {
	if c := cmp.Compare(a.Unix(), b.Unix()); c != 0 {
		return c
	}
	return cmp.Compare(a.Nanosecond(), b.Nanosecond())
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Equal reports whether e and f have the same content, which is Compare giving 0.
func (e *Event) Equal(f *Event) bool { return Compare(e, f) == 0 }

// Key identifies an event for deduplication. It is comparable and can be the key of
// a map.
type Key struct {
	Source, ID string
	Content    [16]byte // hash of the content when there is no ID, else zero
}

// Key returns the deduplication key of e: Source and ID, or Source and
// [Event.ContentHash] when e has no ID.
func (e *Event) Key() Key {
	if e.ID != "" {
		return Key{Source: e.Source, ID: e.ID}
	}
	return Key{Source: e.Source, Content: e.ContentHash()}
}

// ContentHash returns a 128-bit hash of what happened: everything but ID,
// RecordedTime and OriginalName, which differ between two deliveries of one event.
// Seq counts, so that two equal lines of one file stay two events.
//
// The hash is 128-bit FNV-1a, big-endian, over version 1 of the binary form (see
// [Event.AppendBinary]) with those three fields empty. It is the same on every
// platform and will not change. It is not a cryptographic hash.
func (e *Event) ContentHash() [16]byte {
	content := *e
	content.ID, content.OriginalName, content.RecordedTime = "", "", time.Time{}
	var buf [512]byte
	return fnv128a(appendBody(buf[:0], &content))
}

// fnv128a is hash/fnv.New128a without its allocations.
func fnv128a(data []byte) [16]byte {
	hi, lo := uint64(0x6c62272e07bb0142), uint64(0x62b821756295c58d)
	const primeLow, primeShift = 0x13b, 24 // the prime is 2^88 + 0x13b
	for _, b := range data {
		lo ^= uint64(b)
		carry, low := bits.Mul64(lo, primeLow)
		hi = hi*primeLow + carry + lo<<primeShift
		lo = low
	}
	var sum [16]byte
	for i := range 8 {
		sum[i] = byte(hi >> (56 - 8*i))
		sum[8+i] = byte(lo >> (56 - 8*i))
	}
	return sum
}

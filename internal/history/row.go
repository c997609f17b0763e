// Package history keeps compact rows of what customers did, by customer, in the 256 buckets
// of [event.Bucket]: the state of calculators in which the order of events matters.
//
// Rows come in any order. They are put in order customer by customer when they are read,
// and rows of events that came more than once are then one. What is read depends on the
// set of rows that were added, not on their order or on how they were split over stores.
package history

import (
	"cmp"
	"encoding/binary"
	"hash/maphash"
	"math"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// Row is one thing that a customer did. P is what a calculator has to know of it: small, of
// fixed size and without pointers.
type Row[P any] struct {
	At       int64  // nanoseconds since 1970 UTC
	Customer uint32 // position in the bucket
	tie      uint32 // 0: nothing; else a position plus one: in events, places or numbers
	P        P
}

// Marks of ties.
const (
	fromEvent = 1 << 31 // in events
	isPlace   = 1 << 30 // in places
)

// place is where a row is among those of one instant, if it is not of an event that may come
// again.
type place struct{ seq, recorded int64 }

// identity tells the event of a row from others, and orders it among those of one instant.
type identity struct {
	seq      int64
	recorded int64 // nanoseconds; absent is least
	source   string
	id       string
	content  [16]byte // if there is no id
}

// Stamp is what is kept of an event besides a payload.
type Stamp struct {
	At       int64
	identity identity
}

func identityOf(e *event.Event) identity {
	t := identity{seq: e.Seq, recorded: nanoseconds(e.RecordedTime), source: e.Source, id: e.ID}
	if e.ID == "" {
		t.content = e.ContentHash()
	}
	return t
}

// nothing is the time of record of a row without one.
const nothing = math.MinInt64

// nanoseconds returns t in nanoseconds since 1970, the nearest there is beyond the years
// 1678 to 2261, and nothing for the zero Time.
func nanoseconds(t time.Time) int64 {
	const most = math.MaxInt64 / int64(time.Second)
	switch unix := t.Unix(); {
	case unix <= -most:
		return nothing
	case unix >= most:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// same reports whether both are one event.
func (t *identity) same(u *identity) bool {
	return t.id == u.id && t.source == u.source && t.content == u.content
}

func (t *identity) compare(u *identity) int {
	if c := cmp.Or(cmp.Compare(t.seq, u.seq), cmp.Compare(t.recorded, u.recorded),
		strings.Compare(t.source, u.source), strings.Compare(t.id, u.id)); c != 0 {
		return c
	}
	return strings.Compare(string(t.content[:]), string(u.content[:]))
}

// hash returns a hash of what same compares.
func (t *identity) hash(seed maphash.Seed) uint64 {
	if t.id == "" {
		return binary.LittleEndian.Uint64(t.content[:])
	}
	return maphash.String(seed, t.id)
}

package event

import (
	"cmp"
	"encoding/binary"
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
	effective := compareTime(e.Effective(), e.Time) != 0
	flags := byte(0)
	if e.Test {
		flags |= flagTest
	}
	if !e.Time.IsZero() {
		flags |= flagTime
	}
	if effective {
		flags |= flagEffective
	}
	d := newDigest()
	d.byte(flags)
	d.text("") // ID
	d.text(e.Source)
	d.text(e.Name)
	d.text("") // OriginalName
	d.text(e.UserID)
	d.text(e.AnonymousID)
	d.text(e.AccountID)
	d.text(e.SessionID)
	if flags&flagTime != 0 {
		d.instant(e.Time.Unix(), e.Time.Nanosecond())
	}
	if effective {
		d.instant(e.EffectiveTime.Unix(), e.EffectiveTime.Nanosecond())
	}
	d.varint(e.Seq)
	d.props(e.Props)
	return d.sum()
}

// digest is the 128-bit FNV-1a hash of bytes of the binary form, as appendBody and its
// helpers would write them. That there are no bytes is what makes it fast.
type digest struct{ hi, lo uint64 }

func newDigest() digest { return digest{0x6c62272e07bb0142, 0x62b821756295c58d} }

func (d *digest) byte(b byte) { d.hi, d.lo = digestByte(d.hi, d.lo, b) }

// digestByte works on values, so that a loop has them in registers.
func digestByte(hi, lo uint64, b byte) (uint64, uint64) {
	const primeLow, primeShift = 0x13b, 24 // the prime is 2^88 + 0x13b
	mixed := lo ^ uint64(b)
	carry, low := bits.Mul64(mixed, primeLow)
	return hi*primeLow + (carry + mixed<<primeShift), low
}

func (d *digest) uvarint(n uint64) {
	hi, lo := d.hi, d.lo
	for ; n >= 0x80; n >>= 7 {
		hi, lo = digestByte(hi, lo, byte(n)|0x80)
	}
	d.hi, d.lo = digestByte(hi, lo, byte(n))
}

func (d *digest) varint(n int64) { d.uvarint(uint64(n)<<1 ^ uint64(n>>63)) }

func (d *digest) text(s string) {
	if len(s) < 0x80 {
		d.byte(byte(len(s)))
	} else {
		d.uvarint(uint64(len(s)))
	}
	hi, lo := d.hi, d.lo
	for i := range len(s) {
		hi, lo = digestByte(hi, lo, s[i])
	}
	d.hi, d.lo = hi, lo
}

func (d *digest) instant(unix int64, nano int) {
	d.varint(unix)
	d.uvarint(uint64(nano))
}

func (d *digest) props(p Props) {
	d.uvarint(uint64(len(p.attrs)))
	for i := range p.attrs {
		d.text(p.attrs[i].Name)
		d.value(&p.attrs[i].Value)
	}
}

func (d *digest) value(v *Value) {
	d.byte(byte(v.kind))
	switch v.kind {
	case KindString:
		d.text(v.text)
	case KindBool:
		d.byte(byte(v.num))
	case KindInt:
		d.varint(v.num)
	case KindTime:
		d.instant(v.num, int(v.nano))
	case KindRecord:
		p, _ := v.Record()
		d.props(p)
	case KindList:
		list, _ := v.list()
		d.uvarint(uint64(len(list)))
		for i := range list {
			d.value(&list[i])
		}
	case KindDecimal:
		for _, b := range appendBinaryValue(nil, v)[1:] { // after the kind
			d.byte(b)
		}
	}
}

func (d *digest) sum() (sum [16]byte) {
	binary.BigEndian.PutUint64(sum[:8], d.hi)
	binary.BigEndian.PutUint64(sum[8:], d.lo)
	return sum
}

// Package wire writes and reads the binary forms of accumulators: versioned, bound to the
// options of the accumulator, and checked for length.
package wire

import (
	"bytes"
	"encoding"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
)

// Writer appends values to Bytes. The zero Writer is ready for use.
type Writer struct{ Bytes []byte }

// Uvarint writes n.
func (w *Writer) Uvarint(n uint64) { w.Bytes = binary.AppendUvarint(w.Bytes, n) }

// Varint writes n.
func (w *Writer) Varint(n int64) { w.Bytes = binary.AppendVarint(w.Bytes, n) }

// Count writes a number of things that follow.
func (w *Writer) Count(n int) { w.Uvarint(uint64(n)) }

// Byte writes b.
func (w *Writer) Byte(b byte) { w.Bytes = append(w.Bytes, b) }

// Bool writes b.
func (w *Writer) Bool(b bool) {
	if b {
		w.Byte(1)
	} else {
		w.Byte(0)
	}
}

// Text writes s and its length.
func (w *Writer) Text(s string) {
	w.Count(len(s))
	w.Bytes = append(w.Bytes, s...)
}

// Raw writes bytes whose number the reader knows.
func (w *Writer) Raw(b []byte) { w.Bytes = append(w.Bytes, b...) }

// Uint64 writes n in 8 bytes.
func (w *Writer) Uint64(n uint64) { w.Bytes = binary.BigEndian.AppendUint64(w.Bytes, n) }

// Float64 writes the bits of x.
func (w *Writer) Float64(x float64) { w.Uint64(math.Float64bits(x)) }

// Reader takes values off the front of its bytes. After an error it has no bytes left and
// all that is read is zero: ask [Reader.Close] in the end, and bound loops by
// [Reader.Count].
type Reader struct {
	data  []byte
	whole []byte // that the reader was made with
	bad   bool
}

// NewReader returns a reader of data, which it keeps.
func NewReader(data []byte) *Reader { return &Reader{data: data, whole: data} }

// Fail notes that what was read cannot be.
func (r *Reader) Fail() { r.data, r.bad = nil, true }

// Failed reports whether something read could not be.
func (r *Reader) Failed() bool { return r.bad }

// Len returns the number of bytes left.
func (r *Reader) Len() int { return len(r.data) }

// Uvarint reads what Writer.Uvarint wrote.
func (r *Reader) Uvarint() uint64 {
	n, size := binary.Uvarint(r.data)
	if size <= 0 || size > 1 && r.data[size-1] == 0 { // a longer form than the writer's
		r.Fail()
		return 0
	}
	r.data = r.data[size:]
	return n
}

// Varint reads what Writer.Varint wrote.
func (r *Reader) Varint() int64 {
	u := r.Uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// Uint32 reads a number that Writer.Uvarint wrote and that fits 32 bits.
func (r *Reader) Uint32() uint32 {
	n := r.Uvarint()
	if n > math.MaxUint32 {
		r.Fail()
		return 0
	}
	return uint32(n)
}

// Count reads a number of things that follow and take at least size bytes each, of which no
// more can follow than there are bytes left.
func (r *Reader) Count(size int) int {
	n := r.Uvarint()
	if n > uint64(len(r.data)/max(size, 1)) {
		r.Fail()
		return 0
	}
	return int(n)
}

// Byte reads a byte.
func (r *Reader) Byte() byte {
	if len(r.data) == 0 {
		r.Fail()
		return 0
	}
	b := r.data[0]
	r.data = r.data[1:]
	return b
}

// Bool reads a bool.
func (r *Reader) Bool() bool {
	b := r.Byte()
	if b > 1 {
		r.Fail()
	}
	return b == 1
}

// Text reads a text.
func (r *Reader) Text() string { return string(r.Raw(r.Count(1))) }

// Raw reads n bytes, which are part of the reader's data.
func (r *Reader) Raw(n int) []byte {
	if n < 0 || n > len(r.data) {
		r.Fail()
		return nil
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

// Uint64 reads 8 bytes.
func (r *Reader) Uint64() uint64 {
	b := r.Raw(8)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// Float64 reads what Writer.Float64 wrote.
func (r *Reader) Float64() float64 { return math.Float64frombits(r.Uint64()) }

// ErrMalformed reports bytes that no accumulator of these options wrote.
var ErrMalformed = errors.New("malformed bytes")

// Close returns an error that wraps [ErrMalformed] if something that was read could not be,
// or if bytes are left.
func (r *Reader) Close() error {
	switch {
	case r.bad:
		return ErrMalformed
	case len(r.data) > 0:
		return fmt.Errorf("%w: %d bytes too many", ErrMalformed, len(r.data))
	}
	return nil
}

// Finish does what [Reader.Close] does, and then returns an error unless m, which was made
// of what was read, gives the very bytes that the reader was made with: of all the forms of
// a content that could be read, the one that is written.
func (r *Reader) Finish(m encoding.BinaryMarshaler) error {
	if err := r.Close(); err != nil {
		return err
	}
	if again, err := m.MarshalBinary(); err != nil || !bytes.Equal(again, r.whole) {
		return fmt.Errorf("%w: not the only form of their content", ErrMalformed)
	}
	return nil
}

// Seal returns the binary form of an accumulator:
//
//	magic, version (1 byte), hash of the options (8 bytes), length of body (8 bytes), body
func Seal(magic string, version byte, options string, body []byte) []byte {
	w := Writer{make([]byte, 0, len(magic)+17+len(body))}
	w.Raw([]byte(magic))
	w.Byte(version)
	w.Uint64(hashOf(options))
	w.Uint64(uint64(len(body)))
	w.Raw(body)
	return w.Bytes
}

// Open returns the body of what [Seal] returned for the same magic, version and options.
func Open(magic string, version byte, options string, data []byte) (*Reader, error) {
	r := NewReader(data)
	if string(r.Raw(min(len(magic), len(data)))) != magic {
		return nil, fmt.Errorf("%w: they do not begin with %q", ErrMalformed, magic)
	}
	if v := r.Byte(); !r.bad && v != version {
		return nil, fmt.Errorf("%w: version %d, not %d", ErrMalformed, v, version)
	}
	if h := r.Uint64(); !r.bad && h != hashOf(options) {
		return nil, fmt.Errorf("%w: of an accumulator with other options", ErrMalformed)
	}
	if n := r.Uint64(); r.bad || n != uint64(len(r.data)) {
		return nil, fmt.Errorf("%w: %d bytes do not have the length they state", ErrMalformed, len(data))
	}
	return r, nil
}

func hashOf(options string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(options)) // never fails
	return h.Sum64()
}

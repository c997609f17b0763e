package capture

import (
	"hash/maphash"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Code stands for a key: a customer, a session, or a value of an attribute by which a
// metric tells things apart. It is the position of the key in its bucket, shifted left by
// eight, and the bucket, which is [event.Bucket] of the key. A code is valid for the
// collector that gave it, see [Collector.Key], and for one space of keys.
type Code uint32

// NoKey is the code of an absent key.
const NoKey Code = math.MaxUint32

// Codes of keys that could not be read. They exist inside only.
const (
	wrongKey Code = math.MaxUint32 - 1 // the attribute is of a type that names nothing
	fullKey  Code = math.MaxUint32 - 2 // the bucket has no code left
	lastKey  Code = fullKey &^ 0xff    // codes from here on are not given
)

// isKey reports whether k is the code of a key.
func (k Code) isKey() bool { return k < lastKey }

// space holds the keys of one kind. Each is kept once and known by its code.
type space struct {
	index index // of codes, plus one
	seed  maphash.Seed
	texts [event.Buckets][]string
	arena arena
}

func newSpace() *space { return &space{index: newIndex(), seed: maphash.MakeSeed()} }

// code returns the code of a key, which it learns if it is new. It keeps no reference to
// key, whose memory may be that of a whole line of input.
func (s *space) code(key string) Code {
	tag := tagOf(maphash.String(s.seed, key))
	code := s.find(tag, key)
	if code == NoKey {
		code = s.learn(tag, key)
	}
	return code
}

// known returns the code of a key, or NoKey if it is new.
func (s *space) known(key string) Code { return s.find(tagOf(maphash.String(s.seed, key)), key) }

func (s *space) find(tag uint32, key string) Code {
	for i := s.index.seek(tag); s.index.slots[i].number != 0; i = s.index.seekAfter(i, tag) {
		if code := Code(s.index.slots[i].number - 1); s.text(code) == key {
			return code
		}
	}
	return NoKey
}

func (s *space) learn(tag uint32, key string) Code {
	if key == "" {
		return NoKey
	}
	bucket := event.Bucket(key)
	code := Code(len(s.texts[bucket]))<<8 | Code(bucket)
	if !code.isKey() {
		return fullKey
	}
	s.texts[bucket] = append(s.texts[bucket], s.arena.keep(key))
	s.index.add(tag, uint32(code)+1)
	return code
}

// lookUp stores the codes of keys, and leaves those of empty keys alone. It takes a number
// of keys one step at a time: nothing in a step depends on what another key waits for, so
// that the waits for memory overlap.
func (s *space) lookUp(keys *texts, codes []Code) {
	const together = 128
	var tags [together]uint32
	var slots [together]slot
	var known [together]string
	for first := 0; first < len(codes); first += together {
		part := codes[first:min(first+together, len(codes))]
		for i := range part {
			tags[i] = tagOf(maphash.Bytes(s.seed, keys.at(first+i)))
			slots[i] = s.index.slots[s.index.home(tags[i])]
		}
		for i := range part {
			if slots[i].tag != tags[i] {
				slots[i] = s.index.slots[s.index.seek(tags[i])]
			}
			if slots[i].number != 0 {
				known[i] = s.text(Code(slots[i].number - 1))
			}
		}
		for i := range part {
			key := keys.at(first + i)
			switch {
			case len(key) == 0:
			case slots[i].number != 0 && known[i] == string(key):
				part[i] = Code(slots[i].number - 1)
			default:
				part[i] = s.code(string(key))
			}
		}
	}
}

// has reports whether code is one that s gave.
func (s *space) has(code Code) bool { return int(code>>8) < len(s.texts[code&0xff]) }

func (s *space) text(code Code) string { return s.texts[code&0xff][code>>8] }

// arena keeps texts in common memory.
type arena struct{ block strings.Builder }

// keep returns a copy of text.
func (a *arena) keep(text string) string {
	const least, most = 1 << 8, 1 << 16
	if size := a.block.Cap(); size-a.block.Len() < len(text) {
		a.block = strings.Builder{}
		a.block.Grow(max(least, min(2*size, most), len(text)))
	}
	start := a.block.Len()
	a.block.WriteString(text)
	return a.block.String()[start:]
}

// texts is a list of texts in common memory.
type texts struct {
	bytes []byte
	ends  []int
}

func (t *texts) add(text string) {
	t.bytes = append(t.bytes, text...)
	t.ends = append(t.ends, len(t.bytes))
}

func (t *texts) at(i int) []byte {
	start := 0
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.bytes[start:t.ends[i]]
}

func (t *texts) len() int { return len(t.ends) }

func (t *texts) reset() { t.bytes, t.ends = t.bytes[:0], t.ends[:0] }

// names is a list of texts known by their positions: segments, sources.
type names struct {
	index index // of positions, plus one
	seed  maphash.Seed
	texts []string
}

func newNames(first ...string) *names {
	n := &names{index: newIndex(), seed: maphash.MakeSeed()}
	for _, text := range first {
		n.code(text)
	}
	return n
}

// code returns the position of a text, which it adds if it is new.
func (n *names) code(text string) uint32 {
	code, known := n.known(text)
	if !known {
		n.texts = append(n.texts, strings.Clone(text))
		n.index.add(tagOf(maphash.String(n.seed, text)), code+1)
	}
	return code
}

// known returns the position that a text has, or would have if it were added.
func (n *names) known(text string) (uint32, bool) {
	tag := tagOf(maphash.String(n.seed, text))
	for i := n.index.seek(tag); n.index.slots[i].number != 0; i = n.index.seekAfter(i, tag) {
		if code := n.index.slots[i].number - 1; n.texts[code] == text {
			return code, true
		}
	}
	return uint32(len(n.texts)), false
}

// countWith returns how many texts n and o have together.
func (n *names) countWith(o *names) int {
	count := len(n.texts)
	for _, text := range o.texts {
		if _, known := n.known(text); !known {
			count++
		}
	}
	return count
}

// SegmentCode stands for a segment. It is valid for the collector that gave it, see
// [Collector.SegmentCode]. The zero SegmentCode is the segment with the empty name.
type SegmentCode uint32

// noSegment is what a collector gives when it cannot hold another segment.
const noSegment SegmentCode = math.MaxUint32

// tag says how to read the integer next to it: the currency of an amount in minor units,
// or the scale of a number.
type tag uint16

const (
	absent   tag = 0 // there is no value
	firstTag tag = 1 // scale 0, or the first currency

	bigNumber  tag = 0xfffc // a number that is kept as a decimal elsewhere
	wrongType  tag = 0xfffd // not a number, or not a whole one
	noCurrency tag = 0xfffe // money whose currency is absent or not one of ISO 4217
)

// isValue reports whether there is a value.
func (t tag) isValue() bool { return t-firstTag < wrongType-firstTag }

// maxScale is the largest scale that has a tag: the one up to which int64 holds a digit.
const maxScale = 18

// scaleTag returns the tag of a number in units of 10^-scale.
func scaleTag(scale uint8) tag { return firstTag + tag(scale) }

func (t tag) scale() uint8 { return uint8(t - firstTag) }

// currencies is the list of the currencies met, known by their tags.
type currencies struct {
	list  []metric.Currency
	codes []string // of list
}

// tag returns the tag of a currency, which it learns if it is new.
func (c *currencies) tag(currency metric.Currency) tag {
	for i := range c.list {
		if c.list[i] == currency {
			return firstTag + tag(i)
		}
	}
	c.list = append(c.list, currency)
	c.codes = append(c.codes, currency.Code())
	return firstTag + tag(len(c.list)-1)
}

// tagOf returns the tag of the currency with the given code, or noCurrency.
func (c *currencies) tagOf(code string) tag {
	for i := range c.codes {
		if c.codes[i] == code {
			return firstTag + tag(i)
		}
	}
	currency, err := metric.ParseCurrency(code)
	if err != nil {
		return noCurrency
	}
	return c.tag(currency)
}

func (c *currencies) of(t tag) metric.Currency { return c.list[t-firstTag] }

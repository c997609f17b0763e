package capture

import (
	"hash/maphash"
	"math"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/intern"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Code stands for a key: a customer, a session, or a value of an attribute by which a
// metric tells things apart. A code is valid for the collector that gave it, see
// [Collector.Key], and for one space of keys.
type Code = event.Code

// NoKey is the code of an absent key.
const NoKey = event.NoCode

// Codes of keys that could not be read. They exist inside only.
const (
	wrongKey = NoKey - 1       // the attribute is of a type that names nothing
	fullKey  = NoKey - 2       // the bucket has no code left
	lastKey  = fullKey &^ 0xff // codes from here on are not given
)

// isKey reports whether k is the code of a key.
func isKey(k Code) bool { return k < lastKey }

// space holds the keys of one kind. Each is kept once and known by its code.
type space struct {
	index intern.Index // of codes, plus one
	seed  maphash.Seed
	texts [event.Buckets][]string
	arena intern.Arena
}

func newSpace() *space { return &space{seed: maphash.MakeSeed()} }

// code returns the code of a key, which it learns if it is new. It keeps no reference to
// key, whose memory may be that of a whole line of input.
func (s *space) code(key string) Code {
	tag := intern.TagOf(maphash.String(s.seed, key))
	code := s.find(tag, key)
	if code == NoKey {
		code = s.learn(tag, key)
	}
	return code
}

// known returns the code of a key, or NoKey if it is new.
func (s *space) known(key string) Code { return s.find(intern.TagOf(maphash.String(s.seed, key)), key) }

func (s *space) find(tag uint32, key string) Code {
	return Code(s.index.Find(tag, func(number uint32) bool { return s.text(Code(number-1)) == key }) - 1)
}

func (s *space) learn(tag uint32, key string) Code {
	if key == "" {
		return NoKey
	}
	bucket := event.Bucket(key)
	code := event.CodeOf(bucket, len(s.texts[bucket]))
	if !isKey(code) {
		return fullKey
	}
	s.texts[bucket] = append(s.texts[bucket], s.arena.Keep(key))
	s.index.Add(tag, uint32(code)+1)
	return code
}

// lookUp stores the codes of keys, and leaves those of empty keys alone. It takes a number
// of keys one step at a time: nothing in a step depends on what another key waits for, so
// that the waits for memory overlap.
func (s *space) lookUp(keys *texts, codes []Code) {
	const together = 128
	var tags [together]uint32
	var first [together]Code
	var known [together]string
	for start := 0; start < len(codes); start += together {
		part := codes[start:min(start+together, len(codes))]
		for i := range part {
			tags[i] = intern.TagOf(maphash.Bytes(s.seed, keys.at(start+i)))
			first[i] = Code(s.index.First(tags[i]) - 1)
		}
		for i := range part {
			if first[i] != NoKey {
				known[i] = s.text(first[i])
			}
		}
		for i := range part {
			key := keys.at(start + i)
			switch {
			case len(key) == 0:
			case first[i] != NoKey && known[i] == string(key):
				part[i] = first[i]
			default:
				part[i] = s.code(string(key))
			}
		}
	}
}

// has reports whether code is one that s gave.
func (s *space) has(code Code) bool { return int(code>>8) < len(s.texts[code&0xff]) }

func (s *space) text(code Code) string { return s.texts[code&0xff][code>>8] }

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
	index intern.Index // of positions, plus one
	seed  maphash.Seed
	texts []string
}

func newNames(first ...string) *names {
	n := &names{seed: maphash.MakeSeed()}
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
		n.index.Add(intern.TagOf(maphash.String(n.seed, text)), code+1)
	}
	return code
}

// known returns the position that a text has, or would have if it were added.
func (n *names) known(text string) (uint32, bool) {
	tag := intern.TagOf(maphash.String(n.seed, text))
	if number := n.index.Find(tag, func(number uint32) bool { return n.texts[number-1] == text }); number != 0 {
		return number - 1, true
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

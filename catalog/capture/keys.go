package capture

import (
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
	codes map[string]Code
	texts [event.Buckets][]string
}

func newSpace() *space { return &space{codes: make(map[string]Code)} }

// code returns the code of a key, which it learns if it is new. It keeps no reference to
// key, whose memory may be that of a whole line of input.
func (s *space) code(key string) Code {
	if code, ok := s.codes[key]; ok {
		return code
	}
	return s.learn(strings.Clone(key))
}

// codeOfBytes is code without making a string of a known key.
func (s *space) codeOfBytes(key []byte) Code {
	if code, ok := s.codes[string(key)]; ok {
		return code
	}
	return s.learn(string(key))
}

func (s *space) learn(key string) Code {
	if key == "" {
		return NoKey
	}
	bucket := event.Bucket(key)
	code := Code(len(s.texts[bucket]))<<8 | Code(bucket)
	if len(s.texts[bucket]) >= int(lastKey>>8) {
		return fullKey
	}
	s.texts[bucket] = append(s.texts[bucket], key)
	s.codes[key] = code
	return code
}

// has reports whether code is one that s gave.
func (s *space) has(code Code) bool { return int(code>>8) < len(s.texts[code&0xff]) }

func (s *space) text(code Code) string { return s.texts[code&0xff][code>>8] }

// names is a list of texts known by their positions: segments, sources.
type names struct {
	index map[string]uint32
	texts []string
}

func newNames(first ...string) *names {
	n := &names{index: make(map[string]uint32)}
	for _, text := range first {
		n.code(text)
	}
	return n
}

func (n *names) code(text string) uint32 {
	if code, ok := n.index[text]; ok {
		return code
	}
	code := uint32(len(n.texts))
	text = strings.Clone(text)
	n.texts = append(n.texts, text)
	n.index[text] = code
	return code
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

package event

import (
	"cmp"
	"hash/maphash"
	"iter"
	"math"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intern"
)

// Code stands for a customer's key in columns: the position of the key in its bucket,
// shifted left by eight, and the bucket, which is [Bucket] of the key. Positions count from
// 0 in each bucket, so that state may lie in arrays. A code is valid for the [Keys] that
// gave it: to other Keys it means another customer, or none, and a calculator cannot always
// tell. Give calculators that are to take the same codes the same Keys, in their options.
type Code uint32

// NoCode is the code of an absent key.
const NoCode Code = math.MaxUint32

// lastCode and above are not given.
const lastCode = NoCode &^ 0xff

// Bucket returns the bucket of the key.
func (c Code) Bucket() uint8 { return uint8(c) }

// Position returns the position of the key in its bucket.
func (c Code) Position() int { return int(c >> 8) }

// CodeOf returns the code of the key at a position of a bucket.
func CodeOf(bucket uint8, position int) Code { return Code(position)<<8 | Code(bucket) }

// Keys holds the keys of customers, each once, and knows them by their codes. It costs
// about 30 bytes a key and the key. The zero Keys is empty and ready for use.
//
// Several calculators may share one Keys: what each of them is given is then interned once,
// and they merge without translation. Keys may be read concurrently, but not while
// [Keys.Code] or [Keys.AppendCodes] is called. A calculator calls them for the events that it
// is given: at once, or, since some let a few hundred events wait, when it is next asked for
// anything.
type Keys struct {
	index   intern.Index      // of places in texts, plus one
	texts   intern.Texts      // of keys, with their codes
	buckets [Buckets][]uint32 // places, by position
	seed    maphash.Seed
	seeded  bool
	n       int
}

// Code returns the code of a key, which it learns if it is new. The code of the empty key,
// and of any further one of a bucket that holds 2^24-1 or of keys that take 32 GiB, is
// [NoCode]. It keeps no reference to key.
func (k *Keys) Code(key string) Code {
	if !k.seeded {
		k.seed, k.seeded = maphash.MakeSeed(), true
	}
	return k.code(intern.TagOf(maphash.String(k.seed, key)), key)
}

func (k *Keys) code(tag uint32, key string) Code {
	if code := k.find(tag, key); code != NoCode {
		return code
	}
	return k.learn(tag, key)
}

// Lookup returns the code of a key that has one.
func (k *Keys) Lookup(key string) (Code, bool) {
	if !k.seeded {
		return NoCode, false
	}
	code := k.find(intern.TagOf(maphash.String(k.seed, key)), key)
	return code, code != NoCode
}

func (k *Keys) find(tag uint32, key string) Code {
	number := k.index.First(tag)
	if number == 0 {
		return NoCode
	}
	code, text := k.texts.At(number - 1)
	if text != key { // which is rare: another key has the tag
		code = uint32(NoCode)
		k.index.Find(tag, func(number uint32) bool {
			other, text := k.texts.At(number - 1)
			if text == key {
				code = other
			}
			return text == key
		})
	}
	return Code(code)
}

func (k *Keys) learn(tag uint32, key string) Code {
	if key == "" {
		return NoCode
	}
	bucket := Bucket(key)
	code := CodeOf(bucket, len(k.buckets[bucket]))
	if code >= lastCode {
		return NoCode
	}
	place, ok := k.texts.Add(uint32(code), key)
	if !ok {
		return NoCode
	}
	k.buckets[bucket] = append(k.buckets[bucket], place)
	k.index.Add(tag, place+1)
	k.n++
	return code
}

// AppendCodes appends the codes of many keys, as [Keys.Code] gives them. It is faster than
// one call a key: the waits for memory overlap.
func (k *Keys) AppendCodes(dst []Code, keys []string) []Code {
	if !k.seeded {
		k.seed, k.seeded = maphash.MakeSeed(), true
	}
	const together = 64
	var tags, numbers, codes [together]uint32
	var known [together]string
	dst = slices.Grow(dst, len(keys))
	for first := 0; first < len(keys); first += together {
		part := keys[first:min(first+together, len(keys))]
		for i, key := range part {
			tags[i] = intern.TagOf(maphash.String(k.seed, key))
		}
		for i := range part {
			numbers[i] = k.index.First(tags[i])
		}
		for i := range part {
			if codes[i], known[i] = uint32(NoCode), ""; numbers[i] != 0 {
				codes[i], known[i] = k.texts.At(numbers[i] - 1)
			}
		}
		for i, key := range part {
			if known[i] != key {
				codes[i] = uint32(k.code(tags[i], key))
			}
			dst = append(dst, Code(codes[i]))
		}
	}
	return dst
}

// Key returns the key that has a code, which must be one that k gave.
func (k *Keys) Key(c Code) string {
	_, text := k.texts.At(k.buckets[c.Bucket()][c.Position()])
	return text
}

// Has reports whether c is a code that k gave.
func (k *Keys) Has(c Code) bool { return c.Position() < len(k.buckets[c.Bucket()]) }

// Len returns the number of keys.
func (k *Keys) Len() int { return k.n }

// LenBucket returns the number of keys of a bucket, whose positions are 0 up to it.
func (k *Keys) LenBucket(bucket uint8) int { return len(k.buckets[bucket]) }

// All yields the keys by bucket and, in it, by text: an order that depends on nothing but
// the keys.
func (k *Keys) All() iter.Seq2[Code, string] {
	return func(yield func(Code, string) bool) {
		for bucket := range k.buckets {
			for _, code := range k.Sorted(uint8(bucket)) {
				if !yield(code, k.Key(code)) {
					return
				}
			}
		}
	}
}

// Sorted returns the codes of a bucket by key.
func (k *Keys) Sorted(bucket uint8) []Code {
	codes := make([]Code, len(k.buckets[bucket]))
	for i := range codes {
		codes[i] = CodeOf(bucket, i)
	}
	slices.SortFunc(codes, func(a, b Code) int { return cmp.Compare(k.Key(a), k.Key(b)) })
	return codes
}

// Translation returns the codes in k of the keys of o, by bucket and position in o. It
// teaches k those that are new. There is nothing to translate when k is o.
func (k *Keys) Translation(o *Keys) *Translation {
	t := new(Translation)
	if k == o {
		t.same = true
		return t
	}
	var keys []string
	for bucket, places := range o.buckets {
		keys = keys[:0]
		for _, place := range places {
			_, key := o.texts.At(place)
			keys = append(keys, key)
		}
		t.codes[bucket] = k.AppendCodes(nil, keys)
	}
	return t
}

// Translation translates codes of one Keys into those of another.
type Translation struct {
	same  bool
	codes [Buckets][]Code
}

// Same reports whether all codes stay as they are.
func (t *Translation) Same() bool { return t.same }

// Code returns the translated code.
func (t *Translation) Code(c Code) Code {
	if t.same || c == NoCode {
		return c
	}
	return t.codes[c.Bucket()][c.Position()]
}

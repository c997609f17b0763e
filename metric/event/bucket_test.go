package event_test

import (
	"fmt"
	"hash/fnv"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// The hashes are from the test suite that the authors of FNV publish. The buckets are
// the exclusive or of their eight bytes, by hand.
func TestBucketVectors(t *testing.T) {
	for _, c := range []struct {
		key    string
		hash   uint64
		bucket uint8
	}{
		{"", 0xcbf29ce484222325, 0xe1},
		{"a", 0xaf63dc4c8601ec8c, 0xbb},
		{"b", 0xaf63df4c8601f1a5, 0x8c},
		{"foo", 0xdcb27518fed9d577, 0x86},
		{"foobar", 0x85944171f73967e8, 0x60},
		{"chongo was here!\n", 0x46810940eff5f915, 0x78},
	} {
		if got := event.Hash(c.key); got != c.hash {
			t.Errorf("Hash(%q) = %#x, want %#x", c.key, got, c.hash)
		}
		if got := event.Bucket(c.key); got != c.bucket {
			t.Errorf("Bucket(%q) = %#x, want %#x", c.key, got, c.bucket)
		}
	}
}

func TestBucketDefinition(t *testing.T) {
	r := newRand(1)
	for range 2000 {
		key := make([]byte, r.IntN(40))
		for i := range key {
			key[i] = byte(r.Uint32())
		}
		h := fnv.New64a()
		h.Write(key)
		want := byte(0)
		for _, b := range h.Sum(nil) {
			want ^= b
		}
		if event.Hash(string(key)) != h.Sum64() || event.Bucket(string(key)) != want {
			t.Fatalf("key %x: %#x in %d, want %#x in %d", key, event.Hash(string(key)), event.Bucket(string(key)), h.Sum64(), want)
		}
	}
}

// Keys that count up must spread evenly: with 255 degrees of freedom, chi squared is
// above 347 once in ten thousand times for random buckets.
func TestBucketSpreads(t *testing.T) {
	for _, format := range []string{"%d", "user-%d", "%08d", "%x", "u_%d@example.com"} {
		const keys = 256 * 100
		var count [event.Buckets]int
		for i := range keys {
			count[event.Bucket(fmt.Sprintf(format, i))]++
		}
		chi := 0.0
		for _, n := range count {
			chi += float64(n-100) * float64(n-100) / 100
		}
		if chi > 347 {
			t.Errorf("keys %q: chi squared %.0f", format, chi)
		}
	}
}

func BenchmarkBucket(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		event.Bucket("user-0123456789")
	}
}

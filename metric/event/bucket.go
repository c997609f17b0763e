package event

// Hash returns the 64-bit FNV-1a hash of the bytes of key:
//
//	h = 14695981039346656037
//	for each byte b of key: h = ((h xor b) * 1099511628211) mod 2^64
//
// It is the same on every platform and will not change. It is not a cryptographic
// hash: whoever chooses keys can choose collisions.
func Hash(key string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(key) {
		h ^= uint64(key[i])
		h *= 1099511628211
	}
	return h
}

// Buckets is the number of buckets that state keyed by customer is kept in.
const Buckets = 256

// Bucket returns the bucket, 0 to 255, of a customer's key: the exclusive or of the
// eight bytes of [Hash].
//
//	h = Hash(key)
//	h = h xor (h >> 32)
//	h = h xor (h >> 16)
//	h = h xor (h >> 8)
//	bucket = h mod 256
//
// It is the same on every platform and will not change, so that state of one bucket
// can be computed in one place and merged in another.
func Bucket(key string) uint8 {
	h := Hash(key)
	h ^= h >> 32
	h ^= h >> 16
	h ^= h >> 8
	return uint8(h)
}

package intern

import (
	"encoding/binary"
	"strings"
)

// Texts keeps texts in common memory, each with a number beside it, so that whoever looks for
// one waits for memory once. The zero Texts is empty.
//
// A record is the number and the length in 4 bytes each, and the text. Records begin at
// multiples of 8 bytes within 64 KiB of a block, which gives each a place of 32 bits.
type Texts struct {
	blocks []string
	last   strings.Builder // is the last of blocks
}

const (
	unit       = 1 << 3
	blockSize  = 1 << 16
	blockUnits = blockSize / unit
	mostBlocks = 1<<32/blockUnits - 1 // 32 GiB
	leastBlock = 1 << 8
)

// Add keeps a text and a number, and returns their place, or false if there is no room.
func (t *Texts) Add(number uint32, text string) (place uint32, ok bool) {
	if !t.reserve(len(text) + 2*unit) {
		return 0, false
	}
	start := t.last.Len()
	var head [8]byte
	binary.LittleEndian.PutUint64(head[:], uint64(len(text))<<32|uint64(number))
	t.last.Write(head[:])
	t.last.WriteString(text)
	for t.last.Len()%unit != 0 {
		t.last.WriteByte(0)
	}
	block := len(t.blocks) - 1
	t.blocks[block] = t.last.String()
	return uint32(block*blockUnits + start/unit), true
}

// reserve makes room for bytes in the last block.
func (t *Texts) reserve(size int) bool {
	used := t.last.Len()
	if used < blockSize && t.last.Cap()-used >= size {
		return true
	}
	if len(t.blocks) == 1 && used+size <= blockSize { // only the first one grows
		text := t.last.String()
		t.last = strings.Builder{}
		t.last.Grow(min(max(2*used, used+size), blockSize))
		t.last.WriteString(text)
		return true
	}
	if len(t.blocks) == mostBlocks {
		return false
	}
	least := blockSize
	if len(t.blocks) == 0 {
		least = leastBlock
	}
	t.blocks = append(t.blocks, "")
	t.last = strings.Builder{}
	t.last.Grow(max(least, size))
	return true
}

// At returns the number and the text at a place.
func (t *Texts) At(place uint32) (number uint32, text string) {
	s := t.blocks[place/blockUnits][place%blockUnits*unit:]
	head, text := s[:8], s[8:]
	number = uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16 | uint32(head[3])<<24
	n := uint32(head[4]) | uint32(head[5])<<8 | uint32(head[6])<<16 | uint32(head[7])<<24
	return number, text[:n]
}

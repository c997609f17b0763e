package main

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A table is a result in the form in which contenders are compared: whole numbers, row
// after row, in order of the first columns, which are the key.
type table struct {
	columns []string
	keys    int
	cells   []int64
}

func newTable(keys int, columns ...string) *table {
	return &table{columns: columns, keys: keys}
}

func (t *table) add(row ...int64) { t.cells = append(t.cells, row...) }

func (t *table) len() int { return len(t.cells) / len(t.columns) }

func (t *table) row(i int) []int64 {
	w := len(t.columns)
	return t.cells[i*w : (i+1)*w]
}

// sort puts rows in order of all columns; two of one key are an error.
func (t *table) sort() error {
	order := make([]int32, t.len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return slices.Compare(t.row(int(a)), t.row(int(b))) })
	cells := make([]int64, 0, len(t.cells))
	for _, i := range order {
		cells = append(cells, t.row(int(i))...)
	}
	t.cells = cells
	for i := 1; i < t.len(); i++ {
		if slices.Equal(t.row(i - 1)[:t.keys], t.row(i)[:t.keys]) {
			return fmt.Errorf("two rows of one key: %s", t.text(i))
		}
	}
	return nil
}

func (t *table) text(i int) string {
	if i >= t.len() {
		return "no row"
	}
	var b strings.Builder
	for c, v := range t.row(i) {
		fmt.Fprintf(&b, " %s=%d", t.columns[c], v)
	}
	return b.String()[1:]
}

// difference describes the first row in which two sorted tables differ.
func difference(a, b *table) error {
	if !slices.Equal(a.columns, b.columns) {
		return fmt.Errorf("columns %v and %v", a.columns, b.columns)
	}
	for i := range max(a.len(), b.len()) {
		if i < a.len() && i < b.len() && slices.Equal(a.row(i), b.row(i)) {
			continue
		}
		return fmt.Errorf("row %d of %d and %d: %s; %s", i+1, a.len(), b.len(), a.text(i), b.text(i))
	}
	return nil
}

// encode and decodeTable carry a table from a child process to its parent.
func (t *table) encode() []byte {
	out := binary.AppendUvarint(nil, uint64(t.keys))
	head := strings.Join(t.columns, ",")
	out = binary.AppendUvarint(out, uint64(len(head)))
	out = append(out, head...)
	for _, v := range t.cells {
		out = binary.LittleEndian.AppendUint64(out, uint64(v))
	}
	return out
}

func decodeTable(b []byte) (*table, error) {
	keys, n := binary.Uvarint(b)
	if n <= 0 {
		return nil, fmt.Errorf("short table")
	}
	b = b[n:]
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return nil, fmt.Errorf("short table")
	}
	head := string(b[n : n+int(size)])
	b = b[n+int(size):]
	t := newTable(int(keys), strings.Split(head, ",")...)
	if len(b)%(8*len(t.columns)) != 0 {
		return nil, fmt.Errorf("short table")
	}
	t.cells = make([]int64, len(b)/8)
	for i := range t.cells {
		t.cells[i] = int64(binary.LittleEndian.Uint64(b[8*i:]))
	}
	return t, nil
}

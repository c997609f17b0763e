package wire

import "github.com/openlifecycle/lifecycle/metric/event"

// Customers writes the customers of whom there is anything, by bucket and key: the text of
// each key, and what write writes.
func (w *Writer) Customers(keys *event.Keys, holds func(event.Code) bool, write func(event.Code)) {
	for bucket := range event.Buckets {
		var list []event.Code
		for _, c := range keys.Sorted(uint8(bucket)) {
			if holds(c) {
				list = append(list, c)
			}
		}
		w.Count(len(list))
		for _, c := range list {
			w.Text(keys.Key(c))
			write(c)
		}
	}
}

// Customers reads what Writer.Customers wrote, of which each customer takes at least size
// bytes, and adds to keys. It fails for another order, and stops when the reader has failed.
func (r *Reader) Customers(size int, keys *event.Keys, read func(event.Code)) {
	for bucket := range event.Buckets {
		last := ""
		for range r.Count(size) {
			key := r.Text()
			if key <= last || event.Bucket(key) != uint8(bucket) {
				r.Fail()
			}
			if r.Failed() {
				return
			}
			last = key
			read(keys.Code(key))
		}
	}
}

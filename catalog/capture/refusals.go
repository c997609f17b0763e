package capture

import "slices"

// refusals are the rows that a metric could not read, and the cells that they lie in: where
// there are some and nothing that could be read, a total of nothing would be no zero. It is
// a byte a cell, from the first refusal on.
type refusals struct {
	rejections
	refused []bool // by cell
}

// refuse counts row i, unless it lies in no period and would not have been counted anyway.
func (r *refusals) refuse(b *batch, u *use, i int, reason string) {
	if b.cells[i] == outside {
		return
	}
	r.mark(int(b.cells[i]))
	r.rejectRow(b, u, i, reason)
}

func (r *refusals) mark(cell int) {
	r.refused = grown(r.refused, cell+1)
	r.refused[cell] = true
}

// refusedIn reports whether some row in a region was refused.
func (r *refusals) refusedIn(reg region) (found bool) {
	reg.ranges(len(r.refused), func(from, to int) {
		found = found || slices.Contains(r.refused[from:to], true)
	})
	return found
}

func (r *refusals) merge(o *refusals, tr *translation) {
	for cell, refused := range o.refused {
		if refused {
			r.mark(tr.cell(cell))
		}
	}
	r.rejections.merge(&o.rejections)
}

func (r *refusals) encode(w *writer) {
	w.cells(len(r.refused), func(cell int) bool { return r.refused[cell] }, func(int) {})
	r.rejections.encode(w)
}

func (r *refusals) decode(in *reader) {
	in.cells(r.mark)
	r.rejections.decode(in)
}

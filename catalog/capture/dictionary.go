package capture

import (
	"slices"
	"strings"
)

// dictionary knows the texts behind the codes of one collector.
type dictionary struct {
	spaces     []*space // those of the plan, and then those of extra
	extra      []string // names of spaces that no rule asks for
	segments   *names
	sources    *names
	currencies currencies
}

func newDictionary(p *plan) *dictionary {
	d := &dictionary{segments: newNames(""), sources: newNames("")}
	for range p.spaces {
		d.spaces = append(d.spaces, newSpace())
	}
	return d
}

// space returns the space with the given name, which it makes if it is new.
func (d *dictionary) space(p *plan, name string) *space {
	if s := d.known(p, name); s != nil {
		return s
	}
	s := newSpace()
	d.extra = append(d.extra, strings.Clone(name))
	d.spaces = append(d.spaces, s)
	return s
}

// known returns the space with the given name, or nil.
func (d *dictionary) known(p *plan, name string) *space {
	if i := slices.Index(p.spaces, name); i >= 0 {
		return d.spaces[i]
	}
	if i := slices.Index(d.extra, name); i >= 0 {
		return d.spaces[len(p.spaces)+i]
	}
	return nil
}

// translation turns the codes of one dictionary into those of another, which learns each
// text when it is first asked for. A nil translation leaves codes as they are.
type translation struct {
	from, to *dictionary
	timeline *timeline
	keys     [][]Code // by space, by code: the other code plus one, or 0
	segments []uint32 // by code: the other code plus one, or 0
}

func newTranslation(p *plan, from, to *dictionary) *translation {
	return &translation{from: from, to: to, timeline: p.timeline, keys: make([][]Code, len(p.spaces))}
}

func (tr *translation) key(space int, code Code) Code {
	if tr == nil || !isKey(code) {
		return code
	}
	tr.keys[space] = grown(tr.keys[space], int(code)+1)
	known := &tr.keys[space][code]
	if *known == 0 {
		*known = tr.to.spaces[space].code(tr.from.spaces[space].text(code)) + 1
	}
	return *known - 1
}

func (tr *translation) segment(code uint32) uint32 {
	if tr == nil {
		return code
	}
	tr.segments = grown(tr.segments, int(code)+1)
	if tr.segments[code] == 0 {
		tr.segments[code] = tr.to.segments.code(tr.from.segments.texts[code]) + 1
	}
	return tr.segments[code] - 1
}

func (tr *translation) source(code uint32) uint32 {
	if tr == nil {
		return code
	}
	return tr.to.sources.code(tr.from.sources.texts[code])
}

func (tr *translation) currency(t tag) tag {
	if tr == nil {
		return t
	}
	return tr.to.currencies.tag(tr.from.currencies.of(t))
}

// cell translates the segment of a cell.
func (tr *translation) cell(cell int) int {
	if cell == outside {
		return outside
	}
	segment, atom := tr.timeline.split(uint32(cell))
	return int(tr.timeline.cell(int32(atom), tr.segment(segment)))
}

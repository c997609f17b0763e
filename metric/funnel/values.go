package funnel

import (
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// values holds what events have of the attributes to hold and to break down by, each
// combination once. Code 0 is that of neither.
type values struct {
	texts [2]textTable // held values, values to break down by
	codes map[pair]uint32
	pairs []pair
}

// pair are the codes of a held value and of one to break down by. Zero is none.
type pair struct{ held, split uint32 }

// textTable holds texts, each once. The empty text has code 0.
type textTable struct {
	codes map[string]uint32
	list  []string
}

func (t *textTable) code(text string) uint32 {
	if text == "" {
		return 0
	}
	c, ok := t.codes[text]
	if !ok {
		if t.codes == nil {
			t.codes, t.list = make(map[string]uint32), []string{""}
		}
		text = strings.Clone(text)
		c = uint32(len(t.list))
		t.codes[text] = c
		t.list = append(t.list, text)
	}
	return c
}

func (t *textTable) text(code uint32) string {
	if code == 0 {
		return ""
	}
	return t.list[code]
}

func newValues() *values {
	return &values{codes: map[pair]uint32{{}: 0}, pairs: []pair{{}}}
}

func (v *values) code(held, split string) uint32 {
	p := pair{v.texts[0].code(held), v.texts[1].code(split)}
	c, ok := v.codes[p]
	if !ok {
		c = uint32(len(v.pairs))
		v.codes[p] = c
		v.pairs = append(v.pairs, p)
	}
	return c
}

func (v *values) held(code uint32) uint32 { return v.pairs[code].held }

func (v *values) split(code uint32) uint32 { return v.pairs[code].split }

func (v *values) heldText(code uint32) string { return v.texts[0].text(v.pairs[code].held) }

func (v *values) splitText(code uint32) string { return v.texts[1].text(v.pairs[code].split) }

// compare orders codes by what they stand for.
func (v *values) compare(a, b uint32) int {
	if a == b {
		return 0
	}
	if c := strings.Compare(v.heldText(a), v.heldText(b)); c != 0 {
		return c
	}
	return strings.Compare(v.splitText(a), v.splitText(b))
}

// valueText returns an attribute as text: a string as it is, anything else as JSON.
func valueText(e *event.Event, attribute string) string {
	v, ok := e.Props.Get(attribute)
	if !ok {
		return ""
	}
	if text, ok := v.Text(); ok {
		return text
	}
	return v.String()
}

// valueOf returns the code of what e has. An event without one of the attributes to hold
// has no held value.
func (f *Funnel) valueOf(e *event.Event) uint32 {
	p := f.plan
	if !p.valued() {
		return 0
	}
	var held []string
	for _, attribute := range p.held {
		text := valueText(e, attribute)
		if text == "" {
			held = nil
			break
		}
		held = append(held, text)
	}
	split := ""
	if a := p.options.Breakdown.Attribute; a != "" {
		split = valueText(e, a)
	}
	if len(held) > 1 {
		for i := range held {
			held[i] = strconv.Quote(held[i])
		}
	}
	return f.values.code(strings.Join(held, ","), split)
}

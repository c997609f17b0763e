package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// maxSegments is the most segments that are reported. More are nearly always a column of
// ids, given by mistake.
const maxSegments = 1000

// noSegment is the segment of events without a value.
const noSegment = "(none)"

// segmentation splits events by one envelope field or attribute.
type segmentation struct {
	column string
	values map[string]bool
	seen   bool // some event has a value
	names  map[string]bool
}

func newSegmentation(column string) *segmentation {
	return &segmentation{column: column, values: map[string]bool{}, names: map[string]bool{}}
}

// observe takes note of an event's segment.
func (s *segmentation) observe(e *event.Event) error {
	segment := s.of(e)
	s.seen = s.seen || segment != noSegment
	if !s.values[segment] {
		if len(s.values) == maxSegments {
			return fmt.Errorf("-segment %s: more than %d different values; choose a column with fewer, such as a plan or a region", s.column, maxSegments)
		}
		s.values[segment] = true
	}
	if !s.seen {
		for name := range e.Props.All() {
			s.names[name] = true
		}
	}
	return nil
}

// check reports a column that no event has.
func (s *segmentation) check() error {
	if s.seen {
		return nil
	}
	names := slices.Sorted(maps.Keys(s.names))
	if len(names) > 20 {
		names = append(names[:20], "...")
	}
	return fmt.Errorf("-segment %s: no event has such an attribute or envelope field; there are %s",
		quoted(s.column), strings.Join(append(envelopeFields(), names...), ", "))
}

// envelopeFields are the fields of the envelope that can be segmented by.
func envelopeFields() []string {
	return []string{"event", "source", "user_id", "anonymous_id", "account_id", "session_id"}
}

// of returns the segment of an event. Lists and records are no segments.
func (s *segmentation) of(e *event.Event) string {
	text := ""
	switch s.column {
	case "event":
		text = e.Name
	case "source":
		text = e.Source
	case "user_id":
		text = e.UserID
	case "anonymous_id":
		text = e.AnonymousID
	case "account_id":
		text = e.AccountID
	case "session_id":
		text = e.SessionID
	default:
		text = attributeText(e.Props, s.column)
	}
	if text == "" {
		return noSegment
	}
	return text
}

func attributeText(p event.Props, name string) string {
	v, ok := p.Get(name)
	if !ok {
		return ""
	}
	switch v.Kind() {
	case event.KindString:
		text, _ := v.Text()
		return text
	case event.KindBool, event.KindInt, event.KindDecimal:
		return v.String()
	}
	return ""
}

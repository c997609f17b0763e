package segment

import (
	"iter"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Labels is one name for each of a number of customers: a division of those. A customer has
// one label or none, so that labels are exclusive by their making.
type Labels struct {
	keys  *event.Keys
	names []string
	parts [event.Buckets][]uint16 // by position: position in names plus one, or 0

	others     []string // customers without a code, sorted
	otherCodes []uint16
}

// maxNames is the number of names that labels may have.
const maxNames = 1<<16 - 2

func newLabels(keys *event.Keys, names ...string) *Labels {
	l := &Labels{keys: keys}
	for _, name := range names {
		l.name(name)
	}
	return l
}

// name returns the position plus one of a name.
func (l *Labels) name(name string) uint16 {
	if i := slices.Index(l.names, name); i >= 0 {
		return uint16(i + 1)
	}
	l.names = append(l.names, name)
	return uint16(len(l.names))
}

// set labels a customer.
func (l *Labels) set(c event.Code, name uint16) {
	part := l.parts[c.Bucket()]
	for len(part) <= c.Position() {
		part = append(part, 0)
	}
	part[c.Position()] = name
	l.parts[c.Bucket()] = part
}

// NewLabels returns labels given by key: a list from elsewhere. A customer with an empty label
// has none. The error is a [metric.ErrInput] for more than 65,534 names or an empty key.
func NewLabels(labels map[string]string) (*Labels, error) {
	l := newLabels(new(event.Keys))
	position := make(map[string]uint16)
	var names []string
	for key, name := range labels {
		if key == "" {
			return nil, intake.Errorf("NewLabels", "a customer without a key")
		}
		if _, ok := position[name]; !ok && name != "" {
			position[name] = 0
			names = append(names, name)
		}
	}
	if len(names) > maxNames {
		return nil, intake.Errorf("NewLabels", "%d names, and no more than %d are possible", len(names), maxNames)
	}
	slices.Sort(names)
	l.names = names
	for i, name := range names {
		position[name] = uint16(i + 1)
	}
	for key, name := range labels {
		if name != "" {
			l.set(l.keys.Code(key), position[name])
		}
	}
	return l, nil
}

// Names returns the names, in their order.
func (l *Labels) Names() []string { return slices.Clone(l.names) }

// Of returns the label of a customer, or "" for one who has none.
func (l *Labels) Of(key string) string {
	if c, ok := l.keys.Lookup(key); ok {
		return l.OfCode(c)
	}
	if i, ok := slices.BinarySearch(l.others, key); ok && l.otherCodes[i] > 0 {
		return l.names[l.otherCodes[i]-1]
	}
	return ""
}

// OfCode returns the label of the customer with a code, or "".
func (l *Labels) OfCode(c event.Code) string {
	part := l.parts[c.Bucket()]
	if c == event.NoCode || c.Position() >= len(part) || part[c.Position()] == 0 {
		return ""
	}
	return l.names[part[c.Position()]-1]
}

// All yields keys and labels of the customers who have one: by bucket and key, and those
// who were never seen last.
func (l *Labels) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for c, key := range l.keys.All() {
			if name := l.OfCode(c); name != "" && !yield(key, name) {
				return
			}
		}
		for i, key := range l.others {
			if code := l.otherCodes[i]; code > 0 && !yield(key, l.names[code-1]) {
				return
			}
		}
	}
}

// Members returns the keys of the customers with a label, sorted.
func (l *Labels) Members(name string) []string {
	var keys []string
	for key, of := range l.All() {
		if of == name {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// Len returns the number of customers with a label.
func (l *Labels) Len() int {
	n := 0
	for _, c := range l.counts() {
		n += int(c)
	}
	return n
}

func (l *Labels) counts() []int64 {
	counts := make([]int64, len(l.names))
	see := func(codes []uint16) {
		for _, c := range codes {
			if c > 0 {
				counts[c-1]++
			}
		}
	}
	for i := range l.parts {
		see(l.parts[i])
	}
	see(l.otherCodes)
	return counts
}

// Count returns the number of customers with a label, or [metric.Suppressed] if there are
// some, but fewer than least.
func (l *Labels) Count(name string, least int64) (metric.Count, error) {
	i := slices.Index(l.names, name)
	if i < 0 {
		return 0, intake.Errorf("Labels", "there is no label %q", name)
	}
	n := l.counts()[i]
	if n > 0 && n < least {
		return 0, metric.Suppressed
	}
	return metric.Count(n), nil
}

// Segment returns a function that gives an event the label of its customer, or "". It is what
// a collector of package capture takes as its Options.Segment, so that each metric of the
// catalogue is computed by segment. Kind is whom the labels are of.
func (l *Labels) Segment(kind event.SubjectKind) func(*event.Event) string {
	return func(e *event.Event) string { return l.Of(e.Subject(kind)) }
}

// Relabel returns labels for other codes of the same customers: those of keys, which learns
// the keys of the customers that it does not know.
func Relabel(l *Labels, keys *event.Keys) (*Labels, error) {
	other := newLabels(keys, l.names...)
	for key, name := range l.All() {
		c := keys.Code(key)
		if c == event.NoCode {
			return nil, intake.Errorf("event.Keys", "there is no code left for %q", key)
		}
		other.set(c, other.name(name))
	}
	return other, nil
}

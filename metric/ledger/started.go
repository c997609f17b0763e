package ledger

import (
	"slices"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// mention is that a fact of a customer starts or ends a subscription.
type mention struct {
	code, sub event.Code
	starts    bool
}

// neverStarted names the subscriptions that end and that nothing starts, sooner or later: each
// once, by the least customer who ends it.
func (l *Ledger) neverStarted() (names []string) {
	groups, member := l.components()
	joined := make([][]mention, len(groups))
	var list []mention
	var room scratch
	for number := range l.buckets {
		if len(groups) == 0 && !l.buckets[number].hasEnds() {
			continue
		}
		room.group(l, uint8(number))
		for position := range l.keys.LenBucket(uint8(number)) {
			rows, facts := room.of(position)
			code := event.CodeOf(uint8(number), position)
			if g, ok := member[code]; ok {
				joined[g] = mentions(joined[g], code, rows, facts)
				continue
			}
			list = mentions(list[:0], code, rows, facts)
			names = append(names, l.unstarted(list)...)
		}
	}
	for _, list := range joined {
		names = append(names, l.unstarted(list)...)
	}
	return names
}

// hasEnds reports whether some fact ends a subscription.
func (b *bucket) hasEnds() (found bool) {
	b.rows.each(func(part []row) {
		found = found || slices.ContainsFunc(part, func(r row) bool { return r.who.form() == formCancelled })
	})
	b.noted.each(func(part []noted) {
		found = found || slices.ContainsFunc(part, func(e noted) bool { return e.who.form() == formCancelled })
	})
	b.facts.each(func(part []fact) {
		found = found || slices.ContainsFunc(part, func(f fact) bool { return f.kind == Cancelled || f.kind == Expired })
	})
	return found
}

func mentions(dst []mention, code event.Code, rows []row, facts []*fact) []mention {
	for i := range rows {
		dst = append(dst, mention{code, rows[i].sub, rows[i].who.setsItems()})
	}
	for _, f := range facts {
		if starts := f.kind.setsItems(); starts || f.kind == Cancelled || f.kind == Expired {
			dst = append(dst, mention{code, f.sub, starts})
		}
	}
	return dst
}

// unstarted names what of the subscriptions of some customers ends and is not started.
func (l *Ledger) unstarted(list []mention) (names []string) {
	if !slices.ContainsFunc(list, func(m mention) bool { return !m.starts }) {
		return nil
	}
	least := make(map[event.Code]string) // "" for those that are started
	for _, m := range list {
		name, known := least[m.sub]
		switch {
		case m.starts:
			least[m.sub] = ""
		case !known || name != "":
			text := "subscription " + quote(l.subName(m.sub)) + " of " + quote(l.keys.Key(m.code)) + " ends and never started"
			if !known || text < name {
				least[m.sub] = text
			}
		}
	}
	for _, name := range least {
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

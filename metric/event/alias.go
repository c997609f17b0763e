package event

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Alias translates one name of a source.
type Alias struct {
	From string // as the source writes it, exactly
	To   string // canonical

	// Note says what else an adapter must look at when the name alone does not
	// decide. It is empty when it does.
	Note string
}

// Aliases translates the names of one source. A source's own reading of a name comes
// before folding: PostHog's "survey sent" is an answer, whereas "sent" means sent
// everywhere else. The zero Aliases only fold.
//
// Names are all that Aliases looks at. Where the payload decides too, such as Stripe's
// cancel_at_period_end, [Alias.Note] says so.
type Aliases struct{ table []Alias }

// ErrAlias reports a table of aliases that cannot be used.
var ErrAlias = errors.New("bad alias")

// NewAliases returns the aliases of a source of the caller's own, or an [ErrAlias]
// when a From is empty or given twice, or a To is empty or not folded.
func NewAliases(aliases ...Alias) (Aliases, error) {
	for i, a := range aliases {
		switch {
		case a.From == "" || a.To == "":
			return Aliases{}, fmt.Errorf("%w %d: %.60q to %.60q", ErrAlias, i, a.From, a.To)
		case Fold(a.To) != a.To:
			return Aliases{}, fmt.Errorf("%w %.60q: %.60q is not folded, want %.60q", ErrAlias, a.From, a.To, Fold(a.To))
		case slices.ContainsFunc(aliases[:i], func(b Alias) bool { return a.From == b.From }):
			return Aliases{}, fmt.Errorf("%w %.60q: given twice", ErrAlias, a.From)
		}
	}
	table := slices.Clone(aliases)
	slices.SortFunc(table, func(a, b Alias) int { return strings.Compare(a.From, b.From) })
	return Aliases{table}, nil
}

// All yields the aliases by From.
func (a Aliases) All() iter.Seq[Alias] { return slices.Values(a.table) }

// Lookup returns the alias of a source's name, spelled exactly as the source does.
func (a Aliases) Lookup(name string) (Alias, bool) {
	i, found := slices.BinarySearchFunc(a.table, name, func(a Alias, name string) int {
		return strings.Compare(a.From, name)
	})
	if !found {
		return Alias{}, false
	}
	return a.table[i], true
}

// Canonical returns the canonical name for a source's name: that of its alias, or
// else the name folded.
func (a Aliases) Canonical(name string) string {
	if alias, ok := a.Lookup(name); ok {
		return alias.To
	}
	return Fold(name)
}

// Apply makes the name of e canonical. It keeps the name it replaces in OriginalName,
// and starts from OriginalName when there is one, so that applying twice is the same
// as applying once.
func (a Aliases) Apply(e *Event) {
	original := e.OriginalName
	if original == "" {
		original = e.Name
	}
	e.Name, e.OriginalName = a.Canonical(original), original
	if e.Name == original {
		e.OriginalName = ""
	}
}

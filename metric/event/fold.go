package event

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold returns the canonical spelling of an event name:
//
//   - leading "$" are dropped,
//   - letters are lower-cased, one rune for one rune,
//   - space, "-", ".", ":" and "/" become "_",
//   - repeated "_" become one.
//
// So "Order Completed", "order.completed", "order-completed" and "$order_completed"
// are one event. Fold is idempotent, and returns its argument unchanged, without
// allocating, when that is folded already. Bytes that are not UTF-8 are kept.
//
// Names that mean something else at their source must be translated first, see
// [Aliases].
func Fold(name string) string {
	if isFolded(name) {
		return name
	}
	name = strings.TrimLeft(name, "$")
	var b strings.Builder
	b.Grow(len(name))
	underscore := false
	for i := 0; i < len(name); {
		r, size := rune(name[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(name[i:])
		}
		switch {
		case isSeparator(r):
			if !underscore {
				b.WriteByte('_')
			}
		case r == utf8.RuneError && size == 1:
			b.WriteByte(name[i])
		default:
			b.WriteRune(unicode.ToLower(r))
		}
		underscore = isSeparator(r)
		i += size
	}
	return b.String()
}

func isSeparator(r rune) bool {
	switch r {
	case '_', ' ', '-', '.', ':', '/':
		return true
	}
	return false
}

// isFolded reports whether Fold would change nothing. It may report false for a
// folded name beyond ASCII, which then takes the long way.
func isFolded(name string) bool {
	if name == "" {
		return true
	}
	if name[0] == '$' {
		return false
	}
	previous := byte(0)
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'A' && c <= 'Z', c >= utf8.RuneSelf, c == '_' && previous == '_', c != '_' && isSeparator(rune(c)):
			return false
		default:
			previous = c
		}
	}
	return true
}

// FoldType returns the canonical name in a type of reverse-DNS form, as CloudEvents
// and OpenTelemetry write it: the last two parts, folded. So
// "com.acme.subscription.cancelled" is "subscription_cancelled".
//
// A name without an object has one part, so "com.acme.activated" is "activated":
// the last part alone counts if it is in the vocabulary and the last two are not.
func FoldType(typ string) string {
	last := strings.LastIndexByte(typ, '.')
	if last < 0 {
		return Fold(typ)
	}
	two := Fold(typ[strings.LastIndexByte(typ[:last], '.')+1:])
	if _, ok := Lookup(two); ok {
		return two
	}
	one := Fold(typ[last+1:])
	if _, ok := Lookup(one); ok {
		return one
	}
	return two
}

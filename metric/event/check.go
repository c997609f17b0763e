package event

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of an event, which [Check], the encoders and the decoders hold.
const (
	MaxNameBytes = 256     // of the name of an event or an attribute
	MaxTextBytes = 1 << 16 // of any other text
	MaxDepth     = 8       // of lists and records inside each other
	MaxBytes     = 1 << 20 // of all text together, each value counting 32 bytes more
)

// Check reports whether e can be counted: nil, or a [*Rejection] that says why not.
// It is meant to be asked once, where events come in.
//
// The envelope needs a folded name, a time and one of UserID, AnonymousID and
// AccountID; events of subscriptions, payments and invoices need AccountID. An event
// of the vocabulary needs its required attributes, and each known attribute must be
// of its kind. An amount of money comes with a currency, of three upper-case letters.
// Events of other names and attributes of other names may carry anything. A time may
// be given as text in RFC 3339.
func Check(e *Event) error {
	if r := check(e); r != nil {
		return r.in(e.Name, "")
	}
	return nil
}

func check(e *Event) *Rejection {
	if r := checkForm(e); r != nil {
		return r
	}
	switch {
	case e.Name == "":
		return reject(MissingName, "event", "")
	case !isFolded(e.Name) && Fold(e.Name) != e.Name:
		return reject(BadName, "event", "want %.60q", Fold(e.Name))
	case e.Time.IsZero():
		return reject(MissingTime, "time", "")
	}
	s := lookup(e.Name)
	if r := checkSubject(e, s); r != nil || s == nil {
		return r
	}
	if r := checkAttributes(s.attrs, e.Props.attrs); r != nil {
		return r
	}
	if r := checkAnyOf(s.anyOf, e.Props); r != nil {
		return r
	}
	return checkTogether(e)
}

func checkSubject(e *Event, s *spec) *Rejection {
	need := anyone
	if s != nil {
		need = s.subject
	}
	switch {
	case need == account && e.AccountID == "":
		return reject(MissingAccount, "account_id", "")
	case need == anyone && e.UserID == "" && e.AnonymousID == "" && e.AccountID == "":
		return reject(MissingSubject, "", "user_id, anonymous_id or account_id")
	}
	return nil
}

// checkForm reports whether e can be written and read back: limits, UTF-8, years,
// and attributes with a name and a value each, once.
func checkForm(e *Event) *Rejection {
	if len(e.Name) > MaxNameBytes {
		return reject(TooLarge, "event", "%d bytes", len(e.Name))
	}
	size := 0
	for i, text := range [...]string{e.ID, e.Source, e.Name, e.OriginalName, e.UserID, e.AnonymousID, e.AccountID, e.SessionID} {
		if text == "" {
			continue
		}
		size += len(text)
		if r := checkText(text); r != nil {
			names := [...]string{"id", "source", "event", "original_event", "user_id", "anonymous_id", "account_id", "session_id"}
			return r.in("", names[i])
		}
	}
	if r := checkYear(e.Time); r != nil {
		return r.in("", "time")
	}
	if r := checkYear(e.EffectiveTime); r != nil {
		return r.in("", "effective_time")
	}
	if r := checkYear(e.RecordedTime); r != nil {
		return r.in("", "recorded_time")
	}
	return checkProps(e.Props, MaxDepth, &size)
}

func checkText(text string) *Rejection {
	if len(text) > MaxTextBytes {
		return reject(TooLarge, "", "%d bytes", len(text))
	}
	if !utf8.ValidString(text) {
		return reject(BadText, "", "%.40q", text)
	}
	return nil
}

// The first second of year 1 and the last of year 9999.
const minUnix, maxUnix = -62135596800, 253402300799

func checkYear(t time.Time) *Rejection {
	if unix := t.Unix(); unix < minUnix || unix > maxUnix {
		return reject(BadTime, "", "year %d", t.UTC().Year())
	}
	return nil
}

const valueBytes = 32

func checkProps(p Props, depth int, size *int) *Rejection {
	for i := range p.attrs {
		a := &p.attrs[i]
		switch {
		case a.Name == "":
			return reject(BadName, "", "attribute without a name")
		case len(a.Name) > MaxNameBytes:
			return reject(TooLarge, "", "name of an attribute, %d bytes", len(a.Name))
		case !utf8.ValidString(a.Name):
			return reject(BadText, "", "name of an attribute, %.40q", a.Name)
		case i > 0 && a.Name == p.attrs[i-1].Name:
			return reject(DuplicateAttribute, a.Name, "")
		}
		*size += len(a.Name)
		if r := checkValue(&a.Value, depth, size); r != nil {
			return r.in("", a.Name)
		}
	}
	return nil
}

func checkValue(v *Value, depth int, size *int) *Rejection {
	if *size += valueBytes + len(v.text); *size > MaxBytes {
		return reject(TooLarge, "", "more than %d bytes in all", MaxBytes)
	}
	switch v.kind {
	case KindInvalid:
		return reject(BadNumber, "", "")
	case KindString:
		return checkText(v.text)
	case KindTime:
		if v.num < minUnix || v.num > maxUnix {
			return reject(BadTime, "", "")
		}
	case KindList, KindRecord:
		if depth == 0 {
			return reject(TooLarge, "", "more than %d lists and records inside each other", MaxDepth)
		}
		if p, ok := v.Record(); ok {
			return checkProps(p, depth-1, size)
		}
		list, _ := v.list()
		for i := range list {
			if r := checkValue(&list[i], depth-1, size); r != nil {
				return r.in("", fmt.Sprintf("[%d]", i))
			}
		}
	}
	return nil
}

// checkAttributes walks the wanted and the given attributes together; both are
// sorted by name.
func checkAttributes(want []Attribute, got []Attr) *Rejection {
	money, currency := "", false
	for i := range want {
		w := &want[i]
		for len(got) > 0 && got[0].Name < w.Name {
			got = got[1:]
		}
		if len(got) == 0 || got[0].Name != w.Name {
			if w.Required {
				return reject(MissingAttribute, w.Name, "")
			}
			continue
		}
		if r := checkAttribute(w, &got[0].Value); r != nil {
			return r.in("", w.Name)
		}
		if w.Money {
			money = w.Name
		}
		currency = currency || w.Name == "currency"
	}
	if money != "" && !currency && hasCurrency(want) {
		return reject(MissingAttribute, "currency", "of %s", money)
	}
	return nil
}

// hasCurrency is false for the items of a subscription, whose currency is outside.
func hasCurrency(want []Attribute) bool {
	for i := range want {
		if want[i].Name == "currency" {
			return true
		}
	}
	return false
}

func checkAttribute(w *Attribute, v *Value) *Rejection {
	if !v.is(w.Kind) {
		return reject(WrongType, "", "%s, want %s", v.kind, w.Kind)
	}
	switch {
	case w.Required && v.kind == KindString && v.text == "":
		return reject(MissingAttribute, "", "empty")
	case w.Name == "currency" && !isCurrency(v.text):
		return reject(BadCurrency, "", "%.40q", v.text)
	case w.NonNegative && v.negative() && w.Money:
		return reject(NegativeAmount, "", "%s", v)
	case w.NonNegative && v.negative():
		return reject(OutOfRange, "", "%s", v)
	case w.fields == nil:
		return nil
	}
	if p, ok := v.Record(); ok {
		return checkAttributes(w.fields, p.attrs)
	}
	list, _ := v.list()
	for i := range list {
		p, ok := list[i].Record()
		if !ok {
			return reject(WrongType, fmt.Sprintf("[%d]", i), "%s, want record", list[i].kind)
		}
		if r := checkAttributes(w.fields, p.attrs); r != nil {
			return r.in("", fmt.Sprintf("[%d]", i))
		}
	}
	return nil
}

// is reports whether v can stand for a value of kind k.
func (v *Value) is(k Kind) bool {
	switch k {
	case KindDecimal:
		return v.isNumber()
	case KindTime:
		_, ok := v.Time()
		return ok
	}
	return v.kind == k
}

func isCurrency(text string) bool {
	if len(text) != 3 {
		return false
	}
	for i := range len(text) {
		if text[i] < 'A' || text[i] > 'Z' {
			return false
		}
	}
	return true
}

func checkAnyOf(names []string, p Props) *Rejection {
	for _, name := range names {
		if text, ok := p.String(name); ok && text != "" {
			return nil
		}
	}
	if len(names) == 0 {
		return nil
	}
	return reject(MissingAttribute, names[0], "one of %s", strings.Join(names, ", "))
}

// checkTogether looks at attributes that must fit each other.
func checkTogether(e *Event) *Rejection {
	switch e.Name {
	case "ad_spend_recorded":
		start, _ := e.Props.Time("period_start")
		if end, _ := e.Props.Time("period_end"); !end.After(start) {
			return reject(BadPeriod, "period_end", "not after period_start")
		}
	case "trial_started":
		start, ok := e.Props.Time("trial_start")
		if end, _ := e.Props.Time("trial_end"); ok && end.Before(start) {
			return reject(BadPeriod, "trial_end", "before trial_start")
		}
	case "survey_answered":
		return checkScale(e.Props)
	}
	return nil
}

// checkScale holds a survey's score against the scale that it states.
func checkScale(p Props) *Rejection {
	score, _ := p.Get("score")
	low, hasLow := p.Get("scale_min")
	high, hasHigh := p.Get("scale_max")
	switch {
	case hasLow && hasHigh && low.Compare(high) >= 0:
		return reject(OutOfRange, "scale_max", "%s, with scale_min %s", high, low)
	case hasLow && score.Compare(low) < 0:
		return reject(OutOfRange, "score", "%s, below %s", score, low)
	case hasHigh && score.Compare(high) > 0:
		return reject(OutOfRange, "score", "%s, above %s", score, high)
	}
	return nil
}

package exchange

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric/formula"
)

// captureOf returns the text of a rule.
func captureOf(c *def.Capture) *formula.Capture {
	if c == nil {
		return nil
	}
	rule := &formula.Capture{Event: c.Event, Where: conditionTexts(c.Where), UntilWhere: conditionTexts(c.UntilIf), AtLeast: c.AtLeast}
	switch c.Kind {
	case def.CaptureCount:
		rule.Count = true
	case def.CaptureSum:
		rule.Sum = c.Of
	case def.CaptureDistinct:
		rule.Distinct = c.Of
	case def.CaptureValues:
		rule.Values = c.Of
	case def.CaptureDuration:
		rule.Event = ""
		rule.Duration = &formula.DurationCapture{Object: c.Object, From: c.Event, Until: c.Until}
	}
	return rule
}

func conditionTexts(list []def.Condition) []string {
	var texts []string
	for _, c := range list {
		texts = append(texts, c.Attr+" "+c.Op+" "+c.Value)
	}
	return texts
}

// captureEvents returns the names of the events of a rule.
func captureEvents(c *formula.Capture) []string {
	switch {
	case c == nil:
		return nil
	case c.Duration == nil:
		return []string{c.Event}
	case c.Duration.Until == c.Duration.From:
		return []string{c.Duration.From}
	}
	return []string{c.Duration.From, c.Duration.Until}
}

// captureWords says a rule in words, those of Definition.Capture but for values of more
// than one word, which are quoted so that they have an end.
func captureWords(c *formula.Capture) string {
	switch {
	case c == nil:
		return ""
	case c.Duration != nil:
		return "time from the first " + c.Duration.From + conditionWords(c.Where) +
			" to the first " + c.Duration.Until + conditionWords(c.UntilWhere) + " of one " + c.Duration.Object
	}
	event := c.Event + conditionWords(c.Where)
	switch {
	case c.Sum != "":
		return "sum of " + c.Sum + " over " + event
	case c.Values != "":
		return "every " + c.Values + " of " + event
	case c.Distinct == "":
		return "number of " + event
	}
	text := "number of different " + c.Distinct + " of " + event
	if c.AtLeast > 0 {
		text += ", each with at least " + strconv.Itoa(c.AtLeast)
	}
	return text
}

func conditionWords(conditions []string) string {
	var b strings.Builder
	for i, text := range conditions {
		if i == 0 {
			b.WriteString(" where ")
		} else {
			b.WriteString(" and ")
		}
		attr, op, value, _ := cutCondition(text)
		if value == "" || strings.ContainsFunc(value, endsValue) {
			value = strconv.Quote(value)
		}
		b.WriteString(attr + " " + op + " " + value)
	}
	return b.String()
}

func endsValue(r rune) bool { return r <= ' ' || r == ',' || r == '"' || r == '\\' || r > '~' }

// cutCondition takes "machine != true" apart.
func cutCondition(text string) (attr, op, value string, ok bool) {
	for _, op := range [...]string{"==", "!=", "<=", ">=", "<", ">"} {
		if attr, value, found := strings.Cut(text, op); found {
			attr, value = strings.TrimSpace(attr), strings.TrimSpace(value)
			return attr, op, value, isWord(attr) && value != "" && !strings.ContainsAny(value, "=<>!\"")
		}
	}
	return text, "", "", false
}

// isWord reports whether s is a name of an event or an attribute, as far as the words of a
// rule need it. Define asks for more.
func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// canonical checks a rule that was read, and writes its conditions in one way.
func canonical(c *formula.Capture) error {
	names := []string{c.Event}
	if c.Duration != nil {
		names = []string{c.Duration.From, c.Duration.Until, c.Duration.Object}
	}
	for _, of := range [...]string{c.Sum, c.Distinct, c.Values} {
		if of != "" {
			names = append(names, of)
		}
	}
	for _, name := range names {
		if !isWord(name) {
			return fmt.Errorf("%.48q is not a name", name)
		}
	}
	for _, list := range [...][]string{c.Where, c.UntilWhere} {
		for i, text := range list {
			attr, op, value, ok := cutCondition(text)
			if !ok {
				return fmt.Errorf("%.48q is not a condition such as type == nps", text)
			}
			list[i] = attr + " " + op + " " + value
		}
	}
	return nil
}

// parseCapture reads the words of a rule.
func parseCapture(text string) (*formula.Capture, error) {
	for _, form := range [...]func(*words, *formula.Capture){
		(*words).duration, (*words).sum, (*words).values, (*words).distinct, (*words).count,
	} {
		w, c := &words{rest: text, ok: true}, &formula.Capture{}
		if form(w, c); w.ok && w.rest == "" {
			return c, canonical(c)
		}
	}
	return nil, fmt.Errorf("%.100q is not a rule such as \"number of email_opened where machine != true\"", text)
}

// words is the rest of the words of a rule; ok until something is not as it should be.
type words struct {
	rest string
	ok   bool
}

// has takes a text away, if it comes next.
func (w *words) has(text string) bool {
	rest, found := strings.CutPrefix(w.rest, text)
	w.rest = rest
	return found
}

func (w *words) need(text string) { w.ok = w.has(text) && w.ok }

// word takes what ends with a space or a comma.
func (w *words) word() string {
	end := strings.IndexAny(w.rest, " ,")
	if end < 0 {
		end = len(w.rest)
	}
	word := w.rest[:end]
	w.rest = w.rest[end:]
	w.ok = w.ok && word != ""
	return word
}

// number takes a number from 1 on.
func (w *words) number() int {
	n, err := strconv.Atoi(w.word())
	w.ok = w.ok && err == nil && n > 0
	return n
}

func (w *words) conditions() []string {
	if !w.has(" where ") {
		return nil
	}
	var list []string
	for w.ok {
		text := w.word()
		w.need(" ")
		text += " " + w.word()
		w.need(" ")
		list = append(list, text+" "+w.value())
		if !w.has(" and ") {
			return list
		}
	}
	return nil
}

func (w *words) value() string {
	if !strings.HasPrefix(w.rest, `"`) {
		return w.word()
	}
	quoted, err := strconv.QuotedPrefix(w.rest)
	if err != nil {
		w.ok = false
		return ""
	}
	w.rest = w.rest[len(quoted):]
	value, err := strconv.Unquote(quoted)
	w.ok = w.ok && err == nil
	return value
}

func (w *words) count(c *formula.Capture) {
	w.need("number of ")
	c.Count, c.Event, c.Where = true, w.word(), w.conditions()
}

func (w *words) sum(c *formula.Capture) {
	w.need("sum of ")
	c.Sum = w.word()
	w.need(" over ")
	c.Event, c.Where = w.word(), w.conditions()
}

func (w *words) values(c *formula.Capture) {
	w.need("every ")
	c.Values = w.word()
	w.need(" of ")
	c.Event, c.Where = w.word(), w.conditions()
}

func (w *words) distinct(c *formula.Capture) {
	w.need("number of different ")
	c.Distinct = w.word()
	w.need(" of ")
	c.Event, c.Where = w.word(), w.conditions()
	if w.has(", each with at least ") {
		c.AtLeast = w.number()
	}
}

func (w *words) duration(c *formula.Capture) {
	d := &formula.DurationCapture{}
	w.need("time from the first ")
	d.From, c.Where = w.word(), w.conditions()
	w.need(" to the first ")
	d.Until, c.UntilWhere = w.word(), w.conditions()
	w.need(" of one ")
	d.Object = w.word()
	c.Duration = d
}

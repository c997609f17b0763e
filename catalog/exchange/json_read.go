package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// ReadJSON reads metrics from an object such as [WriteJSON] writes, of the same major
// version of the catalogue. Keys may come in any order. The error names the line, or the
// metric and the path within it.
func ReadJSON(r io.Reader) ([]formula.Spec, error) {
	list, err := readJSON(r)
	if err != nil {
		return nil, err
	}
	return specs(list), nil
}

func readJSON(r io.Reader) ([]*entry, error) {
	data, err := readText(r)
	if err != nil {
		return nil, err
	}
	root, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	file := &object{value: root, path: "the file", err: new(error)}
	version, metrics := file.text("version"), file.array("metrics")
	file.end()
	if *file.err != nil {
		return nil, *file.err
	}
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	if !file.has("metrics") {
		return nil, errors.New("metrics are missing")
	}
	var list []*entry
	known := seen{}
	for i, m := range metrics {
		e, err := readMetric(m)
		if err == nil {
			err = known.add(e.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("metrics[%d], %s: %w", i, position(data, m.at), err)
		}
		list = append(list, e)
	}
	return list, nil
}

func readMetric(v *jsonValue) (*entry, error) {
	o := &object{value: v, err: new(error)}
	e := &entry{}
	e.ID = o.text("id")
	o.path = fmt.Sprintf("metric %.100q", e.ID)
	derived := map[string][]string{
		"domain": notEmpty(o.text("domain")), "inputs": o.texts("inputs"), "capture_events": o.texts("capture_events"),
	}
	o.words(&e.Spec)
	o.kinds(&e.Spec)
	o.lists(&e.Spec)
	words := o.text("capture")
	e.Capture = o.capture()
	o.end()
	if *o.err != nil {
		return nil, *o.err
	}
	err := e.complete(func(column string) []string { return derived[column] })
	if rule := captureWords(e.Capture); err == nil && words != "" && words != rule {
		err = fmt.Errorf("capture: says %.100q, but capture_rule makes it %.100q", words, rule)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.path, err)
	}
	return e, nil
}

// words reads the fields that are texts.
func (o *object) words(s *formula.Spec) {
	for i := range fields {
		if f := &fields[i]; f.text != nil && f.column != "id" && f.column != "rollup_time" && f.column != "rollup_population" {
			*f.text(s) = o.text(f.column)
		}
	}
	rollup := o.object("rollup")
	s.RollUpTime, s.RollUpPopulation = rollup.text("time"), rollup.text("population")
	rollup.end()
	deprecated := o.object("deprecated")
	s.Deprecated = metric.Deprecation{
		Since: deprecated.text("since"), Reason: deprecated.text("reason"), ReplacedBy: deprecated.text("replaced_by")}
	deprecated.end()
}

// kinds reads the fields that are one of several, and numbers.
func (o *object) kinds(s *formula.Spec) {
	if text := o.text("stage"); text != "" {
		s.Stage = checked(o, "stage", stage.Parse, text)
	}
	for _, text := range o.texts("also") {
		s.Also = append(s.Also, checked(o, "also", stage.Parse, text))
	}
	if text := o.text("quantity"); text != "" {
		s.Kind = checked(o, "quantity", metric.ParseKind, text)
	}
	s.Scale = o.integer("scale")
}

// lists reads the fields that are lists.
func (o *object) lists(s *formula.Spec) {
	s.Aliases, s.Includes, s.Excludes = o.texts("aliases"), o.texts("includes"), o.texts("excludes")
	for x := range o.objects("undefined") {
		s.Undefined = append(s.Undefined, metric.Guard{When: x.text("when"), Reason: x.reason("reason")})
		x.end()
	}
	for x := range o.objects("relations") {
		s.Relations = append(s.Relations, metric.Relation{Kind: x.text("kind"), Target: x.text("target")})
		x.end()
	}
	for x := range o.objects("examples") {
		example := metric.Example{Period: x.text("period"), Result: x.text("result"), Source: x.text("source"), Inputs: x.values("inputs")}
		if x.has("undefined") {
			example.Undefined = x.reason("undefined")
		}
		s.Examples = append(s.Examples, example)
		x.end()
	}
	for x := range o.objects("caveats") {
		s.Caveats = append(s.Caveats, metric.Caveat{Text: x.text("text"), Formula: x.text("formula"), Gives: x.text("gives")})
		x.end()
	}
	for x := range o.objects("sources") {
		s.Sources = append(s.Sources, metric.Source{
			Title: x.text("title"), Section: x.text("section"), Year: int(x.integer("year")), URL: x.text("url")})
		x.end()
	}
	for x := range o.objects("forms") {
		s.Forms = append(s.Forms, metric.Form{System: x.text("system"), Name: x.text("name")})
		x.end()
	}
}

// capture reads the rule.
func (o *object) capture() *formula.Capture {
	if !o.has("capture_rule") {
		if o.text("capture") != "" {
			o.fail("capture", "is there without the capture_rule that it is the words of")
		}
		return nil
	}
	x := o.object("capture_rule")
	c := &formula.Capture{Event: x.text("event"), Where: x.texts("where"), UntilWhere: x.texts("until_where"), AtLeast: int(x.integer("at_least"))}
	of, until, object := x.text("of"), x.text("until"), x.text("object")
	switch kind := x.text("kind"); kind {
	case "count":
		c.Count = true
	case "sum":
		c.Sum = of
	case "distinct":
		c.Distinct = of
	case "values":
		c.Values = of
	case "duration":
		c.Duration = &formula.DurationCapture{Object: object, From: c.Event, Until: until}
		c.Event = ""
	default:
		x.fail("kind", "%.48q is not one of count, sum, distinct, values, duration", kind)
	}
	measured := c.Sum + c.Distinct + c.Values
	switch {
	case c.Duration == nil && (until != "" || object != "" || len(c.UntilWhere) > 0):
		x.fail("kind", "only a duration has until, until_where and object")
	case c.Duration == nil && !c.Count && of == "":
		x.fail("of", "is missing")
	case of != measured:
		x.fail("of", "does not go with this kind of rule")
	case c.AtLeast < 0 || c.AtLeast > 0 && c.Distinct == "":
		x.fail("at_least", "is above 0 and goes with distinct")
	}
	if err := canonical(c); err != nil {
		x.fail("", "%w", err)
	}
	x.end()
	return c
}

// jsonValue is a value of a JSON text.
type jsonValue struct {
	kind    byte // '{', '[', '"', '0', or 'x' for true, false and null
	text    string
	keys    []string // of an object
	values  []*jsonValue
	at, end int // offsets
	raw     []byte
}

// maxNesting is that of the values of a distribution: file, metrics, metric, examples,
// example, inputs, list.
const maxNesting = 8

// parseJSON reads one value and refuses keys that are there twice.
func parseJSON(data []byte) (*jsonValue, error) {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("%s: %w", position(data, int(syntax.Offset)), err)
		}
		return nil, err
	}
	p := &jsonParser{data: data, decoder: json.NewDecoder(bytes.NewReader(data))}
	p.decoder.UseNumber()
	v, err := p.value(0)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", position(data, int(p.decoder.InputOffset())), err)
	}
	return v, nil
}

// jsonParser builds values of a text that is valid.
type jsonParser struct {
	data    []byte
	decoder *json.Decoder
}

func (p *jsonParser) value(depth int) (*jsonValue, error) {
	from := int(p.decoder.InputOffset())
	token, err := p.decoder.Token()
	if err != nil {
		return nil, err
	}
	end := int(p.decoder.InputOffset())
	v := &jsonValue{at: end - 1, end: end}
	switch t := token.(type) {
	case json.Delim:
		v.kind = byte(t)
		if depth == maxNesting {
			return nil, fmt.Errorf("values are nested more than %d deep", maxNesting)
		}
		if err := p.children(v, depth); err != nil {
			return nil, err
		}
		if v.kind == '[' {
			v.raw = p.data[v.at:v.end]
		}
	case string:
		v.kind, v.text = '"', t
		if strings.Contains(t, "\ufffd") && !hasReplacement(p.data[from:end], t) {
			return nil, errors.New("a text has an escape that is no character")
		}
	case json.Number:
		v.kind, v.text = '0', t.String()
	default:
		v.kind, v.text = 'x', fmt.Sprint(token)
		if token == nil {
			v.text = "null"
		}
	}
	return v, nil
}

// hasReplacement reports whether every U+FFFD of a text is in its JSON. The decoder puts
// others for halves of surrogate pairs.
func hasReplacement(raw []byte, text string) bool {
	raw = bytes.ToLower(raw)
	return strings.Count(text, "\ufffd") <= bytes.Count(raw, []byte("\ufffd"))+bytes.Count(raw, []byte(`\ufffd`))
}

// children reads the content of an object or a list up to its end.
func (p *jsonParser) children(v *jsonValue, depth int) error {
	known := map[string]bool{}
	for p.decoder.More() {
		if v.kind == '{' {
			key, err := p.value(depth + 1)
			if err != nil {
				return err
			}
			if known[key.text] {
				return fmt.Errorf("the key %.48q is there twice", key.text)
			}
			known[key.text] = true
			v.keys = append(v.keys, key.text)
		}
		child, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		v.values = append(v.values, child)
	}
	_, err := p.decoder.Token()
	v.end = int(p.decoder.InputOffset())
	return err
}

// object reads the keys of an object, one by one. The first finding of it and of all that
// it contains is kept.
type object struct {
	value *jsonValue // nil for an object that is not there
	path  string
	asked []string
	err   *error
}

func (o *object) fail(key, format string, args ...any) {
	if *o.err == nil {
		if key != "" {
			key = ": " + key
		}
		*o.err = fmt.Errorf("%s%s: %w", o.path, key, fmt.Errorf(format, args...))
	}
}

// get returns the value of a key, or nil when it is not there or not of the kind.
func (o *object) get(key string, kind byte, what string) *jsonValue {
	if o.value == nil {
		return nil
	}
	if o.value.kind != '{' {
		o.fail("", "is not an object")
		return nil
	}
	o.asked = append(o.asked, key)
	i := slices.Index(o.value.keys, key)
	if i < 0 {
		return nil
	}
	if v := o.value.values[i]; v.kind == kind {
		return v
	}
	o.fail(key, "is not %s", what)
	return nil
}

func (o *object) has(key string) bool { return o.value != nil && slices.Contains(o.value.keys, key) }

// end refuses the keys that nobody asked for.
func (o *object) end() {
	if o.value == nil {
		return
	}
	for _, key := range o.value.keys {
		if !slices.Contains(o.asked, key) {
			o.fail("", "the key %.48q is not known", key)
		}
	}
}

func (o *object) text(key string) string {
	if v := o.get(key, '"', "a text"); v != nil {
		return v.text
	}
	return ""
}

func (o *object) integer(key string) int64 {
	v := o.get(key, '0', "a number")
	if v == nil {
		return 0
	}
	n, err := strconv.ParseInt(v.text, 10, strconv.IntSize)
	if err != nil {
		o.fail(key, "%.48s is not an integer of %d bits", v.text, strconv.IntSize)
	}
	return n
}

func (o *object) array(key string) []*jsonValue {
	if v := o.get(key, '[', "a list"); v != nil {
		return v.values
	}
	return nil
}

func (o *object) texts(key string) []string {
	var list []string
	for i, v := range o.array(key) {
		if v.kind != '"' {
			o.fail(fmt.Sprintf("%s[%d]", key, i), "is not a text")
		}
		list = append(list, v.text)
	}
	return list
}

// object returns the object behind a key, one without keys when it is not there.
func (o *object) object(key string) *object {
	return &object{value: o.get(key, '{', "an object"), path: o.path + ": " + key, err: o.err}
}

func (o *object) objects(key string) iter.Seq[*object] {
	return func(yield func(*object) bool) {
		for i, v := range o.array(key) {
			if !yield(&object{value: v, path: fmt.Sprintf("%s: %s[%d]", o.path, key, i), err: o.err}) {
				return
			}
		}
	}
}

func (o *object) reason(key string) metric.Reason {
	return checked(o, key, metric.ParseReason, o.text(key))
}

// values reads the inputs of an example.
func (o *object) values(key string) []metric.ExampleInput {
	v := o.get(key, '{', "an object")
	if v == nil {
		return nil
	}
	var list []metric.ExampleInput
	for i, id := range v.keys {
		in := metric.ExampleInput{ID: id, Value: v.values[i].text}
		switch v.values[i].kind {
		case '[':
			var b bytes.Buffer
			if err := json.Compact(&b, v.values[i].raw); err != nil {
				o.fail(key, "%w", err)
			}
			if in.Value = b.String(); !flatList(in.Value) {
				o.fail(key, "%.48q is not a list of texts and numbers", id)
			}
		case '"':
		default:
			o.fail(key, "%.48q is not a text or a list", id)
		}
		list = append(list, in)
	}
	return list
}

func checked[T any](o *object, key string, parse func(string) (T, error), text string) T {
	v, err := parse(text)
	if err != nil {
		o.fail(key, "%w", err)
	}
	return v
}

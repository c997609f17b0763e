package metric

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"time"
)

// MarshalJSON writes the facts as an object: the period, if it is known, and under "facts"
// an exact text for each id, a list of texts for a distribution, or an object with the
// reason for a metric that is known to be undefined:
//
//	{"period":"2026-03","facts":{
//	  "orders.orders":"12",
//	  "orders.revenue":"1234.50 USD",
//	  "subscription.opening_mrr":{"undefined":"insufficient_history"}}}
func (f *Facts) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	if !f.period.IsZero() {
		text, err := json.Marshal(f.period)
		if err != nil {
			return nil, err
		}
		b.WriteString(`"period":`)
		b.Write(text)
		b.WriteByte(',')
	}
	b.WriteString(`"facts":{`)
	first := true
	for fact := range f.All() {
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.WriteString(`"` + fact.d.ID + `":`)
		if fact.undefined != "" {
			b.WriteString(`{"undefined":"` + string(fact.undefined) + `"}`)
			continue
		}
		text, err := json.Marshal(fact.value)
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	b.WriteString("}}")
	return b.Bytes(), nil
}

// DecodeFacts reads what [Facts.MarshalJSON] writes. Ids are found by lookup, such as
// catalog.Lookup; the period lies in the zone loc, or in UTC when loc is nil.
//
// The error wraps [ErrInput] and names what is malformed, unknown, given twice or out of
// range.
func DecodeFacts(data []byte, lookup func(id string) (Definition, bool), loc *time.Location) (*Facts, error) {
	d := factsDecoder{json.NewDecoder(bytes.NewReader(data)), lookup, loc}
	f, err := d.decode()
	if err != nil {
		var e *Error
		if !errors.As(err, &e) {
			err = &Error{Err: inputErrorf("facts: %w", err)}
		}
		return nil, err
	}
	return f, nil
}

type factsDecoder struct {
	json   *json.Decoder
	lookup func(id string) (Definition, bool)
	loc    *time.Location
}

func (d factsDecoder) decode() (*Facts, error) {
	f := new(Facts)
	seen := map[string]bool{}
	err := d.object(func(key string) error {
		if seen[key] {
			return inputErrorf("%s is given twice", quote(key))
		}
		seen[key] = true
		switch key {
		case "period":
			return d.period(f)
		case "facts":
			return d.object(func(id string) error { return d.fact(f, id) })
		}
		return inputErrorf("%s is not a field", quote(key))
	})
	if err != nil {
		return nil, err
	}
	if _, err := d.json.Token(); err != io.EOF {
		return nil, inputErrorf("something follows the object")
	}
	return f, nil
}

// object reads an object and calls field for each key, which consumes the value.
func (d factsDecoder) object(field func(key string) error) error {
	token, err := d.json.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return inputErrorf("an object is wanted, not %v", token)
	}
	for d.json.More() {
		key, err := d.json.Token()
		if err != nil {
			return err
		}
		if err := field(key.(string)); err != nil {
			return err
		}
	}
	_, err = d.json.Token()
	return err
}

func (d factsDecoder) period(f *Facts) error {
	var text string
	if err := d.json.Decode(&text); err != nil {
		return err
	}
	p, err := ParsePeriod(text, d.loc)
	if err != nil {
		return err
	}
	f.period = p
	return nil
}

func (d factsDecoder) fact(f *Facts, id string) error {
	definition, ok := d.lookup(id)
	if !ok {
		return &Error{Err: inputErrorf("there is no metric %s", quote(id))}
	}
	var raw json.RawMessage
	if err := d.json.Decode(&raw); err != nil {
		return err
	}
	fact, err := decodeFact(definition, raw)
	if err != nil {
		return &Error{Metric: id, Err: err}
	}
	return f.Add(fact)
}

func decodeFact(d Definition, raw json.RawMessage) (Fact, error) {
	if len(raw) > 0 && raw[0] == '{' {
		var undefined struct{ Undefined Reason }
		if err := json.Unmarshal(raw, &undefined); err != nil {
			return Fact{}, err
		}
		if undefined.Undefined == "" {
			return Fact{}, inputErrorf("an object says why a metric is undefined")
		}
		return UndefinedFact(d, undefined.Undefined), nil
	}
	text := string(raw)
	if len(raw) > 0 && raw[0] == '"' {
		if err := json.Unmarshal(raw, &text); err != nil {
			return Fact{}, err
		}
	}
	v, err := ParseValue(d.Kind(), text)
	if err != nil {
		return Fact{}, err
	}
	return FactOf(d, v), nil
}

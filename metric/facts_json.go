package metric

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// MarshalJSON writes the facts as an object: the period, if it is known, "merged" if they are
// merged over several periods, and under "facts"
// an exact text for each id, a list of texts for a distribution, or an object with the
// reason for a metric that is known to be undefined:
//
//	{"period":"2026-03","facts":{
//	  "orders.orders":"12",
//	  "orders.revenue":"1234.50 USD",
//	  "subscription.opening_mrr":{"undefined":"insufficient_history"}}}
//
// [DecodeFacts] reads it.
func (f Facts) MarshalJSON() ([]byte, error) {
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
	if f.merged {
		b.WriteString(`"merged":true,`)
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

// UnmarshalJSON always returns an [ErrInput], so that [json.Unmarshal] does not give empty
// facts: to find metrics by their ids takes a lookup, which [DecodeFacts] has.
func (f *Facts) UnmarshalJSON([]byte) error {
	return &Error{Err: inputErrorf("facts: use DecodeFacts, which is told how to find metrics")}
}

// DecodeFacts reads what [Facts.MarshalJSON] writes. Ids are found by lookup, such as
// catalog.Lookup; the period lies in the zone loc, or in UTC when loc is nil.
//
// The error wraps [ErrInput] and names what is malformed, unknown, given twice or out of
// range.
func DecodeFacts(data []byte, lookup func(id string) (Definition, bool), loc *time.Location) (*Facts, error) {
	d := factsDecoder{objectReader{json.NewDecoder(bytes.NewReader(data))}, lookup, loc}
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
	objectReader
	lookup func(id string) (Definition, bool)
	loc    *time.Location
}

func (d factsDecoder) decode() (*Facts, error) {
	f := new(Facts)
	err := d.object(func(key string) error {
		switch key {
		case "period":
			return d.period(f)
		case "merged":
			return d.json.Decode(&f.merged)
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

// objectReader reads objects whose keys may stand only once.
type objectReader struct{ json *json.Decoder }

// object reads an object and calls field for each key, which consumes the value.
func (r objectReader) object(field func(key string) error) error {
	token, err := r.token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return inputErrorf("%s where an object is wanted", quote(fmt.Sprint(token)))
	}
	seen := map[string]bool{}
	for r.json.More() {
		token, err := r.token()
		if err != nil {
			return err
		}
		key, ok := token.(string)
		switch {
		case !ok:
			return inputErrorf("%s where a key is wanted", quote(fmt.Sprint(token)))
		case seen[key]:
			return inputErrorf("%s is given twice", quote(key))
		}
		seen[key] = true
		if err := field(key); err != nil {
			return err
		}
	}
	_, err = r.token()
	return err
}

// text reads a value that must be a string.
func (r objectReader) text(what string) (string, error) {
	token, err := r.token()
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", inputErrorf("%s is %s, want text", what, quote(fmt.Sprint(token)))
	}
	return text, nil
}

func (r objectReader) token() (json.Token, error) {
	token, err := r.json.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // the object has not ended
	}
	return token, err
}

func (d factsDecoder) period(f *Facts) error {
	text, err := d.text("period")
	if err != nil {
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
		return decodeUndefined(d, raw)
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

func decodeUndefined(d Definition, raw json.RawMessage) (Fact, error) {
	r := objectReader{json.NewDecoder(bytes.NewReader(raw))}
	var why Reason
	err := r.object(func(key string) error {
		if key != "undefined" {
			return inputErrorf("%s is not a field", quote(key))
		}
		text, err := r.text("the reason")
		if err != nil {
			return err
		}
		why, err = ParseReason(text)
		return err
	})
	switch {
	case err != nil:
		return Fact{}, err
	case why == "":
		return Fact{}, inputErrorf("an object without the reason why the metric is undefined")
	}
	return UndefinedFact(d, why), nil
}

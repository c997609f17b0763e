package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// request is a line as it was written.
type request struct {
	metric string
	period string
	facts  []field
}

// field is one key of an object with its value, which is well-formed.
type field struct {
	key   string
	value json.RawMessage
}

// parseRequest reads a line. With an error it returns what could be read nevertheless, so
// that the answer can say which metric it is about.
//
// It reads token by token: json.Unmarshal would take the last of two equal keys, match keys
// in any case and replace malformed text.
func parseRequest(line []byte) (request, error) {
	if !utf8.Valid(line) {
		return request{}, errors.New("the line is not UTF-8")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(line, &whole); err != nil {
		return request{}, malformed(err)
	}
	fields, err := object(whole)
	if err != nil {
		return request{}, fmt.Errorf("the line: %w", err)
	}
	var r request
	seen := map[string]bool{}
	for _, f := range fields {
		err = errors.Join(err, r.set(f, seen[f.key])) // What is wrong further on is said too.
		seen[f.key] = true
	}
	for _, key := range [...]string{"metric", "facts"} {
		if !seen[key] {
			err = errors.Join(err, fmt.Errorf("the field %q is missing", key))
		}
	}
	return r, first(err)
}

// malformed says where a line ceases to be JSON.
func malformed(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("malformed JSON at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("malformed JSON: %w", err)
}

func (r *request) set(f field, again bool) (err error) {
	if again {
		return fmt.Errorf("the field %.48q is given twice", f.key)
	}
	switch f.key {
	case "metric":
		r.metric, err = unquote(f.value)
	case "period":
		r.period, err = unquote(f.value)
		if err == nil && r.period == "" {
			err = errors.New("is empty")
		}
	case "facts":
		if r.facts, err = object(f.value); err == nil {
			err = distinct(r.facts)
		}
	default:
		return fmt.Errorf("there is no field %.48q, only metric, period and facts", f.key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.key, err)
	}
	return nil
}

// object splits a JSON object into its fields, in order.
func object(raw json.RawMessage) ([]field, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, fmt.Errorf("%s where an object is wanted", describe(raw))
	}
	var fields []field
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, malformed(err)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, malformed(err)
		}
		fields = append(fields, field{key.(string), value})
	}
	return fields, nil
}

func distinct(fields []field) error {
	seen := map[string]bool{}
	for _, f := range fields {
		if seen[f.key] {
			return fmt.Errorf("%.48q is given twice", f.key)
		}
		seen[f.key] = true
	}
	return nil
}

func unquote(raw json.RawMessage) (string, error) {
	if raw[0] != '"' {
		return "", fmt.Errorf("%s where a text is wanted", describe(raw))
	}
	var text string
	err := json.Unmarshal(raw, &text)
	return text, err
}

// describe names the kind of a JSON value, for messages.
func describe(raw json.RawMessage) string {
	switch bytes.TrimLeft(raw, " \t\r\n")[0] {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "a number"
}

// first returns the first of joined errors.
func first(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return first(joined.Unwrap()[0])
	}
	return err
}

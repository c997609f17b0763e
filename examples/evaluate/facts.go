package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// facts returns what a request states about d. Every fact must have a part in d.
func (s *session) facts(d metric.Definition, r request) (*metric.Facts, error) {
	var period metric.Period
	if r.period != "" {
		var err error
		if period, err = metric.ParsePeriod(r.period, nil); err != nil {
			return nil, err
		}
	}
	facts, err := metric.NewFacts(period)
	if err != nil {
		return nil, err
	}
	for _, f := range r.facts {
		in, err := resolve(d, f.key)
		if err != nil {
			return nil, err
		}
		if !s.determining(d)[in] {
			return nil, fmt.Errorf("%s: not an input of %s", in, d)
		}
		fact, err := parseFact(in, f.value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", in, err)
		}
		if err := facts.Add(fact); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// resolve finds the metric that a fact is about. A name with a leading dot or without any
// is of the domain of d.
func resolve(d metric.Definition, name string) (metric.Definition, error) {
	id := name
	switch {
	case strings.HasPrefix(name, "."):
		id = d.Domain() + name
	case !strings.Contains(name, "."):
		id = d.Domain() + "." + name
	}
	in, ok := catalog.Lookup(id)
	if ok {
		return in, nil
	}
	_, short, _ := strings.Cut(id, ".")
	for _, in := range catalog.Requires(d) {
		if in.ID() == in.Domain()+"."+short {
			return in, fmt.Errorf("there is no metric %.64q; an input of %s is %s", id, d, in)
		}
	}
	return in, fmt.Errorf("there is no metric %.64q", id)
}

// parseFact reads the value that is stated for d.
func parseFact(d metric.Definition, raw json.RawMessage) (metric.Fact, error) {
	text := string(raw)
	switch raw[0] {
	case '{':
		return parseUndefined(d, raw)
	case '"':
		if err := json.Unmarshal(raw, &text); err != nil {
			return metric.Fact{}, err
		}
	case '[':
		if !d.Kind().IsDistribution() {
			return metric.Fact{}, fmt.Errorf("a list, want %s", d.Kind())
		}
	case 't', 'f', 'n':
		return metric.Fact{}, fmt.Errorf("%s, want %s", text, d.Kind())
	default:
		if err := acceptsNumber(d.Kind()); err != nil {
			return metric.Fact{}, fmt.Errorf("the number %.48s has %w", text, err)
		}
	}
	v, err := metric.ParseValue(d.Kind(), text)
	if err != nil {
		return metric.Fact{}, err
	}
	return metric.FactOf(d, v), nil
}

// acceptsNumber says what a bare number lacks to be a value of a kind.
func acceptsNumber(k metric.Kind) error {
	switch {
	case k == metric.KindMoney:
		return errors.New(`no currency; write a text such as "9000 USD"`)
	case k == metric.KindDuration:
		return errors.New(`no unit; write a text such as "36h"`)
	case k.IsDistribution():
		return errors.New("no list around it; the metric is a " + k.String())
	}
	return nil
}

// parseUndefined reads {"undefined": "reason"}.
func parseUndefined(d metric.Definition, raw json.RawMessage) (metric.Fact, error) {
	fields, err := object(raw)
	if err != nil {
		return metric.Fact{}, err
	}
	if len(fields) != 1 || fields[0].key != "undefined" {
		return metric.Fact{}, errors.New(`an object, want a value or {"undefined": "reason"}`)
	}
	text, err := unquote(fields[0].value)
	if err != nil {
		return metric.Fact{}, err
	}
	reason, err := metric.ParseReason(text)
	if err != nil {
		return metric.Fact{}, err
	}
	return metric.UndefinedFact(d, reason), nil
}

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// answer is what is written for a line.
type answer struct {
	Metric    string        `json:"metric"`
	Value     *metric.Value `json:"value,omitempty"`
	Unit      string        `json:"unit,omitempty"`
	Undefined metric.Reason `json:"undefined,omitempty"`
	Input     string        `json:"input,omitempty"`
	Missing   []string      `json:"missing,omitempty"`
	Error     string        `json:"error,omitempty"`

	derivation metric.Explanation
}

// answerLine computes what one line asks for.
func (s *session) answerLine(line []byte) answer {
	r, err := parseRequest(line)
	if err != nil {
		return answer{Metric: r.metric, Error: err.Error()}
	}
	d, ok := catalog.Lookup(r.metric)
	if !ok {
		return answer{Metric: r.metric, Error: unknownMetric(r.metric).Error()}
	}
	facts, err := s.facts(d, r)
	if err != nil {
		return answer{Metric: r.metric, Error: err.Error()}
	}
	a := evaluate(d, facts)
	if s.explain {
		a.derivation = facts.Explain(d)
	}
	return a
}

func evaluate(d metric.Definition, facts *metric.Facts) answer {
	v, err := facts.Value(d)
	if err == nil {
		return answer{Metric: d.ID(), Value: &v, Unit: d.Unit()}
	}
	e, ok := errors.AsType[*metric.Error](err)
	if !ok || e.Reason == "" {
		return answer{Metric: d.ID(), Error: err.Error()}
	}
	a := answer{Metric: d.ID(), Undefined: e.Reason, Input: e.Input}
	if e.Reason == metric.MissingInput {
		for _, in := range catalog.Missing(facts, d) {
			a.Missing = append(a.Missing, in.ID())
		}
	}
	return a
}

// unknownMetric says which metrics go by the name, if any do.
func unknownMetric(name string) error {
	var ids []string
	for _, d := range catalog.Named(name) {
		ids = append(ids, d.ID())
	}
	if len(ids) == 0 {
		return fmt.Errorf("there is no metric %.48q", name)
	}
	return fmt.Errorf("there is no metric %.48q; by that name goes %s", name, strings.Join(ids, ", "))
}

// write writes the answer as a line of JSON or, if explain is set, as a tree and an empty
// line.
func (a answer) write(w *bufio.Writer, explain bool) error {
	if !explain {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(a)
	}
	text := a.derivation.String()
	if a.Error != "" {
		text = "error: " + a.Error + "\n"
	}
	_, err := w.WriteString(text + "\n")
	return err
}

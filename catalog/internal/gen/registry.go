package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// registry is all that was read, in the order of the files and within them.
type registry struct {
	domains []*domain
	metrics map[string]*entry // by id
	sorted  []*entry          // inputs before what uses them
}

// domain is one file.
type domain struct {
	name, title, about string
	subjects           []string
	entries            []*entry
}

// entry is one metric block.
type entry struct {
	domain     *domain
	file       string
	line       int
	fieldLines map[string]int
	spec       formula.Spec
	definition metric.Definition // once resolved
}

// problem is a finding in an entry.
func (e *entry) problem(field, format string, args ...any) error {
	line := e.line
	if l, ok := e.fieldLines[strings.SplitN(field, ".", 2)[0]]; ok {
		line = l
	}
	return fmt.Errorf("%s:%d: %s: %s: %s", e.file, line, e.spec.ID, field, fmt.Sprintf(format, args...))
}

type domainYAML struct {
	Domain   string
	Title    string
	About    string
	Subjects []string
	Metrics  []yaml.Node
}

type metricYAML struct {
	ID, Name, Subject    string
	Aliases              []string
	Stage                string
	Also                 []string
	Definition, Question string
	Quantity, Unit       string
	Scale                int64
	Per, Grain           string
	Formula              string
	Capture              *captureYAML
	Direction            string
	Range                string
	Time                 string
	Rollup               struct{ Time, Population string }
	Includes, Excludes   []string
	VariantOf            string `yaml:"variant_of"`
	Differs              string
	Relations            []map[string]string
	Undefined            []struct{ When, Reason string }
	Examples             []exampleYAML
	Caveats              []struct{ Text, Formula, Gives string }
	Sources              []struct {
		Title, Section, URL string
		Year                int
	}
	Forms      map[string]string
	Since      string
	Stability  string
	Calculator string
	Deprecated struct {
		Since, Reason string
		ReplacedBy    string `yaml:"replaced_by"`
	}
}

type captureYAML struct {
	Count                 bool
	Sum, Distinct, Values string
	Duration              *struct{ Object, From, Until string }
	Event                 string
	Where                 []string
	UntilWhere            []string `yaml:"until_where"`
	AtLeast               int      `yaml:"at_least"`
}

type exampleYAML struct {
	Inputs    yaml.Node
	Period    string
	Result    string
	Undefined string
	Source    string
}

func readRegistry(folder string) (*registry, error) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no registry in %s", folder)
	}
	slices.Sort(paths)
	r := &registry{metrics: map[string]*entry{}}
	var errs []error
	for _, path := range paths {
		d, err := readDomain(path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		r.domains = append(r.domains, d)
		for _, e := range d.entries {
			if other := r.metrics[e.spec.ID]; other != nil {
				errs = append(errs, e.problem("id", "is taken by %s:%d", other.file, other.line))
			}
			r.metrics[e.spec.ID] = e
		}
	}
	return r, errors.Join(errs...)
}

func readDomain(path string) (*domain, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file := "registry/" + filepath.Base(path)
	var doc domainYAML
	if err := strict(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	d := &domain{name: doc.Domain, title: doc.Title, about: strings.TrimSpace(doc.About), subjects: doc.Subjects}
	if d.name+".yaml" != filepath.Base(path) {
		return nil, fmt.Errorf("%s: domain %q does not give its name to the file", file, d.name)
	}
	if d.title == "" || d.about == "" {
		return nil, fmt.Errorf("%s: the domain needs a title and a text about it", file)
	}
	var errs []error
	for i := range doc.Metrics {
		e, err := readEntry(d, file, &doc.Metrics[i])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		d.entries = append(d.entries, e)
	}
	return d, errors.Join(errs...)
}

func strict(data []byte, into any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("more than one document")
	}
	return nil
}

func readEntry(d *domain, file string, node *yaml.Node) (*entry, error) {
	e := &entry{domain: d, file: file, line: node.Line, fieldLines: map[string]int{}}
	for i := 0; i+1 < len(node.Content); i += 2 {
		e.fieldLines[node.Content[i].Value] = node.Content[i].Line
		if node.Content[i].Value == "id" {
			e.spec.ID = node.Content[i+1].Value
		}
	}
	var m metricYAML
	if err := node.Decode(&m); err != nil {
		return nil, e.problem("fields", "%s", err)
	}
	if err := unknownFields(e, node); err != nil {
		return nil, err
	}
	if name, _, _ := strings.Cut(m.ID, "."); name != d.name {
		return nil, e.problem("id", "is not of domain %s", d.name)
	}
	if !slices.Contains(d.subjects, m.Subject) {
		return nil, e.problem("subject", "%q is not among the domain's subjects", m.Subject)
	}
	return e, e.fill(&m)
}

// unknownFields decodes the block once more in strict mode; a node alone cannot be.
func unknownFields(e *entry, node *yaml.Node) error {
	data, err := yaml.Marshal(node)
	if err == nil {
		err = strict(data, new(metricYAML))
	}
	var unknown *yaml.TypeError
	if errors.As(err, &unknown) {
		// "line 5: field formla not found in type ..."; the line is not that of the file.
		_, text, _ := strings.Cut(unknown.Errors[0], "field ")
		name, _, _ := strings.Cut(text, " ")
		return e.problem(name, "is not a field of a metric")
	}
	if err != nil {
		return e.problem("fields", "%s", err)
	}
	return nil
}

// fill turns the block into a spec.
func (e *entry) fill(m *metricYAML) error {
	s := &e.spec
	s.Name, s.Subject, s.Aliases = m.Name, m.Subject, m.Aliases
	s.Meaning, s.Question = m.Definition, m.Question
	s.Unit, s.Scale, s.Per, s.Grain = m.Unit, m.Scale, m.Per, m.Grain
	s.Formula, s.Direction, s.Range, s.Time = m.Formula, m.Direction, m.Range, m.Time
	s.RollUpTime, s.RollUpPopulation = m.Rollup.Time, m.Rollup.Population
	s.Includes, s.Excludes = m.Includes, m.Excludes
	s.VariantOf, s.Differs = m.VariantOf, m.Differs
	s.Calculator, s.Since, s.Stability = m.Calculator, m.Since, m.Stability
	s.Deprecated = metric.Deprecation(m.Deprecated)
	var err error
	if s.Kind, err = metric.ParseKind(m.Quantity); err != nil {
		return e.problem("quantity", "%s", err)
	}
	if s.Stage, err = stage.Parse(m.Stage); err != nil {
		return e.problem("stage", "%s", err)
	}
	for _, name := range m.Also {
		also, err := stage.Parse(name)
		if err != nil {
			return e.problem("also", "%s", err)
		}
		s.Also = append(s.Also, also)
	}
	for _, u := range m.Undefined {
		s.Undefined = append(s.Undefined, metric.Guard{When: u.When, Reason: metric.Reason(u.Reason)})
	}
	for _, c := range m.Caveats {
		s.Caveats = append(s.Caveats, metric.Caveat(c))
	}
	for _, x := range m.Sources {
		s.Sources = append(s.Sources, metric.Source(x))
	}
	for _, system := range sortedKeys(m.Forms) {
		s.Forms = append(s.Forms, metric.Form{System: system, Name: m.Forms[system]})
	}
	if m.Capture != nil {
		s.Capture = m.Capture.rule()
	}
	return errors.Join(e.fillRelations(m), e.fillExamples(m))
}

func (c *captureYAML) rule() *formula.Capture {
	rule := &formula.Capture{Count: c.Count, Sum: c.Sum, Distinct: c.Distinct, Values: c.Values,
		Event: c.Event, Where: c.Where, UntilWhere: c.UntilWhere, AtLeast: c.AtLeast}
	if c.Duration != nil {
		duration := formula.DurationCapture(*c.Duration)
		rule.Duration = &duration
	}
	return rule
}

func (e *entry) fillRelations(m *metricYAML) error {
	for _, r := range m.Relations {
		if len(r) != 1 {
			return e.problem("relations", "write one kind: id a relation")
		}
		for kind, target := range r {
			if !strings.Contains(target, ".") {
				target = e.domain.name + "." + target
			}
			e.spec.Relations = append(e.spec.Relations, metric.Relation{Kind: kind, Target: target})
		}
	}
	return nil
}

func (e *entry) fillExamples(m *metricYAML) error {
	for i := range m.Examples {
		x := &m.Examples[i]
		example := metric.Example{Period: x.Period, Result: x.Result, Undefined: metric.Reason(x.Undefined), Source: x.Source}
		if (x.Result == "") == (x.Undefined == "") {
			return e.problem("examples", "example %d needs a result or a reason, and not both", i+1)
		}
		if !x.Inputs.IsZero() && x.Inputs.Kind != yaml.MappingNode {
			return e.problem("examples", "example %d: inputs are written {name: value}", i+1)
		}
		for j := 0; j+1 < len(x.Inputs.Content); j += 2 {
			text, err := inputText(x.Inputs.Content[j+1])
			if err != nil {
				return e.problem("examples", "example %d: %s", i+1, err)
			}
			example.Inputs = append(example.Inputs, metric.ExampleInput{ID: x.Inputs.Content[j].Value, Value: text})
		}
		e.spec.Examples = append(e.spec.Examples, example)
	}
	return nil
}

// inputText returns a scalar as it stands and a list as JSON.
func inputText(node *yaml.Node) (string, error) {
	if node.Kind == yaml.ScalarNode {
		return node.Value, nil
	}
	var list []string
	if err := node.Decode(&list); err != nil {
		return "", err
	}
	if list == nil {
		list = []string{}
	}
	data, err := json.Marshal(list)
	return string(data), err
}

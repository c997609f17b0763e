package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/openlifecycle/lifecycle/metric/survival"
)

//go:embed data/telco.csv.gz
var sample []byte

// subscribers are the rows of a file.
type subscribers struct {
	title, note  string
	observations []survival.Observation
	groups       []string  // by observation
	covariate    []float64 // by observation; nil without
}

// The limits of what is reported.
const (
	maxGroups   = 8 // as many as can be told apart in a chart
	maxProblems = 5 // that are printed
)

// read reads the sample or the file.
func read(o options, stdin io.Reader) (*subscribers, error) {
	if o.file == "" {
		r, err := gzip.NewReader(bytes.NewReader(sample))
		if err != nil {
			return nil, err
		}
		s, err := readCSV("telco.csv", r, o)
		if err != nil {
			return nil, err
		}
		s.title = "Subscribers of a telecom company"
		s.note = "The sample is a public teaching example of IBM; see data/README.md."
		if o.by != "" {
			s.note += " Its groups are those at the end of observation: who stays has had more chances to get there."
		}
		return s, nil
	}
	name, r := "standard input", stdin
	if o.file != "-" {
		f, err := os.Open(o.file)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		name, r = o.file, f
	}
	s, err := readCSV(name, r, o)
	if err != nil {
		return nil, err
	}
	s.title = "Subscribers in " + name
	return s, nil
}

// readCSV reads all rows. The error names the first lines that are wrong.
func readCSV(name string, r io.Reader, o options) (*subscribers, error) {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	in := csv.NewReader(buffered)
	header, err := in.Read()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: empty; want a header with the names of columns", name)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	c, err := findColumns(header, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}

	s := &subscribers{}
	seen := map[string]bool{}
	var problems []error
	for more := 0; ; {
		record, err := in.Read()
		if err == io.EOF {
			if more > 0 {
				problems = append(problems, fmt.Errorf("and %d more lines", more))
			}
			break
		}
		if errors.Is(err, csv.ErrFieldCount) || err == nil {
			line, _ := in.FieldPos(0)
			if err == nil {
				err = s.add(record, c)
			} else {
				err = fmt.Errorf("%d fields, where the header has %d", len(record), len(header))
			}
			if err == nil {
				seen[s.groups[len(s.groups)-1]] = true
			} else if err = fmt.Errorf("%s:%d: %w", name, line, err); len(problems) < maxProblems {
				problems = append(problems, err)
			} else {
				more++
			}
			if len(seen) > maxGroups {
				return nil, fmt.Errorf("%s: -by %s: more than %d different values; choose a column with fewer, such as a plan", name, o.by, maxGroups)
			}
			continue
		}
		return nil, fmt.Errorf("%s: %w", name, err) // A quote that is not closed, or a failing disk.
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	if len(s.observations) == 0 {
		return nil, fmt.Errorf("%s: a header, but no rows", name)
	}
	return s, nil
}

// columns are the positions of the columns, -1 for one that is not asked for.
type columns struct{ tenure, churned, by, covariate int }

func findColumns(header []string, o options) (c columns, err error) {
	find := func(flag, name string) int {
		same := func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), strings.TrimSpace(name)) }
		i := slices.IndexFunc(header, same)
		switch {
		case err != nil:
		case i < 0:
			err = fmt.Errorf("-%s: there is no column %.48q; there are %.480q", flag, name, header)
		case slices.ContainsFunc(header[i+1:], same):
			err = fmt.Errorf("-%s: there are two columns %.48q", flag, name)
		}
		return i
	}
	c = columns{tenure: find("tenure", o.tenure), churned: find("churned", o.churned), by: -1, covariate: -1}
	if o.by != "" {
		c.by = find("by", o.by)
	}
	if o.covariate != "" {
		c.covariate = find("covariate", o.covariate)
	}
	return c, err
}

// add takes a row.
func (s *subscribers) add(record []string, c columns) error {
	tenure, err := parseNumber(strings.TrimSpace(record[c.tenure]))
	if err != nil {
		return fmt.Errorf("tenure: %w", err)
	}
	o := survival.Observation{Exit: tenure}
	switch text := strings.TrimSpace(record[c.churned]); strings.ToLower(text) {
	case "yes", "true", "1":
		o.Cause = survival.Event
	case "no", "false", "0":
		o.Cause = survival.Censored
	default:
		return fmt.Errorf("churned: %.48q is neither yes nor no", text)
	}
	if c.covariate >= 0 {
		text := strings.TrimSpace(record[c.covariate])
		v, err := parseNumber(strings.TrimPrefix(text, "-"))
		if err != nil {
			return fmt.Errorf("covariate: %w", err)
		}
		if strings.HasPrefix(text, "-") {
			v = -v
		}
		s.covariate = append(s.covariate, v)
	}
	group := "all"
	if c.by >= 0 {
		if group = printable(strings.TrimSpace(record[c.by])); group == "" {
			group = "(none)"
		}
	}
	s.observations = append(s.observations, o)
	s.groups = append(s.groups, group)
	return nil
}

// printable returns foreign text as it can be shown on a terminal.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return fmt.Sprintf("%q", text)
	}
	return text
}

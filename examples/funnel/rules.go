package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// goal is one thing that people have to do to be activated.
type goal struct {
	rule  event.Rule
	times int64
}

func (g goal) String() string { return strconv.FormatInt(g.times, 10) + " " + g.rule.String() }

func parseSteps(text string) ([]event.Rule, error) {
	var rules []event.Rule
	for part := range strings.SplitSeq(text, ",") {
		r, err := parseRule(part)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// parseGoals reads steps, each after the number of times, which is 1 if it is left out.
func parseGoals(text string) ([]goal, error) {
	var goals []goal
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		g := goal{times: 1}
		if number, rest, found := strings.Cut(part, " "); found {
			if n, err := strconv.ParseInt(number, 10, 32); err == nil {
				if n < 1 {
					return nil, fmt.Errorf("%s: want once or more", quoted(part))
				}
				g.times, part = n, rest
			}
		}
		var err error
		if g.rule, err = parseRule(part); err != nil {
			return nil, err
		}
		goals = append(goals, g)
	}
	return goals, nil
}

// parseRule reads "a|b where attribute = value and ...".
func parseRule(text string) (event.Rule, error) {
	var r event.Rule
	names, where, conditional := strings.Cut(text, " where ")
	for name := range strings.SplitSeq(names, "|") {
		if name = event.Segment().Canonical(strings.TrimSpace(name)); name == "" {
			return r, errors.New("a step without a name")
		}
		r.Events = append(r.Events, name)
	}
	if conditional {
		for part := range strings.SplitSeq(where, " and ") {
			c, err := parseCondition(part)
			if err != nil {
				return r, err
			}
			r.Where = append(r.Where, c)
		}
	}
	return r, r.Check()
}

func parseCondition(text string) (event.Condition, error) {
	if i := strings.IndexAny(text, "=!<>"); i >= 0 {
		for _, op := range []event.Op{event.NotEqual, event.AtMost, event.AtLeast, event.Equal, event.Less, event.Greater} {
			value, found := strings.CutPrefix(text[i:], op.String())
			attribute, value := strings.TrimSpace(text[:i]), strings.TrimSpace(value)
			if found && attribute != "" && value != "" {
				return event.Condition{Attribute: attribute, Op: op, Value: parseValue(value)}, nil
			}
		}
	}
	return event.Condition{}, fmt.Errorf("condition %s: want an attribute, one of = != < <= > >=, and a value", quoted(strings.TrimSpace(text)))
}

func parseValue(text string) event.Value {
	if n, err := metric.ParseNumber(text); err == nil {
		return event.DecimalValue(n.Decimal())
	}
	if unquoted, err := strconv.Unquote(text); err == nil {
		return event.StringValue(unquoted)
	}
	if text == "true" || text == "false" {
		return event.BoolValue(text == "true")
	}
	return event.StringValue(text)
}

// checkRules reports an event or an attribute of a flag that the file does not have.
func (o *options) checkRules(l *eventLog) error {
	check := func(flag string, rules ...event.Rule) error {
		for _, r := range rules {
			for _, name := range r.Events {
				if l.names[name] == 0 {
					return fmt.Errorf("-%s: no event in %s is named %s%s", flag, l.file, quoted(name), hint(name, l.names))
				}
			}
			for _, c := range r.Where {
				if l.attributes[c.Attribute] == 0 {
					return fmt.Errorf("-%s: no event in %s has an attribute %s%s", flag, l.file, quoted(c.Attribute), hint(c.Attribute, l.attributes))
				}
			}
		}
		return nil
	}
	if len(o.steps) == 0 {
		return fmt.Errorf("-steps is needed; the events in %s are %s", l.file, list(l.names))
	}
	if err := check("steps", o.steps...); err != nil {
		return err
	}
	if o.by != "" && l.attributes[o.by] == 0 {
		return fmt.Errorf("-by: no event in %s has an attribute %s%s", l.file, quoted(o.by), hint(o.by, l.attributes))
	}
	if len(o.goals) == 0 {
		return nil
	}
	for _, g := range o.goals {
		if err := check("activated", g.rule); err != nil {
			return err
		}
	}
	return check("start", o.start)
}

// hint says which known name was probably meant, or else which there are.
func hint(name string, known map[string]int) string {
	best, least := "", len(name)/2+1
	for _, k := range byCount(known) {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return "; did you mean " + printable(best) + "?"
	}
	return "; there are " + list(known)
}

// list returns the most frequent names.
func list(known map[string]int) string {
	names := byCount(known)
	if len(names) > 20 {
		names = append(names[:20], "...")
	}
	for i := range names {
		names[i] = printable(names[i])
	}
	return strings.Join(names, ", ")
}

// distance is the number of letters to insert, drop or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// byCount returns the names, the most frequent first.
func byCount(names map[string]int) []string {
	var list []string
	for name := range names {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		if d := names[b] - names[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return list
}

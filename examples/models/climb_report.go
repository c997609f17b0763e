package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/openlifecycle/lifecycle/examples/lifecycle/data"
	"github.com/openlifecycle/lifecycle/stage"
)

// showMountain draws the picture and, unless it is the output itself, writes its numbers.
func (o options) showMountain(stdout, stderr io.Writer) error {
	l, err := o.readLog()
	if l != nil {
		l.report(stderr)
	}
	if err != nil {
		return err
	}
	m := newMountain(l)
	picture := draw(m)
	if o.mountain == "-" {
		_, err := io.WriteString(stdout, picture)
		return err
	}
	if err := os.WriteFile(o.mountain, []byte(picture), 0o644); err != nil {
		return err
	}
	switch o.format {
	case "json":
		return writeJSON(stdout, m)
	case "markdown":
		return m.writeMarkdown(stdout)
	}
	return m.writeText(stdout)
}

// readLog reads the log asked for.
func (o options) readLog() (*climbLog, error) {
	if o.file == "" {
		return readLog("the sample of a made-up software company", strings.NewReader(data.SaaS()))
	}
	f, err := os.Open(o.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readLog(o.file, f)
}

// title says what is counted.
func (m mountain) title() string {
	return fmt.Sprintf("%s customers in %s, %s to %s", number(m.Customers), m.Log.Name, m.Log.From, m.Log.Through)
}

// tables returns the numbers: by stage, and by the stages reached.
func (m mountain) tables() (levels, paths table) {
	levels.head = []string{"stage", "ever reached", "not after the one before", "climbed on", "% of reached",
		"skipped the next", "higher before", "no further", "of whom left"}
	for _, l := range m.Levels {
		on, rate, skipped := number(l.ClimbedOn), l.Rate, number(l.Skipped)
		if l.Stage == stage.Grow {
			on, rate, skipped = "", "", ""
		} else if rate == "" {
			rate = "undefined"
		}
		levels.add(l.Stage.String(), number(l.Reached), number(l.NotAfter), on, rate, skipped, number(l.Before), number(l.Stopped), number(l.Left))
	}
	levels.add(stage.Exit.String(), number(m.Exit.Reached), "", "", "", "", "", "", "")
	paths.head = []string{"customers", "stages reached", "gaps"}
	for _, p := range m.Paths {
		paths.add(number(p.Customers), joined(p.Stages), joined(p.Gaps))
	}
	return levels, paths
}

// notes explains the numbers.
func (m mountain) notes() []string {
	list := []string{
		"Climbed on: was in the stage, and in the next at the same time or later. The quotient of two numbers ever reached is no rate: the later number holds customers who were never in the stage before.",
		"No further: by the end of the log; some are still on their way.",
	}
	exit := fmt.Sprintf("Exit: %s customers left", number(m.Exit.Reached))
	if m.Exit.Rate != "" {
		exit += fmt.Sprintf(", %s of the %s who had committed (%s%%)", number(m.Exit.Committed), number(m.level(stage.Onboard).Reached), m.Exit.Rate)
	}
	list = append(list, exit+".")
	return append(list, m.Log.left()...)
}

// left says what was not counted.
func (l logLine) left() []string {
	var list []string
	for _, c := range []struct {
		n    int
		what string
	}{
		{l.Duplicates, "events that came twice"}, {l.Tests, "test events"},
		{l.Pending, "events not yet in effect at the end of the log"}, {l.Refused, "lines that could not be read"},
	} {
		if c.n > 0 {
			list = append(list, number(c.n)+" "+c.what)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return []string{"Not counted: " + strings.Join(list, ", ") + "."}
}

func (m mountain) writeText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", m.title())
	levels, paths := m.tables()
	levels.write(&b, "text")
	b.WriteByte('\n')
	for _, note := range m.notes() {
		fmt.Fprintln(&b, note)
	}
	b.WriteByte('\n')
	paths.write(&b, "text")
	b.WriteByte('\n')
	rules := m.rules()
	rules.write(&b, "text")
	_, err := io.WriteString(w, b.String())
	return err
}

func (m mountain) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# The mountain\n\n%s.\n\n", markdown(m.title()))
	levels, paths := m.tables()
	levels.writeMarkdown(&b)
	b.WriteByte('\n')
	for _, note := range m.notes() {
		fmt.Fprintf(&b, "- %s\n", markdown(note))
	}
	fmt.Fprint(&b, "\n## Stages reached, and gaps\n\n")
	paths.writeMarkdown(&b)
	fmt.Fprint(&b, "\n## What counts\n\n")
	rules := m.rules()
	rules.writeMarkdown(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// rules returns what counts as having reached each stage.
func (m mountain) rules() table {
	t := table{head: []string{"stage", "reached by"}}
	for _, l := range m.Levels {
		t.add(l.Stage.String(), l.Rule)
	}
	t.add(stage.Exit.String(), m.Exit.Rule)
	return t
}

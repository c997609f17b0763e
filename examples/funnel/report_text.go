package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// writeText writes the report for people.
func writeText(w io.Writer, a *analysis) error {
	var b strings.Builder
	for _, line := range a.about() {
		b.WriteString(line + "\n")
	}
	b.WriteString("\n" + a.funnel.String())
	if a.activation != nil {
		a.activation.writeText(&b)
	}
	if len(a.log.refused) > 0 {
		b.WriteString("\nLeft out\n\n")
		for _, r := range a.log.causes() {
			fmt.Fprintf(&b, "%6d  %s\n", r.Count, r.About())
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// about says what the report is of.
func (a *analysis) about() []string {
	lines := []string{fmt.Sprintf("From %s: %s, %s by %s, complete up to %s", printable(a.log.file), plural(a.log.lines, "line"),
		plural(a.events, "event"), plural(a.persons, "person"), a.asOf.In(a.loc).Format(time.RFC3339))}
	if a.sample {
		lines = append(lines, "Made up: a company that does not exist.")
	}
	lines = append(lines, fmt.Sprintf("%s joined to users; %s of steps counted once.", plural(a.joined, "other id"), plural(int(a.duplicates), "repeated message")))
	if a.later > 0 {
		lines = append(lines, fmt.Sprintf("Later, and not counted: %s.", plural(a.later, "event")))
	}
	return lines
}

func (a *activation) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "\nActivation: %s\n\n", a.rule)
	fmt.Fprintf(b, "%-12s %8s %10s %8s %12s\n", "started in", "started", "activated", "rate", "median time")
	for i := range a.cohorts {
		c := &a.cohorts[i]
		fmt.Fprintf(b, "%-12s %8d %10d %8s %12s%s\n", c.label(), c.Started, c.Activated, rateText(c.Rate()), timeText(c.median()), c.openText())
	}
	fmt.Fprintf(b, "%-12s %8d %10d %8s %12s\n\n", "time is over", a.all.MatureStarted, a.all.MatureActivated, rateText(a.all.RateOfMature()), timeText(a.times.Median()))
	for _, c := range a.criteria {
		fmt.Fprintf(b, "%s: %d of these %d, %s\n", c.Name, c.Met, a.all.MatureStarted, rateText(metric.RatioOf(c.Met, a.all.MatureStarted)))
	}
}

// openText marks a cohort that is not mature.
func (c *cohort) openText() string {
	if c.Mature {
		return ""
	}
	return fmt.Sprintf("  not mature: %d may still be", open(&c.Cohort))
}

func rateText(r metric.Ratio, err error) string {
	if err != nil {
		return "-"
	}
	return r.Format(metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfAwayFromZero)})
}

func timeText(v metric.Value, err error) string {
	if err != nil {
		return "-"
	}
	return v.String()
}

// plural writes a count and what is counted.
func plural(n int, noun string) string {
	if n != 1 {
		if noun == "person" {
			noun = "people"
		} else {
			noun += "s"
		}
	}
	return metric.Count(n).String() + " " + noun
}

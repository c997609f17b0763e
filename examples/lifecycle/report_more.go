package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

const moreText = "Each step adds metrics to those of the steps before it. The first unlock the most for each event " +
	"to capture or figure to supply."

// shown returns the steps to show.
func (a *analysis) shown() []step {
	if a.more == allSteps {
		return a.plan
	}
	return a.plan[:min(a.more, len(a.plan))]
}

// further says what of the plan is not shown, and how to see it; "" if all of it is.
func (a *analysis) further() string {
	n := 0
	for _, s := range a.plan[len(a.shown()):] {
		n += len(s.metrics)
	}
	if n == 0 {
		return ""
	}
	first, verb := "", "need"
	if len(a.shown()) > 0 {
		first = "further "
	}
	if n == 1 {
		verb = "needs"
	}
	return fmt.Sprintf("%s %smetric%s %s other events or figures; list them with -more all, or -output json.",
		number(n), first, strings.TrimPrefix(plural(n, ""), number(n)+" "), verb)
}

// action says what to do in a step, with marks around names.
func (s step) action(open, end string) string {
	var parts []string
	for kind, verb := range []string{"capture ", "add to the events what is read by ", "supply "} {
		var names []string
		for _, n := range s.needs {
			if n.kind != needKind(kind) {
				continue
			}
			name := open + n.name + end
			if n.kind == needAttribute {
				d, _ := catalog.Lookup(n.name)
				name += " (" + d.Capture() + ")"
			}
			names = append(names, name)
		}
		if names != nil {
			parts = append(parts, verb+strings.Join(names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// ids lists the metrics that a step unlocks.
func (s step) ids(open, end string) string {
	var ids []string
	for _, d := range s.metrics {
		ids = append(ids, open+d.ID()+end)
	}
	return strings.Join(ids, ", ")
}

// fewIDs lists some of the metrics within a width, the best known first, and counts the
// others.
func (s step) fewIDs(open, end string, room int) string {
	list := slices.Clone(s.metrics)
	slices.SortStableFunc(list, compareRenown)
	text, left := open+list[0].ID()+end, len(list)-1
	for _, d := range list[1:] {
		longer := text + ", " + open + d.ID() + end
		if width(longer+andMore(left-1)) <= room {
			text, left = longer, left-1
		}
	}
	return text + andMore(left)
}

func andMore(n int) string {
	if n == 0 {
		return ""
	}
	return " and " + number(n) + " more"
}

// compareRenown orders metrics by how much they say to a reader: quotients, means and the
// like before counts and figures, definitions before their variants, and those that go by
// many names before others.
func compareRenown(a, b metric.Definition) int {
	return cmp.Or(
		compareBools(isRaw(a), isRaw(b)),
		compareBools(a.VariantOf() != "", b.VariantOf() != ""),
		cmp.Compare(aliases(b), aliases(a)),
	)
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func isRaw(d metric.Definition) bool { return !d.IsDerived() || d.Kind() == metric.KindCount }

func aliases(d metric.Definition) int { return len(slices.Collect(d.Aliases())) }

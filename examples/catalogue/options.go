package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// options say which metrics to print, and how. Empty ones choose everything.
type options struct {
	format, domain, search, id string
	stage                      stage.Stage
}

// parse reads the command line. What is wrong with it is written to messages.
func parse(args []string, messages io.Writer) (options, error) {
	o := options{format: "text"}
	flags := flag.NewFlagSet("catalogue", flag.ContinueOnError)
	flags.SetOutput(messages)
	flags.Usage = func() {
		fmt.Fprintln(messages, "usage: catalogue [-format f] [-stage s] [-domain d] [-search words] [-id id]")
		flags.PrintDefaults()
	}
	flags.Func("format", "`format` of the output: text (the default), json, csv or markdown", oneOf(&o.format, "text", "json", "csv", "markdown"))
	flags.Func("stage", "only metrics of this `stage`", o.setStage)
	flags.Func("domain", "only metrics of this `domain`", oneOf(&o.domain, domains()...))
	flags.Func("search", "only metrics that have these `words`", notEmpty(&o.search))
	flags.Func("id", "only the metrics that go by this `id`, name or alias", notEmpty(&o.id))
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("%.48q is not a flag; words to search for follow -search", flags.Arg(0))
		fmt.Fprintln(messages, err)
		flags.Usage()
		return o, err
	}
	return o, nil
}

// oneOf returns a setter of a text that is one of those allowed.
func oneOf(target *string, allowed ...string) func(string) error {
	return func(s string) error {
		if !slices.Contains(allowed, s) {
			return errors.New("it is one of " + strings.Join(allowed, ", "))
		}
		*target = s
		return nil
	}
}

func notEmpty(target *string) func(string) error {
	return func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("it is empty")
		}
		*target = s
		return nil
	}
}

func (o *options) setStage(s string) error {
	var names []string
	for known := range stage.All() {
		names = append(names, known.String())
	}
	if err := oneOf(&s, names...)(s); err != nil {
		return err
	}
	var err error
	o.stage, err = stage.Parse(s)
	return err
}

func domains() []string {
	var names []string
	for d := range catalog.Domains() {
		names = append(names, d.Name)
	}
	return names
}

// find returns the metrics that satisfy all options: the best first in a search, otherwise
// in the order of ids.
func (o options) find() ([]metric.Definition, error) {
	found := slices.Collect(catalog.All())
	if o.search != "" {
		found = catalog.Search(o.search)
	}
	if o.id != "" {
		named := catalog.Named(o.id)
		if len(named) == 0 {
			return nil, unknown(o.id)
		}
		found = slices.DeleteFunc(found, func(d metric.Definition) bool { return !slices.Contains(named, d) })
	}
	return slices.DeleteFunc(found, func(d metric.Definition) bool {
		return o.stage != 0 && d.Stage() != o.stage || o.domain != "" && d.Domain() != o.domain
	}), nil
}

// unknown says that no metric goes by a name, and which come near.
func unknown(name string) error {
	const most = 5
	var ids []string
	for _, d := range catalog.Search(name) {
		if len(ids) < most {
			ids = append(ids, d.ID())
		}
	}
	if len(ids) == 0 {
		return fmt.Errorf("no metric goes by %.48q", name)
	}
	return fmt.Errorf("no metric goes by %.48q; a search finds %s", name, strings.Join(ids, ", "))
}

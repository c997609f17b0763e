package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
)

// options are the flags, checked.
type options struct {
	format   string // text, markdown or json
	model    string // id or file, "" if not asked for
	mountain string // file of the picture, "-" for the standard output, "" if not asked for
	file     string // log of the mountain, "" for the sample
}

// parse reads the command line. What is wrong with it is written to messages.
func parse(args []string, messages io.Writer) (options, error) {
	o := options{format: "text"}
	flags := flag.NewFlagSet("models", flag.ContinueOnError)
	flags.SetOutput(messages)
	flags.Usage = func() {
		fmt.Fprintln(messages, "usage: models [-format f] [-model m | -mountain picture.svg [-file log.jsonl]]")
		flags.PrintDefaults()
	}
	flags.Func("format", "`format` of lists and numbers: text (the default), markdown or json", o.setFormat)
	flags.Func("model", "show the metrics by the stages of this `model`: a published id, or a JSON file of your own", notEmpty(&o.model))
	flags.Func("mountain", "draw the mountain into this SVG `file`, - for the standard output", notEmpty(&o.mountain))
	flags.Func("file", "draw it from this `log` of events as JSON lines, not from the sample", notEmpty(&o.file))
	err := flags.Parse(args)
	if err != nil {
		return o, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	switch {
	case flags.NArg() > 0:
		err = fmt.Errorf("%.48q is not a flag; a model follows -model", flags.Arg(0))
	case o.model != "" && o.mountain != "":
		err = errors.New("-model and -mountain exclude each other: the mountain has the six stages")
	case o.file != "" && o.mountain == "":
		err = errors.New("-file is for -mountain")
	case o.mountain == "-" && given["format"]:
		err = errors.New("-format is for the numbers, and with -mountain - the output is the picture alone")
	}
	if err != nil {
		fmt.Fprintln(messages, "models:", err)
		flags.Usage()
	}
	return o, err
}

func (o *options) setFormat(s string) error {
	known := []string{"text", "markdown", "json"}
	if !slices.Contains(known, s) {
		return errors.New("it is one of " + strings.Join(known, ", "))
	}
	o.format = s
	return nil
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

package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// settings are what the command line asks for.
type settings struct {
	rows     int
	seed     uint64
	threads  []int
	runs     int
	jobs     []*job
	surfaces []surface
	naive    bool
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == childArgument {
		childMain(os.Args[2:])
		return
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var s settings
	flag.IntVar(&s.rows, "rows", 1_000_000, "rows of input")
	flag.Uint64Var(&s.seed, "seed", 1, "seed of the data")
	flag.IntVar(&s.runs, "runs", 5, "timed runs of each contender, interleaved; the median counts")
	flag.BoolVar(&s.naive, "naive", true, "measure maps of strings and decimals, too, once")
	threads := flag.String("threads", "1,2", "numbers of threads")
	names := flag.String("jobs", "", "jobs, by name; none means all")
	forms := flag.String("surface", "columns", "surfaces: columns, strings, events, or all")
	asJSON := flag.Bool("json", false, "print JSON")
	asMarkdown := flag.Bool("markdown", false, "print a table for the README")
	variants := flag.Bool("variants", false, "time the formulations of each job in SQL instead")
	fits := flag.Bool("fits", false, "time fits of BG/NBD to 2,357 to one million customers instead")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if s.rows < 1 || s.runs < 1 {
		return fmt.Errorf("rows and runs must be positive")
	}
	for text := range strings.SplitSeq(*threads, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("threads %q: not a positive number", text)
		}
		s.threads = append(s.threads, n)
	}
	var err error
	if s.jobs, err = jobsNamed(*names); err != nil {
		return err
	}
	if s.surfaces, err = surfacesNamed(*forms); err != nil {
		return err
	}
	if *fits {
		return timeFits(os.Stdout, &s, *asJSON)
	}
	if *variants {
		return timeVariants(os.Stdout, &s)
	}
	if errNoDuck != nil {
		return errNoDuck
	}
	report, err := measure(&s, os.Stderr)
	if err != nil {
		return err
	}
	switch {
	case *asJSON:
		return report.writeJSON(os.Stdout)
	case *asMarkdown:
		return report.writeMarkdown(os.Stdout)
	}
	return report.writeText(os.Stdout)
}

func jobsNamed(names string) ([]*job, error) {
	if names == "" {
		return jobs(), nil
	}
	var out []*job
	for name := range strings.SplitSeq(names, ",") {
		j, err := jobNamed(name)
		if err != nil {
			return nil, err
		}
		out = append(out, j)
	}
	return out, nil
}

func jobNamed(name string) (*job, error) {
	all := jobs()
	i := slices.IndexFunc(all, func(j *job) bool { return j.name == name })
	if i < 0 {
		return nil, fmt.Errorf("no job %q", name)
	}
	return all[i], nil
}

func surfacesNamed(names string) ([]surface, error) {
	if names == "all" {
		return surfaces, nil
	}
	var out []surface
	for name := range strings.SplitSeq(names, ",") {
		if !slices.Contains(surfaces, surface(name)) {
			return nil, fmt.Errorf("no surface %q", name)
		}
		out = append(out, surface(name))
	}
	return out, nil
}

func median(v []float64) float64 {
	v = slices.SortedFunc(slices.Values(v), cmp.Compare)
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}

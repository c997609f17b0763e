package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// figures are the timed runs of one contender.
type figures struct {
	ms   []float64
	peak float64 // the most memory during its first run, in MB
	work float64 // above what was there before that run
}

// measure runs the jobs. It writes what it is doing to log.
func measure(s *settings, log io.Writer) (*report, error) {
	out := newReport(s)
	for _, j := range s.jobs {
		// The naive program is the same for all surfaces and numbers of threads: it is measured once.
		var once *figures
		for _, form := range s.surfaces {
			query, err := chooseQuery(s, j, form, log)
			if err != nil {
				return nil, fmt.Errorf("%s, %s: %w", j.name, form, err)
			}
			for _, threads := range s.threads {
				figuresOf, err := measureJob(s, j, form, threads, query.Query, s.naive && once == nil, log)
				if err != nil {
					return nil, fmt.Errorf("%s, %s, %d threads: %w", j.name, form, threads, err)
				}
				if once == nil {
					once = figuresOf[naiveName]
				}
				figuresOf[naiveName] = once
				r := result{Job: j.name, Surface: form, Rows: s.rows, Threads: threads, PeerQuery: query.Name, Aim: j.aimOn(form)}
				r.fill(figuresOf)
				out.Results = append(out.Results, r)
			}
		}
	}
	return out, nil
}

// chooseQuery finds the fastest way to write a job in SQL, in a process of its own.
func chooseQuery(s *settings, j *job, form surface, log io.Writer) (reply, error) {
	fmt.Fprintf(log, "%s, %s: choosing a query\n", j.name, form)
	c, err := startChild(peerName, j, form, s, 0)
	if err != nil {
		return reply{}, err
	}
	defer c.stop()
	return c.do("choose", strconv.Itoa(slices.Max(s.threads)))
}

// measureJob runs one job on one surface with one number of threads.
func measureJob(s *settings, j *job, form surface, threads, query int, withNaive bool, log io.Writer) (map[string]*figures, error) {
	names := []string{peerName, oursName}
	if form == columns {
		names = append(names, loopName)
	}
	if withNaive {
		names = append(names, naiveName)
	}
	fmt.Fprintf(log, "%s, %s, %d threads\n", j.name, form, threads)
	var children []*child
	defer func() {
		for _, c := range children {
			c.stop()
		}
	}()
	figuresOf := make(map[string]*figures)
	for _, name := range names {
		c, err := startChild(name, j, form, s, query)
		if err != nil {
			return nil, err
		}
		children = append(children, c)
		figuresOf[name] = new(figures)
	}

	// The first run brings a result to compare, and tells about memory. It is all that the
	// naive program is asked for.
	for _, c := range children {
		r, err := c.run(threads)
		if err != nil {
			return nil, err
		}
		f := figuresOf[c.name]
		f.peak, f.work = r.Peak, r.Peak-r.Base
		if c.name == naiveName {
			f.ms = append(f.ms, r.MS)
		}
	}
	if err := compare(children); err != nil {
		return nil, err
	}
	if last := len(children) - 1; children[last].name == naiveName {
		children[last].stop()
		children = children[:last]
	}
	for range s.runs {
		for _, c := range children {
			r, err := c.run(threads)
			if err != nil {
				return nil, err
			}
			figuresOf[c.name].ms = append(figuresOf[c.name].ms, r.MS)
		}
	}
	// What the timed runs found must be the same again.
	return figuresOf, compare(children)
}

// compare holds the results of the last run of all contenders against each other.
func compare(children []*child) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var want *table
	for i, c := range children {
		got, err := c.result(filepath.Join(dir, c.name))
		if err != nil {
			return err
		}
		if i == 0 {
			want = got
		} else if err := difference(want, got); err != nil {
			return fmt.Errorf("%s and %s differ: %w", children[0].name, c.name, err)
		}
	}
	return nil
}

// aimOn returns what the ratio is meant not to exceed, at the same number of threads.
func (j *job) aimOn(form surface) float64 {
	switch form {
	case texts:
		return 1.3
	case events:
		return 2
	}
	return j.aim
}

package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// timeVariants times every formulation of the jobs in SQL, in this process, and checks
// that all of a job give the same result.
func timeVariants(w io.Writer, s *settings) error {
	if errNoDuck != nil {
		return errNoDuck
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "job\tsurface\tthreads\tms\tprocessor ms\tformulation")
	for _, j := range s.jobs {
		d := generate(j.shape, s.rows, s.seed, false)
		for _, form := range s.surfaces {
			if err := timeVariantsOf(out, s, j, d, form); err != nil {
				return fmt.Errorf("%s, %s: %w", j.name, form, err)
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func timeVariantsOf(w io.Writer, s *settings, j *job, d *data, form surface) error {
	var want *table
	for i, q := range j.queries {
		if !q.suits(form) {
			continue
		}
		c, err := newDuck(j, i)
		if err != nil {
			return err
		}
		defer c.close()
		if err := c.load(d, form); err != nil {
			return err
		}
		for _, threads := range s.threads {
			var ms, busy []float64
			for range s.runs {
				before := processorTime()
				took, err := c.run(threads)
				if err != nil {
					return err
				}
				ms = append(ms, took.Seconds()*1000)
				busy = append(busy, (processorTime()-before).Seconds()*1000)
			}
			fmt.Fprintf(w, "%s\t%s\t%d\t%.0f\t%.0f\t%s\n", j.name, form, threads, median(ms), median(busy), q.name)
		}
		got, err := c.result()
		if err != nil {
			return err
		}
		if want == nil {
			want = got
		} else if err := difference(want, got); err != nil {
			return fmt.Errorf("%s and %s differ: %w", j.queries[0].name, q.name, err)
		}
	}
	return nil
}

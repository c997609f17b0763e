package main

import (
	"encoding/csv"
	"io"
	"strconv"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

// writeCSV writes one of the tables. Rates are exact fractions and times exact seconds.
func writeCSV(w io.Writer, a *analysis, table string) error {
	out := csv.NewWriter(w)
	switch table {
	case "funnel":
		_, err := w.Write(a.funnel.AppendCSV(nil))
		return err
	case "cohorts":
		a.activation.writeCohorts(out)
	case "customers":
		a.activation.writeCustomers(out)
	case "refused":
		out.Write([]string{"reason", "count", "first"})
		for _, r := range a.log.causes() {
			out.Write([]string{string(r.Reason), strconv.Itoa(r.Count), r.First})
		}
	}
	out.Flush()
	return out.Error()
}

func (a *activation) writeCohorts(out *csv.Writer) {
	out.Write([]string{"cohort", "mature", "started", "activated", "open", "mature_started", "mature_activated", "rate", "median_seconds"})
	for i := range a.cohorts {
		c := &a.cohorts[i]
		out.Write([]string{
			c.label(), strconv.FormatBool(c.Mature), count(c.Started), count(c.Activated), count(open(&c.Cohort)),
			count(c.MatureStarted), count(c.MatureActivated), ratio(c.Rate()), seconds(c.median()),
		})
	}
}

func (a *activation) writeCustomers(out *csv.Writer) {
	out.Write([]string{"customer", "started", "mature", "activated", "after_seconds"})
	for _, c := range a.customers {
		after := ""
		if c.Activated {
			after = c.Took.Seconds().String()
		}
		out.Write([]string{c.Customer, c.Start.Format(time.RFC3339Nano), strconv.FormatBool(c.Mature), strconv.FormatBool(c.Activated), after})
	}
}

func count(n int64) string { return strconv.FormatInt(n, 10) }

// ratio returns an exact fraction, or "" where there is none.
func ratio(r metric.Ratio, err error) string {
	if err != nil {
		return ""
	}
	return r.Text()
}

// seconds returns exact seconds, or "" where there are none.
func seconds(v metric.Value, err error) string {
	if d, e := metric.ValueAs[metric.Duration](v); err == nil && e == nil {
		return d.Seconds().String()
	}
	return ""
}

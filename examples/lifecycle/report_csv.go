package main

import (
	"encoding/csv"
	"io"
	"strconv"
)

// writeCSV writes one row for each metric, segment and period, with the exact value. The
// segment is empty for all of them together.
func writeCSV(w io.Writer, a *analysis) error {
	out := csv.NewWriter(w)
	out.Write([]string{"metric", "name", "stage", "period", "incomplete", "segment", "value", "undefined", "unit"})
	for f := range a.flat() {
		segment := ""
		if f.segment != nil {
			segment = *f.segment
		}
		out.Write([]string{
			f.def.ID(), f.def.Name(), f.def.Stage().String(), f.period.label, strconv.FormatBool(f.period.incomplete),
			segment, f.value.Text(), string(f.reason), f.def.Unit(),
		})
	}
	out.Flush()
	return out.Error()
}

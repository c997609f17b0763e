package main

import (
	"encoding/csv"
	"io"
	"strconv"
)

// writeCSV writes a row for each figure. The group is empty for all of them together, and
// the time for figures that belong to none.
func writeCSV(w io.Writer, a *analysis) error {
	out := csv.NewWriter(w)
	out.Write([]string{"group", "figure", "time", "value", "lower", "upper", "undefined"})
	exact := func(group, name string, v float64) { out.Write([]string{group, name, "", digits(v), "", "", ""}) }
	estimate := func(group, name, time string, f figure) {
		row := []string{group, name, time, "", "", "", string(f.undefined)}
		if f.undefined == "" {
			row[3] = digits(f.Value)
		}
		if f.Lower.Valid {
			row[4] = digits(f.Lower.Value)
		}
		if f.Upper.Valid {
			row[5] = digits(f.Upper.Value)
		}
		out.Write(row)
	}
	for _, g := range a.groups {
		exact(g.name, "subscribers", g.sample.Total())
		exact(g.name, "churned", g.sample.Events())
		exact(g.name, "churned_share", g.naive())
		for i, f := range g.survival {
			estimate(g.name, "survival", digits(a.at[i]), f)
		}
		estimate(g.name, "median", "", g.median)
		estimate(g.name, "restricted_mean", digits(a.at[len(a.at)-1]), g.mean)
	}
	if a.logRank != nil {
		exact("", "log_rank_chi_squared", a.logRank.ChiSquare)
		exact("", "log_rank_df", float64(a.logRank.DF))
		exact("", "log_rank_p", a.logRank.P)
	}
	for _, h := range a.hazards {
		estimate(h.name, "hazard_ratio", "", h.ratio)
		exact(h.name, "hazard_ratio_p", h.p)
	}
	out.Flush()
	return out.Error()
}

// digits writes a number with the ten digits that are the same on every machine.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 10, 64) }

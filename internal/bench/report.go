package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"text/tabwriter"
)

// A report is what a run of the program found.
type report struct {
	Results []result `json:"results"`
	Seed    uint64   `json:"seed"`
	Runs    int      `json:"runs"`
	CPUs    int      `json:"cpus"`
	Go      string   `json:"go"`
	DuckDB  string   `json:"duckdb_module"`
}

// A result is one job on one surface with one number of threads: medians of the runs in
// milliseconds, and the most resident memory of the process, input included. What is not
// there was not measured.
type result struct {
	Job     string  `json:"job"`
	Surface surface `json:"surface"`
	Rows    int     `json:"rows"`
	Threads int     `json:"threads"`

	Ours     float64 `json:"ours_ms,omitempty"`
	Peer     float64 `json:"peer_ms"`
	Ratio    float64 `json:"ratio,omitempty"` // ours / peer
	Aim      float64 `json:"aim,omitempty"`
	OursRSS  float64 `json:"ours_rss_mb,omitempty"`
	PeerRSS  float64 `json:"peer_rss_mb"`
	OursWork float64 `json:"ours_work_mb,omitempty"` // above what was there before the run
	PeerWork float64 `json:"peer_work_mb"`

	Loop     float64 `json:"loop_ms,omitempty"`
	LoopRSS  float64 `json:"loop_rss_mb,omitempty"`
	Naive    float64 `json:"naive_ms,omitempty"`
	NaiveRSS float64 `json:"naive_rss_mb,omitempty"`

	PeerQuery string `json:"peer_query"` // the name of DuckDB's formulation

	OursRuns []float64 `json:"ours_runs_ms,omitempty"`
	PeerRuns []float64 `json:"peer_runs_ms"`
}

func (r *result) fill(of map[string]*figures) {
	if f := of[peerName]; f != nil {
		r.Peer, r.PeerRSS, r.PeerWork, r.PeerRuns = median(f.ms), f.peak, f.work, f.ms
	}
	if f := of[oursName]; f != nil {
		r.Ours, r.OursRSS, r.OursWork, r.OursRuns = median(f.ms), f.peak, f.work, f.ms
		r.Ratio = r.Ours / r.Peer
	}
	if f := of[loopName]; f != nil {
		r.Loop, r.LoopRSS = median(f.ms), f.peak
	}
	if f := of[naiveName]; f != nil {
		r.Naive, r.NaiveRSS = median(f.ms), f.peak
	}
}

func newReport(s *settings) *report {
	r := &report{Results: []result{}, Seed: s.seed, Runs: s.runs, CPUs: runtime.NumCPU(), Go: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/duckdb/duckdb-go/v2" {
				r.DuckDB = m.Version
			}
		}
	}
	return r
}

func (r *report) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

var headings = []string{"job", "surface", "threads", "ours ms", "DuckDB ms", "ratio", "aim", "loop ms", "naive ms", "ours MB", "DuckDB MB", "of these for the run"}

func (r *result) cells() []string {
	return []string{r.Job, string(r.Surface), fmt.Sprint(r.Threads),
		number("%.0f", r.Ours), number("%.0f", r.Peer), number("%.2f", r.Ratio), number("%.2f", r.Aim),
		number("%.0f", r.Loop), number("%.0f", r.Naive), number("%.0f", r.OursRSS), number("%.0f", r.PeerRSS),
		number("%.0f", r.OursWork) + ", " + number("%.0f", r.PeerWork)}
}

// number prints a figure, and a dash for one that was not measured.
func number(format string, v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf(format, v)
}

func (r *report) writeText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(cells []string) {
		for _, c := range cells {
			fmt.Fprint(t, c, "\t")
		}
		fmt.Fprintln(t)
	}
	row(headings)
	for i := range r.Results {
		row(r.Results[i].cells())
	}
	return t.Flush()
}

func (r *report) writeMarkdown(w io.Writer) error {
	row := func(cells []string) {
		fmt.Fprint(w, "|")
		for _, c := range cells {
			fmt.Fprint(w, " ", c, " |")
		}
		fmt.Fprintln(w)
	}
	if len(r.Results) > 0 {
		fmt.Fprintf(w, "%d rows, seed %d, median of %d interleaved runs, %d CPUs, %s/%s, %s, duckdb-go %s. Every result was the same for all contenders, row by row.\n\n",
			r.Results[0].Rows, r.Seed, r.Runs, r.CPUs, runtime.GOOS, runtime.GOARCH, r.Go, r.DuckDB)
	}
	row(headings)
	fmt.Fprintln(w, "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
	for i := range r.Results {
		row(r.Results[i].cells())
	}
	return nil
}

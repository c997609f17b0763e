package survival

import (
	"errors"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

var full = flag.Bool("survival.full", false, "run simulations at full length")

// frame is a table of text.
type frame struct {
	columns map[string][]string
}

func load(t testing.TB, name string) frame {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	split := func(line string) []string {
		switch {
		case strings.Contains(line, ","):
			return strings.Split(line, ",")
		default:
			return strings.Fields(line)
		}
	}
	f := frame{columns: map[string][]string{}}
	var header []string
	for line := range strings.Lines(string(data)) {
		cells := split(strings.ReplaceAll(strings.TrimRight(line, "\r\n"), `"`, ""))
		if header == nil {
			header = cells
			continue
		}
		for j, name := range header {
			f.columns[name] = append(f.columns[name], cells[j])
		}
	}
	return f
}

func (f frame) floats(t testing.TB, name string) []float64 {
	t.Helper()
	if f.columns[name] == nil {
		t.Fatalf("no column %s", name)
	}
	list := make([]float64, len(f.columns[name]))
	for i, s := range f.columns[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		list[i] = v
	}
	return list
}

func (f frame) ints(t testing.TB, name string) []int {
	t.Helper()
	var list []int
	for _, v := range f.floats(t, name) {
		list = append(list, int(v))
	}
	return list
}

func (f frame) covariates(t testing.TB, names ...string) []Covariate {
	t.Helper()
	var list []Covariate
	for _, name := range names {
		list = append(list, Covariate{Name: name, Values: f.floats(t, name)})
	}
	return list
}

// must returns a value that exists.
func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func sample(t testing.TB, unit Unit, list ...Observation) *Sample {
	t.Helper()
	return must[*Sample](t)(New(unit, list...))
}

func columns(t testing.TB, unit Unit, c Columns) *Sample {
	t.Helper()
	return must[*Sample](t)(FromColumns(unit, c))
}

func near(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s = %v, want %v within %v", what, got, want, tolerance)
	}
}

func nearOptional(t testing.TB, what string, got Optional, want, tolerance float64) {
	t.Helper()
	if !got.Valid {
		t.Errorf("%s is absent, want %v", what, want)
		return
	}
	near(t, what, got.Value, want, tolerance)
}

func isUndefined(t testing.TB, err error, reason metric.Reason) {
	t.Helper()
	if !errors.Is(err, reason) || !errors.Is(err, metric.ErrUndefined) {
		t.Errorf("error %v, want %s", err, reason)
	}
}

func isInput(t testing.TB, err error, word string) {
	t.Helper()
	if !errors.Is(err, metric.ErrInput) || !strings.Contains(err.Error(), word) {
		t.Errorf("error %v, want bad input with %q", err, word)
	}
}

// hostile returns observations with many ties, late entries, several causes and strata.
func hostile(r *rand.Rand, n int) []Observation {
	list := make([]Observation, n)
	for i := range list {
		o := &list[i]
		o.Exit = float64(1+r.IntN(12)) / 2
		if r.IntN(3) == 0 {
			o.Entry = o.Exit * float64(r.IntN(4)) / 4
		}
		o.Cause = r.IntN(4)
		o.Weight = float64(1 + r.IntN(3))
		o.Stratum = r.IntN(2)
	}
	return list
}

// expand repeats observations by their weights.
func expand(list []Observation) []Observation {
	var out []Observation
	for _, o := range list {
		w := o.Weight
		o.Weight = 1
		for range int(w) {
			out = append(out, o)
		}
	}
	return out
}

package segment_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/segment"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s:\n%s", name, diff)
	}
}

// Every value from one below each edge to one above is in exactly the bin that its name says.
func TestAxis(t *testing.T) {
	a := segment.LifecycleRecency()
	if got, want := a.Names(), []string{"0-6", "7-13", "14-19", "20-45", "46-80", ">80"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := segment.LifecycleFrequency().Names(), []string{"1", "2", "3", "4", "5", ">5"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	p := segment.CellPhases(segment.LifecycleFrequency(), a)
	for days, want := range map[int64]string{0: "0-6", 6: "0-6", 7: "7-13", 8: "7-13", 13: "7-13", 14: "14-19", 19: "14-19", 20: "20-45", 45: "20-45", 46: "46-80", 80: "46-80", 81: ">80", 1 << 60: ">80"} {
		for orders, name := range map[int64]string{1: "1", 2: "2", 5: "5", 6: ">5", 7: ">5"} {
			if got := p.Of(orders, days); got != name+" x "+want {
				t.Errorf("%d orders, %d days: %q", orders, days, got)
			}
		}
	}
	if p.Of(0, 0) != "" || p.Of(1, -1) != "" {
		t.Error("no orders, or days to come, have a cell")
	}
}

func TestPropose(t *testing.T) {
	values := []int64{1, 1, 1, 1, 2, 3, 4, 5, 9, 9}
	for bins, want := range map[int]segment.Axis{1: {1}, 2: {1, 3}, 5: {1, 2, 4, 9}} {
		got, err := segment.Propose(values, 1, bins)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%d bins: %d, %v, want %d", bins, got, err, want)
		}
	}
	if _, err := segment.Propose(values, 2, 3); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a value below the least: %v", err)
	}
	if got, err := segment.Propose(nil, 0, 3); err != nil || !slices.Equal(got, segment.Axis{0}) {
		t.Errorf("of nothing: %d, %v", got, err)
	}
}

func TestLifecyclePhases(t *testing.T) {
	p := segment.LifecyclePhases()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		orders, days int64
		want         string
	}{
		{1, 60, "new customer"}, {2, 61, "under risk new customer"}, {2, 180, "under risk new customer"}, {2, 181, "1x buyer"},
		{3, 0, "engaged customer"}, {4, 61, "under risk engaged customer"}, {4, 181, "former engaged customer"},
		{5, 60, "best customer"}, {5, 61, "under risk best customer"}, {50, 999, "former best customer"},
	} {
		if got := p.Of(c.orders, c.days); got != c.want {
			t.Errorf("%d orders, %d days: %q, want %q", c.orders, c.days, got, c.want)
		}
	}
	p.Names[1] = p.Names[1][:2]
	if err := p.Check(); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a cell without a name: %v", err)
	}
}

func newGrid(t testing.TB) *segment.Grid {
	t.Helper()
	g, err := segment.NewGrid(segment.GridOptions{
		Frequency: segment.Axis{1, 2, 4}, Recency: segment.Axis{0, 31},
		Measures: []segment.Measure{{Name: segment.Margin, Scale: 2}, {Name: segment.CAC}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fill(t testing.TB, g *segment.Grid, customers []gridCustomer) *segment.Grid {
	t.Helper()
	for _, c := range customers {
		if err := g.Add(c.group, c.orders, c.days, c.margin, c.cac); err != nil {
			t.Fatal(err)
		}
	}
	return g
}

type gridCustomer struct {
	group                     string
	orders, days, margin, cac int64
}

func someCustomers() []gridCustomer {
	return []gridCustomer{
		{"web", 1, 5, 1050, 20}, {"web", 1, 31, 500, 20}, {"web", 1, 90, 333, 20}, {"web", 2, 30, 4000, 25}, {"web", 3, 12, 5025, 25},
		{"shop", 4, 3, 20000, 10}, {"shop", 9, 1, 99999, 10}, {"shop", 1, 40, 0, 10}, {"shop", 3, 0, 2500, 0},
	}
}

func TestViewFormat(t *testing.T) {
	g := fill(t, newGrid(t), []gridCustomer{{"", 1, 5, 1050, 20}, {"", 1, 6, 0, 20}})
	for _, c := range []struct {
		view segment.View
		want string // 10.50 in all, of 2 customers, for a cost of 40
	}{
		{segment.View{Measure: segment.Margin}, "10.5"},
		{segment.View{Measure: segment.Margin, Format: metric.Format{Rounding: metric.RoundTo(2, metric.RoundHalfAwayFromZero)}}, "10.50"},
		{segment.View{Measure: segment.Margin, Mean: true, Format: metric.Format{Rounding: metric.RoundTo(1, metric.RoundHalfAwayFromZero)}}, "5.3"},
		{segment.View{Measure: segment.Margin, Over: segment.CAC, Format: metric.Format{Rounding: metric.RoundTo(0, metric.RoundHalfAwayFromZero)}}, "26%"},
	} {
		text, err := g.Text(c.view)
		if err != nil {
			t.Fatal(err)
		}
		cells := strings.Fields(strings.Split(text, "\n")[4]) // of one order
		if got := cells[len(cells)-1]; got != c.want {
			t.Errorf("%+v: %q, want %q", c.view, got, c.want)
		}
	}
}

func TestGridPrints(t *testing.T) {
	g := fill(t, newGrid(t), someCustomers())
	var text strings.Builder
	for _, v := range []segment.View{
		{}, {Measure: segment.Margin}, {Measure: segment.Margin, Mean: true}, {Measure: segment.Margin, Over: segment.CAC},
		{Groups: []string{"shop"}}, {Least: 2}, {Measure: segment.CAC, Least: 2},
	} {
		view, err := g.Text(v)
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString(view + "\n")
	}
	golden(t, "grid.txt", text.String())
	golden(t, "grid.csv", g.CSV(0))
	data, err := g.JSON(2)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "grid.json", string(data)+"\n")
}

// By hand: of the four who ordered two or three times in the last month, 4000 + 5025 + 2500
// cents over three customers and 50 units of cost.
func TestGridCell(t *testing.T) {
	g := fill(t, newGrid(t), someCustomers())
	c := g.All(1, 0)
	sum, err1 := c.Sum(segment.Margin)
	mean, err2 := c.Mean(segment.Margin)
	ratio, err3 := c.Ratio(segment.Margin, segment.CAC)
	if c.Customers() != 3 || sum.Text() != "115.25" || mean.Text() != "38.4166666666666666666666666667" || ratio.Text() != "2.305" ||
		errors.Join(err1, err2, err3) != nil {
		t.Errorf("%d customers, %s, %s, %s", c.Customers(), sum.Text(), mean.Text(), ratio.Text())
	}
	empty := g.Cell("shop", 1, 1)
	if _, err := empty.Mean(segment.Margin); !errors.Is(err, metric.EmptyPopulation) {
		t.Errorf("the mean of nobody: %v", err)
	}
	if _, err := g.Cell("shop", 1, 0).Ratio(segment.Margin, segment.CAC); !errors.Is(err, metric.ZeroDenominator) {
		t.Errorf("a ratio to no cost: %v", err)
	}
	if _, err := c.Sum("age"); !errors.Is(err, metric.ErrInput) {
		t.Errorf("an unknown measure: %v", err)
	}
	if n := g.Total().Customers(); n != 9 {
		t.Errorf("%d customers in all", n)
	}
	if n := g.Cell("nowhere", 0, 0).Customers() + g.All(7, 7).Customers(); n != 0 {
		t.Errorf("%d customers in no cell", n)
	}
}

func TestGridErrors(t *testing.T) {
	g := newGrid(t)
	for _, err := range []error{g.Add("", 0, 0, 1, 1), g.Add("", 1, -1, 1, 1), g.Add("", 1, 1, 1), g.Merge(must(segment.NewGrid(segment.GridOptions{})))} {
		if !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v is no ErrInput", err)
		}
	}
	for _, o := range []segment.GridOptions{
		{Frequency: segment.Axis{2}}, {Recency: segment.Axis{1}}, {Frequency: segment.Axis{}}, {Recency: segment.Axis{0, 5, 5}},
		{Measures: []segment.Measure{{}}}, {Measures: []segment.Measure{{Name: "a"}, {Name: "a"}}}, {Measures: []segment.Measure{{Name: "a", Scale: 19}}},
	} {
		if _, err := segment.NewGrid(o); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%v: %v", o, err)
		}
	}
	for _, v := range []segment.View{{Groups: []string{"x"}}, {Measure: "x"}, {Mean: true}, {Measure: segment.CAC, Mean: true, Over: segment.CAC}} {
		if _, err := g.Text(v); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%+v: %v", v, err)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Merging any split of customers is one grid, and all cells come to the total.
func TestGridMerges(t *testing.T) {
	for seed := range uint64(30) {
		r := rand.New(rand.NewPCG(seed, 1))
		var customers []gridCustomer
		for range r.IntN(200) {
			customers = append(customers, gridCustomer{[]string{"a", "b", ""}[r.IntN(3)], 1 + r.Int64N(8), r.Int64N(100), r.Int64() - 1<<62, r.Int64N(9)})
		}
		whole, parts := fill(t, newGrid(t), customers), newGrid(t)
		for len(customers) > 0 {
			n := 1 + r.IntN(len(customers))
			if err := parts.Merge(fill(t, newGrid(t), customers[:n])); err != nil {
				t.Fatal(err)
			}
			customers = customers[n:]
		}
		if diff := gocmp.Diff(whole.CSV(0), parts.CSV(0)); diff != "" {
			t.Fatalf("seed %d:\n%s", seed, diff)
		}
		n := metric.Count(0)
		for f := range 3 {
			for d := range 2 {
				n += whole.All(f, d).Customers()
			}
		}
		if n != whole.Total().Customers() {
			t.Fatalf("seed %d: %d customers in cells, %d in all", seed, n, whole.Total().Customers())
		}
	}
}

// Nobody can work out a small cell: neither from what is shown, nor with the total.
func TestSuppression(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 2))
		least := 2 + r.Int64N(8)
		names := make(map[string]string)
		sizes := make(map[string]int64)
		for i := range 1 + r.IntN(8) {
			name := fmt.Sprint("s", i)
			sizes[name] = 1 + r.Int64N(3*least)
			for j := range sizes[name] {
				names[fmt.Sprint(name, "-", j)] = name
			}
		}
		l := must(segment.NewLabels(names))
		keys := new(event.Keys)
		records := make([]segment.Record, 0, len(names))
		byKey := must(segment.NewLabels(names))
		for key := range byKey.All() {
			records = append(records, segment.Record{Customer: keys.Code(key), Frequency: 1})
		}
		own := must(segment.Relabel(l, keys))
		table := segment.TableOf(records, own, metric.EUR("1").Currency()).Suppress(least)
		hidden, n := int64(0), 0
		for _, row := range table.Rows {
			switch {
			case row.Withheld:
				hidden += sizes[row.Label]
				n++
			case row.Customers < least || row.Customers != sizes[row.Label]:
				t.Fatalf("seed %d: %q shows %d of %d, at least %d", seed, row.Label, row.Customers, sizes[row.Label], least)
			}
		}
		if n > 0 && !table.Total.Withheld && (n == 1 || hidden < least) {
			t.Fatalf("seed %d: %d customers in %d rows can be worked out", seed, hidden, n)
		}
	}
}

func TestTablePrints(t *testing.T) {
	orders := totals(t, map[string][]string{
		"ann": {"2026-01-01", "2026-02-01", "2026-03-01"}, "bob": {"2026-02-20"}, "cy": {"2025-01-01"}, "dee": {"2025-02-01", "2025-02-02"},
		"eve": {"2026-02-28"}, "fay": {"2024-01-01"},
	})
	records := must(segment.Records(orders, day(2026, 3, 2)))
	rfm := must(segment.Score(records, segment.ScoreOptions{}))
	labels := must(rfm.Label(segment.Usual(), orders.Keys()))
	table := segment.TableOf(records, labels, metric.EUR("1").Currency())
	golden(t, "table.txt", table.String()+"\n"+table.Suppress(2).String())
	golden(t, "table.csv", table.CSV())
	data, err := table.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "table.json", string(data)+"\n")
}

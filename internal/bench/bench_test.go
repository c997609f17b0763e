package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"testing"
)

// TestMain lets the test program be what the program is to its children.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childArgument {
		childMain(os.Args[2:])
		return
	}
	os.Exit(m.Run())
}

// A case is data that every contender has to agree on.
type sample struct {
	rows    int
	seed    uint64
	hostile bool
}

var samples = []sample{
	{20000, 1, false},
	{20000, 2, true},
	{3000, 3, true},
	{50, 4, true},
}

func (s sample) String() string {
	kind := "ordinary"
	if s.hostile {
		kind = "hostile"
	}
	return fmt.Sprintf("%s_%d_seed_%d", kind, s.rows, s.seed)
}

// answer runs a contender and returns its result.
func answer(c contender, d *data, s surface, threads int) (*table, error) {
	defer c.close()
	if err := c.load(d, s); err != nil {
		return nil, err
	}
	if _, err := c.run(threads); err != nil {
		return nil, err
	}
	return c.result()
}

// TestIdentical holds every contender, on every surface, with one and two threads, against
// the naive program, row by row.
func TestIdentical(t *testing.T) {
	for _, j := range jobs() {
		for _, sample := range samples {
			t.Run(j.name+"/"+sample.String(), func(t *testing.T) {
				d := generate(j.shape, sample.rows, sample.seed, sample.hostile)
				want, err := answer(&naive{job: j}, d, texts, 1)
				if err != nil {
					t.Fatal(err)
				}
				if want.len() == 0 {
					t.Fatal("no rows in the result")
				}
				check := func(name string, c contender, s surface, threads int) {
					t.Helper()
					got, err := answer(c, d, s, threads)
					if err == nil {
						err = difference(want, got)
					}
					if err != nil {
						t.Errorf("naive and %s on %s, %d threads: %v", name, s, threads, err)
					}
				}
				for threads := 1; threads <= 2; threads++ {
					check(loopName, &loop{job: j}, columns, threads)
					for _, s := range surfaces {
						check(oursName, j.ours(j), s, threads)
					}
				}
				if errNoDuck != nil {
					return
				}
				for i, q := range j.queries {
					for _, s := range []surface{columns, texts} {
						if !q.suits(s) {
							continue
						}
						c, err := newDuck(j, i)
						if err != nil {
							t.Fatal(err)
						}
						check(q.name, c, s, 1+i%2)
					}
				}
			})
		}
	}
}

// TestDuckDB says whether the peer was there to be compared with.
func TestDuckDB(t *testing.T) {
	if errNoDuck != nil {
		t.Skip(errNoDuck)
	}
}

func TestIDs(t *testing.T) {
	if d := generate(shapeMRR, 20000, 5, false); !distinctTexts(d.ids) || !distinctTexts(d.subs) {
		t.Error("text ids are not distinct")
	}
}

// TestHostile shows that hostile data are: without their sequence numbers, results are others.
func TestHostile(t *testing.T) {
	for _, j := range []*job{movementsJob(), funnelJob()} {
		d := generate(j.shape, 20000, 2, true)
		want, err := answer(&loop{job: j}, d, columns, 1)
		if err != nil {
			t.Fatal(err)
		}
		backwards := make([]int64, len(d.seq))
		for i, s := range d.seq {
			backwards[i] = int64(len(d.seq)-1) - s
		}
		d.seq = backwards
		got, err := answer(&loop{job: j}, d, columns, 1)
		if err != nil {
			t.Fatal(err)
		}
		if difference(want, got) == nil {
			t.Errorf("%s: the order of rows of one instant does not matter", j.name)
		}
	}
}

// TestLate holds ordinary data to what the README says of them.
func TestLate(t *testing.T) {
	d := generate(shapeOrders, 100000, 1, false)
	late, latest := 0, int64(0)
	for _, at := range d.at {
		if at < latest {
			late++
		}
		latest = max(latest, at)
		if at%1000 != 0 || at < windowStart.UnixNano() || at >= windowEnd.UnixNano() {
			t.Fatalf("instant %d", at)
		}
	}
	if late < 1700 || late > 2300 {
		t.Errorf("%d of %d rows are late", late, d.len())
	}
}

// TestProcesses runs a job as the program does: with a process for each contender.
func TestProcesses(t *testing.T) {
	if errNoDuck != nil {
		t.Skip(errNoDuck)
	}
	s := &settings{rows: 5000, seed: 1, threads: []int{1, 2}, runs: 2, jobs: []*job{retentionJob()}, surfaces: []surface{columns, texts}, naive: true}
	r, err := measure(s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Results) != 4 {
		t.Fatalf("%d results", len(r.Results))
	}
	for _, x := range r.Results {
		if x.Ours <= 0 || x.Peer <= 0 || x.Ratio != x.Ours/x.Peer || len(x.OursRuns) != 2 || len(x.PeerRuns) != 2 {
			t.Errorf("figures of %s, %d threads: %+v", x.Surface, x.Threads, x)
		}
	}
}

// TestDifference shows that a wrong cell, a missing row and a row too many are found.
func TestDifference(t *testing.T) {
	make := func(cells ...int64) *table {
		r := newTable(1, "customer", "n")
		r.add(cells...)
		return r
	}
	a := make(1, 10, 2, 20)
	if err := difference(a, make(1, 10, 2, 20)); err != nil {
		t.Errorf("equal tables: %v", err)
	}
	for _, b := range []*table{make(1, 10, 2, 21), make(1, 10), make(1, 10, 2, 20, 3, 30), make(1, 10, 3, 20)} {
		if difference(a, b) == nil || difference(b, a) == nil {
			t.Errorf("no difference between %v and %v", a.cells, b.cells)
		}
	}
	if make(1, 10, 1, 11).sort() == nil {
		t.Error("two rows of one key pass")
	}
	round, err := decodeTable(a.encode())
	if err != nil || difference(a, round) != nil {
		t.Errorf("after encoding: %v, %v", round, err)
	}
}

var benchRows = flag.Int("rows", 1_000_000, "rows of benchmarks")

// BenchmarkOurs is for profiles of the library's calculators, one job at a time.
func BenchmarkOurs(b *testing.B) {
	for _, j := range jobs() {
		for _, s := range surfaces {
			for threads := 1; threads <= 2; threads++ {
				b.Run(fmt.Sprintf("%s/%s/threads=%d", j.name, s, threads), func(b *testing.B) {
					c := j.ours(j)
					if err := c.load(generate(j.shape, *benchRows, 1, false), s); err != nil {
						b.Fatal(err)
					}
					b.ResetTimer()
					for range b.N {
						if _, err := c.run(threads); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}

package engagement

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func pathOptions() map[string]PathOptions {
	return map[string]PathOptions{
		"default":  {},
		"signup":   {Start: event.Named("signed_up"), Steps: 2},
		"features": {Start: event.Named("signed_up", "signed_in"), Events: event.Named("feature_used", "signed_in"), Name: "feature", Steps: 3},
	}
}

func pathResults(p *Paths) string { return fmt.Sprint(p.All()) }

func TestPathsLaws(t *testing.T) {
	for name, o := range pathOptions() {
		t.Run(name, func(t *testing.T) {
			testLaws(t, func(workers int, keys *event.Keys) *Paths {
				o.Workers, o.Keys = workers, keys
				return must(NewPaths(o))
			}, pathResults)
		})
	}
}

func TestPathsAgainstReference(t *testing.T) {
	for name, o := range pathOptions() {
		for seed := range uint64(12) {
			events := hostile(rand.New(rand.NewPCG(seed, 41)), 150)
			p := must(NewPaths(o))
			for i := range events {
				p.Add(&events[i])
			}
			want := map[string]int64{}
			for _, list := range byUser(events) {
				var steps []string
				for _, e := range list {
					if len(steps) == 0 && !o.Start.Match(&e) || len(steps) > 0 && !o.Events.Match(&e) || len(steps) > p.Options().Steps {
						continue
					}
					step := e.Name
					if s, ok := e.Props.String(o.Name); ok && o.Name != "" {
						step = s
					}
					steps = append(steps, step)
				}
				if len(steps) > 0 {
					want[strings.Join(steps, " > ")]++
				}
			}
			got := map[string]int64{}
			for _, x := range p.All() {
				got[x.String()] = x.Customers
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s, seed %d: %v, want %v", name, seed, got, want)
			}
		}
	}
}

func pathBlock(p *Paths, rows int) *PathBlock {
	random := rand.New(rand.NewPCG(7, 5))
	b := new(PathBlock)
	for range rows {
		b.Customer = append(b.Customer, p.Keys().Code("u"+string(rune('0'+random.IntN(3)))))
		b.Time = append(b.Time, time.Date(2025, 9, 20, 0, 0, 0, 0, time.UTC).UnixNano()+random.Int64N(int64(rows/2))*int64(time.Minute))
		b.Seq = append(b.Seq, random.Int64N(3))
		b.Name = append(b.Name, p.Names().Code("step"+string(rune('a'+random.IntN(5)))))
		b.Start = append(b.Start, random.IntN(300) == 0)
	}
	return b
}

func TestPathsBlockLaws(t *testing.T) {
	const rows = 6000
	testBlockLaws(t, rows, func(workers int) *Paths {
		return must(NewPaths(PathOptions{Workers: workers, Steps: 20}))
	}, func(p *Paths, list []int) error {
		b := pathBlock(p, rows)
		return p.AddBlock(&PathBlock{Customer: pick(b.Customer, list), Time: pick(b.Time, list), Seq: pick(b.Seq, list), Name: pick(b.Name, list), Start: pick(b.Start, list)})
	}, pathResults)
}

// TestPathsBlockLikeEvents: rows of blocks, of which some are dropped, give what events give,
// of which all are kept.
func TestPathsBlockLikeEvents(t *testing.T) {
	const rows = 6000
	byEvent, byBlock := must(NewPaths(PathOptions{Start: event.Rule{Where: []event.Condition{{Attribute: "start", Value: event.BoolValue(true)}}}})), must(NewPaths(PathOptions{}))
	b := pathBlock(byBlock, rows)
	for i := range rows {
		b.Seq[i] = int64(i)
		byEvent.Add(&event.Event{ID: fmt.Sprint(i), UserID: byBlock.Keys().Key(b.Customer[i]), Time: time.Unix(0, b.Time[i]), Seq: int64(i),
			Name: byBlock.Names().Key(b.Name[i]), Props: event.NewProps(event.Bool("start", b.Start[i]))})
	}
	for i := 0; i < rows; i += 400 {
		if err := byBlock.AddBlock(&PathBlock{b.Customer[i : i+400], b.Time[i : i+400], b.Seq[i : i+400], b.Name[i : i+400], b.Start[i : i+400]}); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := pathResults(byBlock), pathResults(byEvent); got != want {
		t.Errorf("blocks %s, events %s", got, want)
	}
	if byBlock.rows.Len() >= rows {
		t.Error("nothing was dropped, so that this tests nothing")
	}
}

func TestPathErrors(t *testing.T) {
	for _, o := range []PathOptions{{Steps: -1}, {Steps: 5000}, {Start: event.Named("Not Folded")}, {Events: event.Named("Not Folded")}, {Subject: 3}} {
		if _, err := NewPaths(o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	p := must(NewPaths(PathOptions{}))
	code, name := p.Keys().Code("u"), p.Names().Code("x")
	for _, c := range []struct {
		want string
		b    PathBlock
	}{
		{"Name", PathBlock{Customer: []event.Code{code}, Time: []int64{1}}},
		{"Name", PathBlock{Customer: []event.Code{code}, Time: []int64{1}, Name: []event.Code{name + 256}}},
		{"Start", PathBlock{Customer: []event.Code{code}, Time: []int64{1}, Name: []event.Code{name}, Start: []bool{}}},
		{"Seq", PathBlock{Customer: []event.Code{code}, Time: []int64{1}, Name: []event.Code{name}, Seq: []int64{}}},
	} {
		if err := p.AddBlock(&c.b); inputOf(err) != c.want {
			t.Errorf("%+v: %v, want an error of %s", c.b, err, c.want)
		}
	}
	if err := p.Merge(must(NewPaths(PathOptions{Steps: 3}))); err == nil {
		t.Error("merge of other options")
	}
}

package main

import (
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

func oursFunnel(j *job) contender {
	return &library[*funnel.Funnel]{job: j, b: binding[*funnel.Funnel]{
		make: func(d *data, workers int) (*funnel.Funnel, error) {
			o := funnel.Options{Unique: true, Keys: d.keys, Workers: workers}
			for _, name := range stepNames[1:] {
				o.Steps = append(o.Steps, event.Named(name))
			}
			return funnel.New(o)
		},
		block: func(f *funnel.Funnel, d *data, codes []event.Code, from, to int) error {
			b := funnel.Block{Customer: codes, Time: d.at[from:to], Step: d.kind[from:to]}
			if d.seq != nil {
				b.Seq = d.seq[from:to]
			}
			return f.AddBlock(&b)
		},
		add:   (*funnel.Funnel).Add,
		merge: (*funnel.Funnel).Merge,
		keys:  (*funnel.Funnel).Keys,
		answer: func(f *funnel.Funnel) (func(*table, func(string) int64), error) {
			r := f.Table(funnel.Query{})
			return func(t *table, _ func(string) int64) {
				for i, step := range r.Steps {
					further := int64(0)
					if i+1 < len(r.Steps) {
						further = r.Steps[i+1].Reached
					}
					t.add(int64(i+1), step.Reached-further)
				}
			}, nil
		},
		event: func(d *data, i int) event.Event { return plainEvent(d, i, stepNames[d.kind[i]]) },
	}}
}

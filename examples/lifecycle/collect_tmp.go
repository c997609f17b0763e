package main

import (
	"fmt"
	"sort"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

func collect(log *eventLog, periods []span) (*collected, error) {
	var evs []*event.Event
	dup := map[event.Key]bool{}
	for e, err := range log.all() {
		if err != nil {
			return nil, err
		}
		if dup[e.Key()] || e.Test {
			continue
		}
		dup[e.Key()] = true
		evs = append(evs, e)
	}
	sort.SliceStable(evs, func(i, j int) bool { return event.Compare(evs[i], evs[j]) < 0 })
	c := &collected{segments: map[string][]*metric.Facts{}}
	build := func(keep func(*event.Event) bool) (out []*metric.Facts) {
		for _, p := range periods {
			f, err := metric.NewFacts(p.Period)
			if err != nil {
				panic(err)
			}
			for d := range catalog.All() {
				cap := metric.Literal(d).Capture
				if cap == nil {
					continue
				}
				ok := true
				for n := range d.CaptureEvents() {
					ok = ok && log.names[n]
				}
				if !ok {
					continue
				}
				text := fmt.Sprint(cap.Kind)
				_ = text
				n, sum := 0, int64(0)
				distinct := map[string]int{}
				cur := ""
				starts := map[string]time.Time{}
				done := map[string]bool{}
				var durs []metric.Duration
				match := func(e *event.Event, conds int) bool { return true }
				_ = match
				any := false
				for _, e := range evs {
					key := ""
					switch cap.Of {
					case "customer":
						key = e.UserID
						if key == "" {
							key = e.AnonymousID
						}
						if key == "" {
							key = e.AccountID
						}
					case "":
					default:
						key, _ = e.Props.String(cap.Of)
					}
					obj := e.UserID
					if cap.Object != "" && cap.Object != "customer" {
						obj, _ = e.Props.String(cap.Object)
					}
					if cap.Until != "" {
						if e.Name == cap.Event {
							if _, ok := starts[obj]; !ok && keep(e) {
								starts[obj] = e.Time
							}
						}
						if e.Name == cap.Until && !done[obj] {
							w := true
							for _, cc := range cap.UntilIf {
								v, _ := e.Props.Get(cc.Attr)
								w = w && (v.String() == cc.Value || v.String() == `"`+cc.Value+`"`)
							}
							if s, ok := starts[obj]; ok && w {
								done[obj] = true
								if p.Contains(e.Time) {
									durs = append(durs, metric.FromStd(e.Time.Sub(s)))
								}
							}
						}
						continue
					}
					if e.Name != cap.Event {
						continue
					}
					if v, ok := e.Props.Int(cap.Of); ok {
						any = true
						if p.Contains(e.Effective()) && keep(e) {
							sum += v
						}
						cur, _ = e.Props.String("currency")
						continue
					}
					if key != "" {
						any = true
					}
					if p.Contains(e.Effective()) && keep(e) {
						w := true
						for _, cc := range cap.Where {
							v, ok := e.Props.Get(cc.Attr)
							s := v.String()
							switch cc.Op {
							case "==":
								w = w && ok && (s == cc.Value || s == `"`+cc.Value+`"`)
							case "!=":
								w = w && s != cc.Value
							default:
								a, _ := e.Props.Decimal(cc.Attr)
								b := metric.MustNumber(cc.Value).Decimal()
								x := a.Cmp(b)
								w = w && ok && map[string]bool{">": x > 0, "<": x < 0, ">=": x >= 0, "<=": x <= 0}[cc.Op]
							}
						}
						if w {
							n++
							if key != "" {
								distinct[key]++
							}
						}
					}
				}
				var v metric.Value
				switch {
				case cap.Until != "":
					dd, _ := metric.NewDistribution(durs...)
					v = metric.ValueOf(dd)
				case d.Kind() == metric.KindMoney:
					if cur == "" {
						continue
					}
					cc, _ := metric.ParseCurrency(cur)
					v = metric.ValueOf(metric.MoneyFromMinor(sum, cc))
				case cap.Of == "":
					v = metric.ValueOf(metric.Count(n))
				case !any:
					continue
				case len(distinct) > 0 || sum == 0:
					k := 0
					for _, n := range distinct {
						if n >= cap.AtLeast {
							k++
						}
					}
					v = metric.ValueOf(metric.Count(k))
				default:
					v = metric.ValueOf(metric.Count(sum))
				}
				if err := f.Add(metric.FactOf(d, v)); err != nil {
					return nil
				}
			}
			out = append(out, f)
		}
		return
	}
	c.all = build(func(*event.Event) bool { return true })
	if log.seg != nil {
		for s := range log.seg.values {
			c.segments[s] = build(func(e *event.Event) bool { return log.seg.of(e) == s })
		}
	}
	return c, nil
}

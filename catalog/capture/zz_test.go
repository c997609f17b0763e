package capture_test
import ("testing";"math/rand/v2";"slices";"github.com/openlifecycle/lifecycle/metric/event")
func BenchmarkZZ(b *testing.B) {
	o := testOptions(b)
	events := hostile(rand.New(rand.NewPCG(11, 11)), 2000)
	events = slices.DeleteFunc(events, func(e *event.Event) bool { return e.Name == "" || event.Fold(e.Name) != e.Name || e.Time.IsZero() })
	for _, u := range []bool{true,false} {
	o.Unique = u
	b.Run("", func(b *testing.B) {
	b.ReportAllocs()
	c := collect(b, o, events)
	for b.Loop() { for _, e := range events { c.Add(e) } }
	})
	}
}

package capture_test
import ("testing";"time";"fmt";"hash/maphash")
func TestZZ(b *testing.T) {
	j := newJob(b, jobEvents)
	run := func(name string, f func()) { for range 3 { s := time.Now(); f(); fmt.Println(name, float64(time.Since(s).Nanoseconds())/jobEvents) } }
	var sum int64
	run("props", func() { for i := range j.events { e := &j.events[i]
		switch e.Name { case "order_completed":
		a, _ := e.Props.Int("amount"); t, _ := e.Props.Int("tax"); s, _ := e.Props.Int("shipping"); q, _ := e.Props.Int("quantity"); c, _ := e.Props.String("channel"); g, _ := e.Props.Bool("gift"); cu, _ := e.Props.String("currency")
		sum += a+t+s+q+int64(len(c)+len(cu)); if g { sum++ }
		case "page_viewed": a, _ := e.Props.Int("seconds"); d, _ := e.Props.String("device"); sum += a+int64(len(d)) 
		default: d, _ := e.Props.String("ticket_id"); sum += int64(len(d)) }
		p, _ := e.Props.String("plan"); sum += int64(len(p))
	}})
	seed := maphash.MakeSeed()
	run("hash user", func() { for i := range j.events { sum += int64(maphash.String(seed, j.events[i].UserID)) } })
	m := map[string]int64{}
	for i := range j.events { m[j.events[i].UserID] = 1 }
	run("map user", func() { for i := range j.events { sum += m[j.events[i].UserID] } })
	_ = sum
}

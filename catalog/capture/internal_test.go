package capture

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/shopspring/decimal"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// TestConditions holds both surfaces to one table.
func TestConditions(t *testing.T) {
	number := func(s string) event.Value { return event.DecimalValue(decimal.RequireFromString(s)) }
	for _, tt := range []struct {
		value    event.Value // the zero Value is absent
		constant string
		passes   string // the operators whose test is passed
	}{
		{event.StringValue("app"), "app", "== <= >="},
		{event.StringValue("api"), "app", "!= < <="},
		{event.StringValue("b"), "app", "!= > >="},
		{event.StringValue("12"), "12", "== <= >="},
		{event.StringValue("9"), "12", "!="}, // a text has no order with a number
		{event.StringValue("true"), "true", "== <= >="},
		{event.StringValue("truer"), "true", "!="},
		{event.BoolValue(true), "true", "== <= >="},
		{event.BoolValue(true), "false", "!= > >="},
		{event.BoolValue(false), "true", "!= < <="},
		{event.BoolValue(true), "app", "!="},
		{event.BoolValue(true), "1", "!="},
		{event.IntValue(12), "12", "== <= >="},
		{event.IntValue(12), "12.0", "== <= >="},
		{event.IntValue(11), "12", "!= < <="},
		{event.IntValue(13), "12", "!= > >="},
		{event.IntValue(12), "12.5", "!= < <="},
		{event.IntValue(13), "12.5", "!= > >="},
		{event.IntValue(-12), "-12.5", "!= > >="},
		{event.IntValue(-13), "-12.5", "!= < <="},
		{event.IntValue(12), "app", "!="},
		{event.IntValue(1), "true", "!="},
		{event.IntValue(math.MaxInt64), "9223372036854775808", "!= < <="},
		{event.IntValue(math.MaxInt64), "9223372036854775807", "== <= >="},
		{event.IntValue(math.MinInt64), "-9223372036854775808", "== <= >="},
		{event.IntValue(math.MinInt64), "-9223372036854775809", "!= > >="},
		{event.IntValue(0), "1000000000000000000000000000000", "!= < <="},
		{event.IntValue(0), "-1000000000000000000000000000000", "!= > >="},
		{number("2.5"), "2.5", "== <= >="},
		{number("2.5"), "2.50", "== <= >="},
		{number("2.5"), "2", "!= > >="},
		{number("2.5"), "2.51", "!= < <="},
		{number("2.5"), "2.49", "!= > >="},
		{number("2.5"), "9223372036854775807", "!= < <="},
		{event.TimeValue(time.Unix(0, 0)), "app", "!="},
		{event.ListValue(event.IntValue(1)), "1", "!="},
		{event.Value{}, "app", "!="},
		{event.Value{}, "1", "!="},
		{event.Value{}, "true", "!="},
	} {
		for _, op := range []string{"==", "!=", "<", "<=", ">", ">="} {
			c, err := newCondition(def.Condition{Attr: "a", Op: op, Value: tt.constant})
			if err != nil {
				t.Fatal(err)
			}
			want := decided
			passes := slices.Contains(strings.Fields(tt.passes), op)
			if passes {
				want |= holds
			}
			var props event.Props
			if tt.value.Kind() != event.KindInvalid {
				props = event.NewProps(event.Attr{Name: "a", Value: tt.value})
			} else if op != "!=" {
				want = 0
			}
			if got := c.test(props); got != want {
				t.Errorf("%s %s %s: outcome %d, want %d", tt.value, op, tt.constant, got, want)
			}
			testInColumn(t, &c, tt.value, want)
		}
	}
	for _, bad := range []def.Condition{{Attr: "a", Op: "=", Value: "1"}, {Attr: "a", Value: "1"}, {Op: "==", Value: "1"}} {
		if _, err := newCondition(bad); err == nil {
			t.Errorf("condition %v is accepted", bad)
		}
	}
}

// testInColumn tests the value as it stands in a column, if one can hold it.
func testInColumn(t *testing.T, n *condition, v event.Value, want uint8) {
	t.Helper()
	month, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(Options{Periods: []metric.Period{month}})
	if err != nil {
		t.Fatal(err)
	}
	col := Column{Name: "a"}
	switch v.Kind() {
	case event.KindString:
		text, _ := v.Text()
		col.Keys = []Code{c.Key("a", text)}
	case event.KindBool:
		b, _ := v.Bool()
		col.Bools = []bool{b}
	case event.KindInt, event.KindDecimal:
		d, _ := v.Decimal()
		col.Ints, col.Scale = []int64{d.CoefficientInt64()}, uint8(-d.Exponent())
	case event.KindInvalid:
		col.Keys = []Code{c.Key("a", "")}
	default:
		return
	}
	outcomes := []uint8{holds | decided}
	n.testColumn(&Block{Columns: []Column{col}}, c, 0, outcomes)
	if outcomes[0] != want {
		t.Errorf("column %v against %+v: outcome %d, want %d", col, n, outcomes[0], want)
	}
}

// TestTimeline holds the atoms against the periods that contain an instant.
func TestTimeline(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var periods []metric.Period
		var instants []time.Time
		start := time.Date(2025, time.March, 20, 0, 0, 0, 0, time.UTC)
		for range 1 + r.IntN(12) {
			from := start.Add(time.Duration(r.IntN(2000)) * time.Hour)
			p, err := metric.Between(from, from.Add(time.Duration(1+r.IntN(1+r.IntN(1500)))*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if slices.ContainsFunc(periods, p.Equal) {
				continue
			}
			periods = append(periods, p)
			for _, at := range []time.Time{p.Start(), p.End()} {
				instants = append(instants, at.Add(-1), at, at.Add(1))
			}
		}
		for range 50 {
			instants = append(instants, start.Add(time.Duration(r.Int64N(int64(4000*time.Hour)))-100*time.Hour))
		}
		instants = append(instants, time.Date(1678, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2261, 12, 31, 0, 0, 0, 0, time.UTC))
		tl, err := newTimeline(periods)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range instants {
			ns, ok := nanoseconds(at)
			if !ok {
				t.Fatal(at)
			}
			atom := int(tl.atom(ns))
			outside := true
			for i, p := range tl.periods {
				in := atom >= tl.spans[i].from && atom < tl.spans[i].to
				if in != p.Contains(at) {
					t.Fatalf("%s in %s: %v, want %v", at, p, in, p.Contains(at))
				}
				outside = outside && !in
			}
			if outside != (atom < 0) {
				t.Fatalf("%s has atom %d", at, atom)
			}
		}
	}
}

func TestTimeBounds(t *testing.T) {
	for _, tt := range []struct {
		year int
		ok   bool
	}{{1677, false}, {1678, true}, {2261, true}, {2262, false}} {
		p, err := metric.Year(tt.year, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newTimeline([]metric.Period{p}); (err == nil) != tt.ok {
			t.Errorf("year %d: %v", tt.year, err)
		}
		for _, at := range []time.Time{p.Start(), p.End().Add(-1)} {
			ns, ok := nanoseconds(at)
			if ok != tt.ok || ok && !time.Unix(0, ns).Equal(at) {
				t.Errorf("%s is %d ns, %v", at, ns, ok)
			}
		}
	}
}

// TestKeySet holds sets with planes against maps.
func TestKeySet(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for round := range 300 {
		planes := 1 + round%maxAtLeast
		limit := 1 + r.IntN(20_000)
		fill := func() (keySet, map[Code]int) {
			set, counts := keySet{planes: planes, pool: new(pool[page])}, map[Code]int{}
			for range r.IntN(3000) {
				key := Code(r.IntN(limit))
				if r.IntN(3) > 0 {
					key %= 50
				}
				set.add(key)
				counts[key]++
			}
			return set, counts
		}
		a, x := fill()
		b, y := fill()
		union := keySet{planes: planes, pool: new(pool[page])}
		for range 2 { // the second time in the room of the first
			union.clear()
			union.merge(&a)
			union.merge(&b)
		}
		z := map[Code]int{}
		for _, counts := range []map[Code]int{x, y} {
			for key, n := range counts {
				z[key] += n
			}
		}
		for _, tt := range []struct {
			set    *keySet
			counts map[Code]int
		}{{&a, x}, {&b, y}, {&union, z}} {
			often, seen, last := 0, 0, -1
			for _, n := range tt.counts {
				often += truth(n >= planes)
			}
			if got := tt.set.len(); got != often {
				t.Fatalf("%d planes: %d keys, want %d", planes, got, often)
			}
			for key, n := range tt.set.all {
				if int(key) <= last || n != min(tt.counts[key], planes) {
					t.Fatalf("%d planes: key %d after %d, %d times, want %d", planes, key, last, n, tt.counts[key])
				}
				last = int(key)
				seen++
			}
			if seen != len(tt.counts) {
				t.Fatalf("%d planes: %d keys, want %d", planes, seen, len(tt.counts))
			}
		}
	}
}

func TestSpace(t *testing.T) {
	s := newSpace()
	for i := range 5000 {
		key := "k" + strconv.Itoa(i)
		code := s.code(key)
		if !isKey(code) || uint8(code) != event.Bucket(key) || s.text(code) != key || !s.has(code) || s.has(code+event.Buckets*5000) {
			t.Fatalf("key %s has code %d", key, code)
		}
		if s.code(key) != code || s.known(key) != code {
			t.Fatalf("key %s has two codes", key)
		}
	}
	if code := s.code(""); code != NoKey || isKey(NoKey) || s.has(NoKey) {
		t.Errorf("the empty key has code %d", code)
	}
}

// TestLookUp holds the keys that are looked up together against those looked up one by one.
func TestLookUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	one, many := newSpace(), newSpace()
	for range 50 {
		var keys texts
		codes := make([]Code, r.IntN(1000))
		for i := range codes {
			key := strconv.Itoa(r.IntN(2000))
			if r.IntN(10) == 0 {
				key, codes[i] = "", wrongKey
			}
			if r.IntN(100) == 0 {
				key = strings.Repeat(key, 50_000) // longer than the memory that keys share
			}
			keys.add(key)
		}
		many.lookUp(&keys, codes)
		for i, code := range codes {
			want := wrongKey
			if key := string(keys.at(i)); key != "" {
				want = one.code(key)
				if many.text(code) != key {
					t.Fatalf("key %.20q has the code of %.20q", key, many.text(code))
				}
			}
			if code != want {
				t.Fatalf("key %.20q has code %d, want %d", keys.at(i), code, want)
			}
		}
	}
}

// TestSizes holds the documentation to the sizes that it states.
func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		what      string
		got, want uintptr
	}{
		{"entry", unsafe.Sizeof(entry{}), 80},
		{"object", unsafe.Sizeof(object{}), 56},
		{"tie", unsafe.Sizeof(tie{}), 48},
		{"cell of a sum", unsafe.Sizeof(sumCell{}), 24},
		{"cell of a distinct count", unsafe.Sizeof(keySet{}), 40},
		{"page", unsafe.Sizeof(page{}), 256},
		{"row of durations", unsafe.Sizeof(int64(0))*3 + unsafe.Sizeof(uint32(0)) + unsafe.Sizeof("") + unsafe.Sizeof(hash{}), 60},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %d bytes, documented as %d", tt.what, tt.got, tt.want)
		}
	}
}

func TestNewErrors(t *testing.T) {
	month, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	capture := func(kind def.Kind, c def.Capture) metric.Definition {
		return metric.View(&def.Metric{ID: "t.x", Kind: kind, Capture: &c})
	}
	count := capture(def.Count, def.Capture{Kind: def.CaptureCount, Event: "e"})
	for name, o := range map[string]Options{
		"no period":         {},
		"zero period":       {Periods: []metric.Period{{}}},
		"period twice":      {Periods: []metric.Period{month, month}},
		"subject":           {Periods: []metric.Period{month}, Subject: 2},
		"covers":            {Periods: []metric.Period{month}, Covers: []string{"Order Completed"}},
		"covers nothing":    {Periods: []metric.Period{month}, Covers: []string{""}},
		"zero metric":       {Periods: []metric.Period{month}, Metrics: []metric.Definition{{}}},
		"metric twice":      {Periods: []metric.Period{month}, Metrics: []metric.Definition{count, count}},
		"metric not of us":  {Periods: []metric.Period{month}, Metrics: []metric.Definition{metric.View(&def.Metric{ID: "t.x"})}},
		"count of money":    {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Money, def.Capture{Kind: def.CaptureCount, Event: "e"})}},
		"sum of ratios":     {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Ratio, def.Capture{Kind: def.CaptureSum, Event: "e", Of: "a"})}},
		"sum of nothing":    {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Count, def.Capture{Kind: def.CaptureSum, Event: "e"})}},
		"values as a sum":   {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Count, def.Capture{Kind: def.CaptureValues, Event: "e", Of: "a"})}},
		"no event":          {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Count, def.Capture{Kind: def.CaptureCount})}},
		"at least too many": {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Count, def.Capture{Kind: def.CaptureDistinct, Event: "e", Of: "a", AtLeast: 9})}},
		"no end":            {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Distribution|def.Duration, def.Capture{Kind: def.CaptureDuration, Event: "e", Object: "a"})}},
		"bad condition":     {Periods: []metric.Period{month}, Metrics: []metric.Definition{capture(def.Count, def.Capture{Kind: def.CaptureCount, Event: "e", Where: []def.Condition{{Attr: "a", Op: "~"}}})}},
	} {
		if c, err := New(o); !errors.Is(err, metric.ErrInput) || c != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := New(Options{Periods: []metric.Period{month}}); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

func TestHashPair(t *testing.T) {
	// Pairs that are equal when joined are told apart.
	seen := map[hash]string{}
	for _, p := range [][2]string{{"", "ab"}, {"a", "b"}, {"ab", ""}, {"\x02", "ab"}, {"b", "a"}} {
		h := hashPair(p[0], p[1])
		if other, ok := seen[h]; ok {
			t.Errorf("%q has the hash of %s", p, other)
		}
		seen[h] = fmt.Sprintf("%q", p)
	}
}

// TestDecodedSegmentsAreBounded decodes what no collector would hold.
func TestDecodedSegmentsAreBounded(t *testing.T) {
	month, err := metric.Month(2026, time.March, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		segments int
		ok       bool
	}{{100_000, true}, {100_001, false}} {
		o := Options{Periods: []metric.Period{month}, Unique: true}
		c, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		for i := len(c.segments.texts); i < tt.segments; i++ {
			c.segments.code(strconv.Itoa(i)) // past the bound
		}
		c.folded.segments = slices.Repeat([]bool{true}, tt.segments)
		data, err := c.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.UnmarshalBinary(data); (err == nil) != tt.ok {
			t.Errorf("%d segments: %v", tt.segments, err)
		}
	}
}

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// The window of all data: 1096 days, which begin on a Sunday.
var (
	windowStart = time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)
	windowEnd   = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

const (
	usPerSecond = int64(1_000_000)
	usPerDay    = 86400 * usPerSecond
	usPerWeek   = 7 * usPerDay
)

// A shape is what rows stand for.
type shape int

const (
	shapeOrders   shape = iota // an order of an amount
	shapeMRR                   // a subscription's MRR from here on
	shapeActivity              // a customer did something
	shapeSteps                 // an event of one of five kinds
)

// data are rows as columns, in order of arrival. Instants are whole microseconds, the
// resolution of DuckDB's TIMESTAMP, given in nanoseconds.
type data struct {
	shape     shape
	customers int

	customer []int32 // 0 to customers-1
	at       []int64 // nanoseconds since 1970 UTC
	seq      []int64 // order of the rows of one instant; nil when none is needed
	amount   []int64 // minor units: of an order, or MRR
	sub      []int32 // a subscription, of one customer each
	kind     []uint8 // 1 to 4: steps of the funnel; 0: none of them

	ids   []string // text ids of customers
	subs  []string // text ids of subscriptions
	keys  *event.Keys
	codes []event.Code // of rows
	byKey []int32      // customers by bucket and position of their codes; a bucket begins at its base
	base  [event.Buckets]int32

	subKeys  *event.Keys
	subCodes []event.Code // of rows

	text, subText []string // of rows, where customers come as text
}

func (d *data) len() int { return len(d.at) }

// generate draws rows that depend on nothing but the arguments. Customers join
// throughout the window; half of what happens is by customers seen within the last
// days. Two in a hundred rows come up to 30 days late.
//
// Of hostile rows a third are out of order and half share their instant with the
// customer's row before, so that their sequence numbers decide; others are on the hour,
// and some come in bursts of hundreds.
func generate(s shape, rows int, seed uint64, hostile bool) *data {
	rng := rand.New(rand.NewPCG(seed, uint64(s)+1))
	perCustomer := map[shape]int{shapeOrders: 14, shapeMRR: 20, shapeActivity: 14, shapeSteps: 14}[s]
	if hostile {
		perCustomer = 12
	}
	d := &data{shape: s, customers: max(2, rows/perCustomer)}
	d.customer = make([]int32, 0, rows)
	d.at = make([]int64, 0, rows)
	names := rng.Perm(d.customers) // so that ids do not tell who joined first
	start, span := windowStart.UnixMicro(), windowEnd.UnixMicro()-windowStart.UnixMicro()
	last := make([]int64, d.customers) // instant of a customer's last row, for hostile ones
	recent := max(1, rows/365)
	joined := max(1, d.customers/10)
	for d.len() < rows {
		i := d.len()
		at := start + int64(float64(span)*(float64(i)+rng.Float64())/float64(rows))
		var c int
		switch target := max(1, d.customers/10) + int(float64(d.customers)*0.9*float64(i)/float64(rows)); {
		case joined < target:
			c = names[joined]
			joined++
		case i > 0 && rng.IntN(2) == 0:
			c = int(d.customer[max(0, i-1-rng.IntN(recent))])
		default:
			u := rng.Float64()
			c = names[int(float64(joined)*u*u)]
		}
		burst := 1
		if hostile && rng.IntN(1000) == 0 {
			burst = min(300, rows-i)
		}
		for range burst {
			t := at
			switch {
			case hostile:
				if rng.IntN(3) == 0 {
					t = start + rng.Int64N(span)
				}
				if rng.IntN(2) == 0 && last[c] != 0 {
					t = last[c]
				} else if rng.IntN(2) == 0 {
					t -= t % (3600 * usPerSecond)
				}
				last[c] = t
			case rng.IntN(50) == 0:
				t -= rng.Int64N(min(30*usPerDay, t-start+1))
			}
			d.customer = append(d.customer, int32(c))
			d.at = append(d.at, t*1000)
		}
	}
	if hostile {
		d.seq = make([]int64, rows)
		for i, n := range rng.Perm(rows) {
			d.seq[i] = int64(n)
		}
	}
	switch s {
	case shapeOrders:
		d.drawOrders(rng)
	case shapeMRR:
		d.drawMRR(rng)
	case shapeSteps:
		d.drawSteps(rng)
	}
	d.name()
	return d
}

func (d *data) drawOrders(rng *rand.Rand) {
	d.amount = make([]int64, d.len())
	for i := range d.amount {
		d.amount[i] = 100 + int64(rng.ExpFloat64()*4000)
	}
}

// subscriptionsPerCustomer is the most that a customer has.
const subscriptionsPerCustomer = 3

// drawMRR sets MRR to 0 in one of seven rows. One in twenty rows is followed by one
// of another subscription of the same customer at the same instant, as when a plan is
// switched by cancelling and starting.
func (d *data) drawMRR(rng *rand.Rand) {
	d.amount = make([]int64, d.len())
	d.sub = make([]int32, d.len())
	switched := false
	for i := range d.amount {
		which := max(0, rng.IntN(subscriptionsPerCustomer+2)-2)
		switched = i > 0 && !switched && rng.IntN(20) == 0
		if switched {
			d.customer[i], d.at[i] = d.customer[i-1], d.at[i-1]
			which = (int(d.sub[i-1]) + 1) % subscriptionsPerCustomer
		}
		d.sub[i] = d.customer[i]*subscriptionsPerCustomer + int32(which)
		if rng.IntN(7) > 0 {
			d.amount[i] = []int64{2900, 4900, 9900, 19900}[rng.IntN(4)] * (1 + int64(rng.IntN(3)))
		}
	}
}

func (d *data) drawSteps(rng *rand.Rand) {
	d.kind = make([]uint8, d.len())
	for i := range d.kind {
		d.kind[i] = []uint8{0, 0, 1, 1, 1, 2, 2, 2, 3, 4}[rng.IntN(10)]
	}
}

// name gives customers text ids of 18 bytes, as payment processors do, and codes.
func (d *data) name() {
	d.ids = make([]string, d.customers)
	for c := range d.ids {
		d.ids[c] = fmt.Sprintf("cus_%014x", (uint64(c)*0x9e3779b97f4a7c15)>>8)
	}
	if d.shape == shapeMRR {
		d.subs = make([]string, d.customers*subscriptionsPerCustomer)
		for s := range d.subs {
			d.subs[s] = fmt.Sprintf("sub_%014x", (uint64(s)*0xc2b2ae3d27d4eb4f)>>8)
		}
	}
	d.keys = new(event.Keys)
	codes := make([]event.Code, 0, d.customers)
	// In order of arrival, as a program would learn them.
	seen := make([]bool, d.customers)
	var order []int32
	for _, c := range d.customer {
		if !seen[c] {
			seen[c] = true
			order = append(order, c)
		}
	}
	for _, c := range order {
		codes = append(codes, d.keys.Code(d.ids[c]))
	}
	byCustomer := make([]event.Code, d.customers)
	for i, c := range order {
		byCustomer[c] = codes[i]
	}
	d.codes = make([]event.Code, d.len())
	for i, c := range d.customer {
		d.codes[i] = byCustomer[c]
	}
	n := int32(0)
	for b := range d.base {
		d.base[b] = n
		n += int32(d.keys.LenBucket(uint8(b)))
	}
	d.byKey = make([]int32, n)
	for i, c := range order {
		d.byKey[d.base[codes[i].Bucket()]+int32(codes[i].Position())] = c
	}
	if d.sub != nil {
		d.subKeys = new(event.Keys)
		d.subCodes = d.subKeys.AppendCodes(nil, named(d.sub, d.subs))
	}
}

// named returns the text ids of numbers.
func named(numbers []int32, ids []string) []string {
	out := make([]string, len(numbers))
	for i, n := range numbers {
		out[i] = ids[n]
	}
	return out
}

// blockRows is the number of rows in a block of columns.
const blockRows = 1 << 16

// blocks calls do with the bounds of each block, those of the given worker of several.
func (d *data) blocks(worker, workers int, do func(from, to int) error) error {
	for from := worker * blockRows; from < d.len(); from += workers * blockRows {
		if err := do(from, min(from+blockRows, d.len())); err != nil {
			return err
		}
	}
	return nil
}

// distinctTexts reports whether no two of the texts are equal.
func distinctTexts(texts []string) bool {
	texts = slices.Clone(texts)
	slices.Sort(texts)
	return len(slices.Compact(texts)) == len(texts)
}

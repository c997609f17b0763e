package retention

import (
	"cmp"
	"fmt"

	"github.com/openlifecycle/lifecycle/internal/history"
	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// Role is what a row of columns is. Roles can be combined.
type Role uint8

// The roles.
const (
	StartRole  Role = 1 << iota // a start
	ReturnRole                  // a return
	FirstRole                   // a start that meets FirstIf
)

const allRoles = StartRole | ReturnRole | FirstRole

// Block is rows as columns of equal length. Whoever adds one promises that no row is of an
// event that is added otherwise.
type Block struct {
	Customer []event.Code // from the accumulator's Keys
	Time     []int64      // nanoseconds since 1970 UTC, in the years 1824 to 2115
	Role     []Role       // nil: every row has all roles

	// Seq orders the starts of a customer at one instant; nil leaves them without order. It
	// matters with FirstIf only.
	Seq []int64

	// Value is what is added up, of rows that are returns. It is there if and only if the
	// options have a Value, and Currency if and only if they have Money.
	Value    []int64
	Currency []metric.Currency
}

// Add takes in an event. It keeps no reference to e.
func (a *Accumulator) Add(e *event.Event) {
	o := &a.plan.options
	if !a.in.Wants(e) {
		return
	}
	role := Role(0)
	if o.Start.Match(e) {
		role |= StartRole
		if a.firsts != nil && a.plan.firstIf.Match(e) {
			role |= FirstRole
		}
	}
	if o.Return.Match(e) {
		role |= ReturnRole
	}
	if role == 0 {
		a.in.Tally.Ignored++
		return
	}
	at, ok := a.in.Instant(e, e.Time)
	if !ok {
		return
	}
	var value amount
	if role&ReturnRole != 0 && o.Value != "" {
		var err *event.Rejection
		if value, err = readAmount(e, o); err != nil {
			a.in.Refuse(e, err.Reason, err.Detail)
			return
		}
	}
	if role = a.relevant(role, at); role == 0 {
		a.in.Tally.Ignored++
		return
	}
	x := arrival{stamp: history.Stamp{At: at}, role: role, value: value}
	switch {
	case a.firsts != nil && role&StartRole != 0:
		x.stamp = a.firsts.Stamp(e, at)
	case a.values != nil && role&ReturnRole != 0:
		x.stamp = a.values.Stamp(e, at)
	}
	if a.queue.Put(&a.in, e, x) {
		a.settle()
	}
}

// arrival is an event whose customer is to be looked up.
type arrival struct {
	stamp history.Stamp
	role  Role
	value amount
}

// settle takes in the events that wait.
func (a *Accumulator) settle() {
	a.queue.Take(&a.in, func(customers []event.Code, events []arrival) {
		if a.plan.layout.words > 0 {
			a.grow()
			a.touch(customers)
		}
		for i := range events {
			x := &events[i]
			a.addDense(customers[i], x.stamp.At, x.role)
			if a.firsts != nil && x.role&StartRole != 0 {
				a.firsts.AddStamped(customers[i], &x.stamp, x.role&FirstRole != 0)
			}
			if a.values != nil && x.role&ReturnRole != 0 {
				a.values.AddStamped(customers[i], &x.stamp, x.value)
			}
		}
	})
}

// readAmount returns the value of a return.
func readAmount(e *event.Event, o *Options) (amount, *event.Rejection) {
	v, ok := e.Props.Get(o.Value)
	if !ok {
		return amount{}, &event.Rejection{Reason: event.MissingAttribute, Detail: o.Value}
	}
	n, ok := v.Int()
	if !ok {
		return amount{}, &event.Rejection{Reason: event.WrongType, Detail: fmt.Sprintf("%s is %.60s", o.Value, v)}
	}
	if !o.Money {
		return amount{value: n}, nil
	}
	code, ok := e.Props.String("currency")
	if !ok {
		return amount{}, &event.Rejection{Reason: event.MissingAttribute, Detail: "currency"}
	}
	currency, err := metric.ParseCurrency(code)
	if err != nil {
		return amount{}, &event.Rejection{Reason: event.BadCurrency, Detail: fmt.Sprintf("%.60q", code)}
	}
	return amount{value: n, currency: packCurrency(currency)}, nil
}

// relevant returns the roles in which something at an instant matters.
func (a *Accumulator) relevant(role Role, at int64) Role {
	switch c := a.plan.cohorts; {
	case at >= c.End():
		return 0
	case at < c.Start():
		if a.plan.options.Recurring {
			return 0
		}
		return role &^ ReturnRole & a.roles()
	}
	return role & a.roles()
}

// roles returns the roles that the options tell apart.
func (a *Accumulator) roles() Role {
	if a.firsts == nil {
		return StartRole | ReturnRole
	}
	return allRoles
}

// addDense adds everything but what is kept with the identity of events.
func (a *Accumulator) addDense(customer event.Code, at int64, role Role) {
	l := &a.plan.layout
	if l.words > 0 {
		bucket := customer.Bucket()
		if end := (customer.Position() + 1) * l.words; end > len(a.dense[bucket]) {
			more := end - len(a.dense[bucket])
			a.dense[bucket] = append(a.dense[bucket], make([]uint64, more)...)
		}
		words := a.dense[bucket][customer.Position()*l.words:][:l.words]
		a.mark(words, at, role)
	}
	if a.starts != nil && role&StartRole != 0 {
		a.starts.Add(customer, at, nothing{})
	}
	if a.times != nil && role&ReturnRole != 0 {
		a.times.Add(customer, a.plan.clock.instant(at), nothing{})
	}
}

// mark enters an instant in the words of a customer, in roles that matter there.
func (a *Accumulator) mark(words []uint64, at int64, role Role) {
	l := &a.plan.layout
	if role&StartRole != 0 && l.first >= 0 {
		words[l.first] = max(words[l.first], startWord(at))
	}
	if l.starts < 0 && l.returns < 0 {
		return
	}
	bucket := a.plan.cohorts.Find(at)
	if role&StartRole != 0 && l.starts >= 0 {
		words[l.starts+bucket>>6] |= 1 << (bucket & 63)
	}
	if role&ReturnRole != 0 && l.returns >= 0 {
		words[l.returns+bucket>>6] |= 1 << (bucket & 63)
	}
}

// AddBlock takes in rows, all or none. The error names the column and the first row that
// cannot be.
func (a *Accumulator) AddBlock(b *Block) error {
	if err := a.checkBlock(b); err != nil {
		return err
	}
	l := &a.plan.layout
	add := a.addRows
	if l.words > 0 {
		a.grow()
		if l.first >= 0 && l.returns >= 0 {
			add = a.addFirstTime
		}
	}
	const together = 64
	ignored := 0
	for low := 0; low < len(b.Customer); low += together {
		part := b.slice(low, min(low+together, len(b.Customer)))
		if l.words > 0 {
			a.touch(part.Customer)
		}
		ignored += add(&part)
	}
	a.in.Tally.Ignored += int64(ignored)
	a.in.Tally.Taken += int64(len(b.Customer) - ignored)
	return nil
}

// slice returns some rows of a block.
func (b *Block) slice(low, high int) Block {
	return Block{
		Customer: b.Customer[low:high], Time: b.Time[low:high], Role: part(b.Role, low, high),
		Seq: part(b.Seq, low, high), Value: part(b.Value, low, high), Currency: part(b.Currency, low, high),
	}
}

func part[T any](column []T, low, high int) []T {
	if column == nil {
		return nil
	}
	return column[low:high]
}

// touch reads a word of each customer. What follows then waits for memory once for all of
// them, and not in turn. Inlined, it would be left out, because nobody asks for the result.
//
//go:noinline
func (a *Accumulator) touch(customers []event.Code) (all uint64) {
	stride := a.plan.layout.words
	for _, customer := range customers {
		all |= a.dense[uint8(customer)][int(customer>>8)*stride]
	}
	return all
}

// addFirstTime adds rows for first-time cohorts by the calendar, the most common case.
func (a *Accumulator) addFirstTime(b *Block) (ignored int) {
	c, stride := a.plan.cohorts.Buckets, a.plan.layout.words
	start, end := c.Start(), c.End()
	times, roles := b.Time[:len(b.Customer)], b.Role
	role := StartRole | ReturnRole
	for i, customer := range b.Customer {
		at := times[i]
		if roles != nil {
			role = roles[i]
		}
		words := a.dense[uint8(customer)][int(customer>>8)*stride:][:stride]
		if role&StartRole != 0 && at < end {
			words[0] = max(words[0], startWord(at))
		}
		if at >= start && at < end && role&ReturnRole != 0 {
			bucket := uint(c.Within(at))
			words[1+bucket>>6] |= 1 << (bucket & 63)
		} else if at >= end || role&StartRole == 0 {
			ignored++
		}
	}
	return ignored
}

// addRows adds rows of any kind.
func (a *Accumulator) addRows(b *Block) (ignored int) {
	role := allRoles
	for i, customer := range b.Customer {
		at := b.Time[i]
		if b.Role != nil {
			role = b.Role[i]
		}
		role := a.relevant(role, at)
		if role&(StartRole|ReturnRole) == 0 {
			ignored++
			continue
		}
		a.addDense(customer, at, role)
		if a.firsts != nil && role&StartRole != 0 {
			seq := int64(0)
			if b.Seq != nil {
				seq = b.Seq[i]
			}
			a.firsts.AddSeq(customer, at, seq, role&FirstRole != 0)
		}
		if a.values != nil && role&ReturnRole != 0 {
			var value amount
			if b.Value != nil {
				value.value = b.Value[i]
			}
			if b.Currency != nil {
				value.currency = packCurrency(b.Currency[i])
			}
			a.values.Add(customer, at, value)
		}
	}
	return ignored
}

// checkBlock returns an error that names a column that cannot be.
func (a *Accumulator) checkBlock(b *Block) error {
	n := len(b.Customer)
	o := &a.plan.options
	switch {
	case b.Value == nil && o.Value != "" && n > 0:
		return intake.Errorf("Value", "the column is missing")
	case b.Currency == nil && o.Money && n > 0:
		return intake.Errorf("Currency", "the column is missing")
	case b.Value != nil && o.Value == "":
		return intake.Errorf("Value", "the options do not ask for the column")
	case b.Currency != nil && !o.Money:
		return intake.Errorf("Currency", "the options do not ask for the column")
	}
	if err := cmp.Or(a.in.CheckRows(b.Customer, b.Time), intake.CheckOptional("Role", b.Role, n), intake.CheckOptional("Seq", b.Seq, n),
		intake.CheckOptional("Value", b.Value, n), intake.CheckOptional("Currency", b.Currency, n)); err != nil {
		return err
	}
	for i, role := range b.Role {
		if role > allRoles || role&FirstRole != 0 && role&StartRole == 0 {
			return intake.Errorf("Role", "row %d: %d is no role", i, role)
		}
	}
	for i, currency := range b.Currency {
		if currency.IsZero() && (b.Role == nil || b.Role[i]&ReturnRole != 0) {
			return intake.Errorf("Currency", "row %d: a return without a currency", i)
		}
	}
	return nil
}

package metric

import (
	"fmt"
	"iter"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/internal/exact"
)

// Facts is what is known of one population in one period: at most one value for each
// metric, base or derived.
//
// The zero Facts is empty, has no period and is ready to use; a nil pointer reads as
// that. Facts may be read by
// several goroutines at once, as long as none changes them.
type Facts struct {
	period   Period
	rounding Rounding
	merged   bool // from facts for several periods
	entries  map[*def.Metric]Fact
}

// orEmpty lets a nil pointer read as no facts.
func (f *Facts) orEmpty() *Facts {
	if f == nil {
		return new(Facts)
	}
	return f
}

// NewFacts returns facts about a period. The zero Period stands for one that is not
// known; grains are not checked then. The errors are those of [Facts.Add].
func NewFacts(p Period, facts ...Fact) (*Facts, error) {
	f := &Facts{period: p}
	return f, f.Add(facts...)
}

// Add adds facts. It adds all or, on error, none. The error is an [*Error] that wraps
// [ErrInput] and names the fact that is given twice, has a value of the wrong kind or
// one its metric cannot have.
func (f *Facts) Add(facts ...Fact) error {
	added := make(map[*def.Metric]Fact, len(facts))
	for _, fact := range facts {
		if err := fact.check(); err != nil {
			return err
		}
		_, known := f.entries[fact.d]
		if _, twice := added[fact.d]; known || twice {
			return &Error{Metric: fact.d.ID, Err: errTwice}
		}
		added[fact.d] = fact
	}
	if f.entries == nil {
		f.entries = added
		return nil
	}
	maps.Copy(f.entries, added)
	return nil
}

// Period returns the period the facts are about.
func (f *Facts) Period() Period { return f.orEmpty().period }

// SetRounding sets how derived values are rounded. The default is the zero [Rounding].
func (f *Facts) SetRounding(r Rounding) { f.rounding = r }

// Len returns the number of facts.
func (f *Facts) Len() int { return len(f.orEmpty().entries) }

// All iterates over the facts in the order of their ids.
func (f *Facts) All() iter.Seq[Fact] {
	return func(yield func(Fact) bool) {
		for _, fact := range slices.SortedFunc(maps.Values(f.orEmpty().entries), compareFacts) {
			if !yield(fact) {
				return
			}
		}
	}
}

func compareFacts(a, b Fact) int { return strings.Compare(a.d.ID, b.d.ID) }

// Value returns the value supplied for d or, if there is none, the one derived from the
// other facts, rounded once. The errors are those of [Metric.Of].
func (f *Facts) Value(d Definition) (Value, error) {
	f = f.orEmpty()
	if d.d == nil {
		return Value{}, &Error{Err: errNoMetric}
	}
	return f.evaluation().value(d.d, f.rounding)
}

// Exact returns the value of d as an exact fraction, before any rounding: the amount of
// money, the seconds of a duration. Distributions have none; for them and for metrics
// without a value it returns an error.
func (f *Facts) Exact(d Definition) (*big.Rat, error) {
	f = f.orEmpty()
	if d.d == nil {
		return nil, &Error{Err: errNoMetric}
	}
	if d.Kind().IsDistribution() {
		return nil, &Error{Metric: d.ID(), Err: inputErrorf("a distribution is not one number")}
	}
	var x operand
	if err := f.evaluation().load(d.d, &x); err != nil {
		return nil, err
	}
	return x.number.Rat(), nil
}

func (f *Facts) evaluation() *evaluation { return &evaluation{facts: f.orEmpty(), memo: new(memo)} }

// Result is what became of one metric.
type Result struct {
	Definition Definition
	Value      Value
	Err        error // an [*Error] when there is no value
}

// Evaluate computes each of the metrics, sharing what they have in common.
func (f *Facts) Evaluate(metrics iter.Seq[Definition]) iter.Seq[Result] {
	f = f.orEmpty()
	return func(yield func(Result) bool) {
		e := f.evaluation()
		for d := range metrics {
			r := Result{Definition: d}
			if d.d == nil {
				r.Err = &Error{Err: errNoMetric}
			} else {
				r.Value, r.Err = e.value(d.d, f.rounding)
			}
			if !yield(r) {
				return
			}
		}
	}
}

// Missing returns the base metrics, in the order of the formulas, of which nothing is
// known and which d depends on. It is empty when d is given, or all it is derived from.
// To supply a derived metric above some of them would do as well.
//
// A metric that is given as undefined is known, unless for the reason [MissingInput].
func (f *Facts) Missing(d Definition) []Definition {
	f = f.orEmpty()
	if d.d == nil {
		return nil
	}
	var missing []Definition
	seen := map[*def.Metric]bool{}
	var visit func(*def.Metric)
	visit = func(m *def.Metric) {
		fact, given := f.entries[m]
		if given && fact.undefined != MissingInput || seen[m] {
			return
		}
		seen[m] = true
		if len(m.Code) == 0 {
			missing = append(missing, Definition{m})
		}
		for _, in := range m.Inputs {
			visit(in)
		}
	}
	visit(d.d)
	return missing
}

// Contradiction is a supplied value that differs from what the other facts give.
type Contradiction struct {
	Definition        Definition
	Supplied, Derived Value
}

func (c Contradiction) String() string {
	return fmt.Sprintf("%s is given as %s, but the other facts give %s", c.Definition.ID(), c.Supplied, c.Derived)
}

// Check returns the supplied values of derived metrics that differ from their derivation
// by more than the rounding of the supplied digits: 0.03 agrees with 0.0349, and 0.030
// does not. Money is taken to be given to the smallest unit of its currency at least,
// and any other number without decimals to be exact. What [Facts.Value] gives, always
// agrees.
func (f *Facts) Check() []Contradiction {
	f = f.orEmpty()
	var found []Contradiction
	for fact := range f.All() {
		if fact.undefined != "" || len(fact.d.Code) == 0 {
			continue
		}
		e := f.evaluation()
		derived, err := e.derive(fact.d)
		if err != nil {
			continue // Nothing to compare with.
		}
		v, err := f.rounding.value(fact.d, derived)
		if err != nil || v.Equal(fact.value) || agrees(fact.value, derived) {
			continue
		}
		found = append(found, Contradiction{Definition{fact.d}, fact.value, v})
	}
	return found
}

// agrees reports whether the derived number rounds to the supplied digits.
func agrees(supplied Value, derived operand) bool {
	if supplied.Currency() != derived.currency {
		return false
	}
	half := exact.FromInt64(0)
	if places, ok := givenPlaces(supplied); ok {
		half = exact.FromUnits(5, uint8(places+1))
	}
	return supplied.fraction().Sub(derived.number).Abs().Cmp(half) <= 0
}

// givenPlaces returns the decimals to which v was given, or false if it is exact.
func givenPlaces(v Value) (int, bool) {
	d, _ := v.Decimal()
	places := -int(d.Exponent())
	if v.Kind() == KindMoney {
		places = max(places, v.Currency().Exponent())
		return places, places <= maxPlaces
	}
	return places, 0 < places && places <= maxPlaces
}

// hasGrain reports whether p is one month, quarter or year.
func (p Period) hasGrain(grain string) bool {
	switch p.Unit() {
	case UnitMonth:
		return grain == "month"
	case UnitQuarter, UnitFiscalQuarter:
		return grain == "quarter"
	case UnitYear, UnitFiscalYear:
		return grain == "year"
	}
	return false
}

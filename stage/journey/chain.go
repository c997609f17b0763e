package journey

import (
	"fmt"
	"math/big"
	"slices"

	"github.com/openlifecycle/lifecycle/internal/intake"
	"github.com/openlifecycle/lifecycle/metric"
)

// Chain is a Markov chain in steps of one period: the probability to be in each state in
// the next period depends on the state now and on nothing else. Probabilities and results
// are exact fractions, whose digits grow with the number of states.
//
// A state is absorbing if it is never left, and transient if it is not.
type Chain struct {
	states []string
	p      [][]*big.Rat
}

// NewChain returns the chain of the given states. Row i has the probabilities to move from
// state i to each state, none negative and together exactly 1. The error is a
// metric.ErrInput that names the state.
func NewChain(states []string, rows [][]*big.Rat) (Chain, error) {
	if len(states) == 0 || len(rows) != len(states) {
		return Chain{}, intake.Errorf("states", "%d states and %d rows", len(states), len(rows))
	}
	for i, name := range states {
		if slices.Index(states, name) != i {
			return Chain{}, intake.Errorf("states", "%q is there twice", name)
		}
	}
	c := Chain{states: slices.Clone(states)}
	for i, row := range rows {
		if len(row) != len(states) {
			return Chain{}, intake.Errorf(states[i], "the row has %d probabilities, not %d", len(row), len(states))
		}
		sum := new(big.Rat)
		for j, x := range row {
			if x == nil || x.Sign() < 0 {
				return Chain{}, intake.Errorf(states[i], "the probability to move to %s is missing or negative", states[j])
			}
			sum.Add(sum, x)
		}
		if sum.Cmp(one()) != 0 {
			return Chain{}, intake.Errorf(states[i], "the probabilities add up to %s, not 1", sum.RatString())
		}
		c.p = append(c.p, cloneRow(row))
	}
	return c, nil
}

func one() *big.Rat { return big.NewRat(1, 1) }

func cloneRow(row []*big.Rat) []*big.Rat {
	list := make([]*big.Rat, len(row))
	for i, x := range row {
		list[i] = new(big.Rat).Set(x)
	}
	return list
}

// States returns the names of the states, in the order of rows and results.
func (c Chain) States() []string { return slices.Clone(c.states) }

// Len returns the number of states.
func (c Chain) Len() int { return len(c.states) }

// Absorbing reports whether state i is never left.
func (c Chain) Absorbing(i int) bool { return c.p[i][i].Cmp(one()) == 0 }

// transient returns the states that are left.
func (c Chain) transient() []int {
	var list []int
	for i := range c.p {
		if !c.Absorbing(i) {
			list = append(list, i)
		}
	}
	return list
}

// After returns the probabilities to be in each state n periods from now, by the state now.
// The error is a metric.ErrInput for a negative n.
func (c Chain) After(n int) ([][]*big.Rat, error) {
	if n < 0 {
		return nil, intake.Errorf("periods", "%d is negative", n)
	}
	result := identity(len(c.p))
	for range n {
		result = multiply(result, c.p)
	}
	return result, nil
}

// Fundamental returns the expected number of periods that a customer in state i is yet to
// spend in state j before absorption, the present one included:
//
//	N = (I - Q)^-1, Q the probabilities between transient states
//
// Rows and columns are of all states; those of absorbing ones are zero. If some state leads
// to no absorbing one, the number has no bound: the error is metric.OutOfDomain and names it.
func (c Chain) Fundamental() ([][]*big.Rat, error) {
	if err := c.reachesEnd(); err != nil {
		return nil, err
	}
	in := c.transient()
	a := make([][]*big.Rat, len(in))
	for r, i := range in {
		a[r] = make([]*big.Rat, len(in))
		for s, j := range in {
			a[r][s] = new(big.Rat).Neg(c.p[i][j])
			if i == j {
				a[r][s].Add(a[r][s], one())
			}
		}
	}
	inverse, err := solve(a, identity(len(in)))
	if err != nil {
		return nil, err
	}
	n := zeros(len(c.p))
	for r, i := range in {
		for s, j := range in {
			n[i][j] = inverse[r][s]
		}
	}
	return n, nil
}

// reachesEnd reports a state from which no absorbing state can be reached.
func (c Chain) reachesEnd() error {
	reaches := make([]bool, len(c.p))
	for i := range c.p {
		reaches[i] = c.Absorbing(i)
	}
	for range c.p {
		for i, row := range c.p {
			for j, x := range row {
				reaches[i] = reaches[i] || x.Sign() > 0 && reaches[j]
			}
		}
	}
	for i, ok := range reaches {
		if !ok {
			return fmt.Errorf("state %s leads to no absorbing state: %w", c.states[i], metric.OutOfDomain)
		}
	}
	return nil
}

// ExpectedPeriods returns the expected number of periods before absorption, by the state
// now, the present period included: the sums of the rows of [Chain.Fundamental].
func (c Chain) ExpectedPeriods() ([]*big.Rat, error) {
	n, err := c.Fundamental()
	if err != nil {
		return nil, err
	}
	sums := make([]*big.Rat, len(n))
	for i, row := range n {
		sums[i] = new(big.Rat)
		for _, x := range row {
			sums[i].Add(sums[i], x)
		}
	}
	return sums, nil
}

// Absorption returns the probability to end in absorbing state j, by the state now. An
// absorbing state ends in itself.
func (c Chain) Absorption() ([][]*big.Rat, error) {
	n, err := c.Fundamental()
	if err != nil {
		return nil, err
	}
	b := multiply(n, c.p)
	for i := range b {
		for j := range b[i] {
			switch {
			case !c.Absorbing(j):
				b[i][j].SetInt64(0)
			case i == j:
				b[i][j].SetInt64(1)
			}
		}
	}
	return b, nil
}

// Return returns the probability that a customer in state from will be in state to in some
// later period: that a dormant customer comes back before churning.
//
//	(N(from, to) - [from = to]) / N(to, to)
//
// State to is transient; the error is metric.OutOfDomain if it is not.
func (c Chain) Return(from, to int) (*big.Rat, error) {
	if from < 0 || to < 0 || from >= len(c.p) || to >= len(c.p) {
		return nil, intake.Errorf("states", "%d and %d are not both among %d", from, to, len(c.p))
	}
	n, err := c.Fundamental()
	if err != nil {
		return nil, err
	}
	if c.Absorbing(to) {
		return nil, fmt.Errorf("state %s is absorbing, see Absorption: %w", c.states[to], metric.OutOfDomain)
	}
	x := new(big.Rat).Set(n[from][to])
	if from == to {
		x.Sub(x, one())
	}
	return x.Quo(x, n[to][to]), nil
}

// Value returns the expected present value of a customer, by the state now, where reward is
// what a period in each state is worth and discount the rate of one period: 1/5 for 20 %.
//
//	V = (I - P / (1 + discount))^-1 reward
//
// Pfeifer and Carraway, Modeling customer relationships as Markov chains, Journal of
// Interactive Marketing 14(2), 2000. The present period counts in full, and the first
// reward is not discounted. Rewards that come at the end of each period are worth
// V / (1 + discount).
//
// With a discount of 0 every state has to lead to an absorbing one, whose reward is 0; the
// error is metric.OutOfDomain otherwise. A negative discount is a metric.ErrInput.
func (c Chain) Value(reward []*big.Rat, discount *big.Rat) ([]*big.Rat, error) {
	if err := c.checkReward(reward, discount); err != nil {
		return nil, err
	}
	if discount.Sign() == 0 {
		return c.undiscounted(reward)
	}
	factor := new(big.Rat).Add(one(), discount)
	factor.Inv(factor)
	a := identity(len(c.p))
	b := make([][]*big.Rat, len(c.p))
	for i, row := range c.p {
		for j, x := range row {
			a[i][j].Sub(a[i][j], new(big.Rat).Mul(x, factor))
		}
		b[i] = []*big.Rat{new(big.Rat).Set(reward[i])}
	}
	solution, err := solve(a, b)
	if err != nil {
		return nil, err
	}
	return column(solution), nil
}

func (c Chain) undiscounted(reward []*big.Rat) ([]*big.Rat, error) {
	n, err := c.Fundamental()
	if err != nil {
		return nil, err
	}
	for i := range c.p {
		if c.Absorbing(i) && reward[i].Sign() != 0 {
			return nil, fmt.Errorf("a reward in the absorbing state %s without discount adds up to no number: %w", c.states[i], metric.OutOfDomain)
		}
	}
	b := make([][]*big.Rat, len(c.p))
	for i := range b {
		b[i] = []*big.Rat{reward[i]}
	}
	return column(multiply(n, b)), nil
}

// ValueWithin returns the value as [Chain.Value] does, of the present period and n more.
func (c Chain) ValueWithin(n int, reward []*big.Rat, discount *big.Rat) ([]*big.Rat, error) {
	if err := c.checkReward(reward, discount); err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, intake.Errorf("periods", "%d is negative", n)
	}
	factor := new(big.Rat).Add(one(), discount)
	factor.Inv(factor)
	v := cloneRow(reward)
	for range n {
		next := cloneRow(reward)
		for i, row := range c.p {
			sum := new(big.Rat)
			for j, x := range row {
				sum.Add(sum, new(big.Rat).Mul(x, v[j]))
			}
			next[i].Add(next[i], sum.Mul(sum, factor))
		}
		v = next
	}
	return v, nil
}

func (c Chain) checkReward(reward []*big.Rat, discount *big.Rat) error {
	if len(reward) != len(c.p) {
		return intake.Errorf("reward", "%d rewards for %d states", len(reward), len(c.p))
	}
	if i := slices.Index(reward, nil); i >= 0 {
		return intake.Errorf("reward", "that of %s is missing", c.states[i])
	}
	if discount == nil || discount.Sign() < 0 {
		return intake.Errorf("discount", "it is missing or negative")
	}
	return nil
}

func column(m [][]*big.Rat) []*big.Rat {
	list := make([]*big.Rat, len(m))
	for i := range m {
		list[i] = m[i][0]
	}
	return list
}

func zeros(n int) [][]*big.Rat {
	m := make([][]*big.Rat, n)
	for i := range m {
		m[i] = make([]*big.Rat, n)
		for j := range m[i] {
			m[i][j] = new(big.Rat)
		}
	}
	return m
}

func identity(n int) [][]*big.Rat {
	m := zeros(n)
	for i := range m {
		m[i][i].SetInt64(1)
	}
	return m
}

func multiply(a, b [][]*big.Rat) [][]*big.Rat {
	m := make([][]*big.Rat, len(a))
	for i := range a {
		m[i] = make([]*big.Rat, len(b[0]))
		for j := range m[i] {
			m[i][j] = new(big.Rat)
			for k, x := range a[i] {
				if x.Sign() != 0 && b[k][j].Sign() != 0 {
					m[i][j].Add(m[i][j], new(big.Rat).Mul(x, b[k][j]))
				}
			}
		}
	}
	return m
}

// solve returns x with a x = b, by elimination. It changes both.
func solve(a, b [][]*big.Rat) ([][]*big.Rat, error) {
	for k := range a {
		pivot := k
		for pivot < len(a) && a[pivot][k].Sign() == 0 {
			pivot++
		}
		if pivot == len(a) {
			return nil, fmt.Errorf("the equations have no single solution: %w", metric.OutOfDomain)
		}
		a[k], a[pivot] = a[pivot], a[k]
		b[k], b[pivot] = b[pivot], b[k]
		inverse := new(big.Rat).Inv(a[k][k])
		scale(a[k], inverse)
		scale(b[k], inverse)
		for i := range a {
			if i != k && a[i][k].Sign() != 0 {
				factor := new(big.Rat).Neg(a[i][k])
				addScaled(a[i], a[k], factor)
				addScaled(b[i], b[k], factor)
			}
		}
	}
	return b, nil
}

func scale(row []*big.Rat, factor *big.Rat) {
	for _, x := range row {
		x.Mul(x, factor)
	}
}

func addScaled(row, other []*big.Rat, factor *big.Rat) {
	for i, x := range row {
		x.Add(x, new(big.Rat).Mul(other[i], factor))
	}
}

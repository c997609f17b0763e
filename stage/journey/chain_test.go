package journey_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage/journey"
)

// rat reads fractions and decimals.
func rat(t testing.TB, texts ...string) []*big.Rat {
	t.Helper()
	list := make([]*big.Rat, len(texts))
	for i, text := range texts {
		x, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("%q is no fraction", text)
		}
		list[i] = x
	}
	return list
}

func same(t *testing.T, what string, got, want []*big.Rat) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i].Cmp(want[i]) != 0 {
			t.Errorf("%s, state %d: %s, want %s", what, i+1, got[i].RatString(), want[i].RatString())
		}
	}
}

// recency returns the chain of customers by periods since their last purchase: state i buys
// with probability p[i-1] and goes to 1, or goes one on; the last state is that of former
// customers.
func recency(t testing.TB, p ...string) journey.Chain {
	t.Helper()
	n := len(p) + 1
	states, rows := make([]string, n), make([][]*big.Rat, n)
	for i := range rows {
		states[i] = fmt.Sprint("r", i+1)
		rows[i] = rat(t, make0(n)...)
		if i == n-1 {
			rows[i][i].SetInt64(1)
			break
		}
		buys := rat(t, p[i])[0]
		rows[i][0].Add(rows[i][0], buys)
		rows[i][i+1].Add(rows[i][i+1], new(big.Rat).Sub(big.NewRat(1, 1), buys))
	}
	c, err := journey.NewChain(states, rows)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func make0(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = "0"
	}
	return list
}

// The vectors of the customer with recency 1 to 4, p = 0.3, 0.2, 0.15, 0.05, reward 36 on
// purchase and -4 otherwise, d = 0.2, computed by hand with exact fractions. The method is
// that of Pfeifer and Carraway (2000).
func TestValueByRecency(t *testing.T) {
	c := recency(t, "0.3", "0.2", "0.15", "0.05")
	reward, d := rat(t, "36", "-4", "-4", "-4", "0"), rat(t, "1/5")[0]
	for n, want := range [][]string{
		{"36", "-4", "-4", "-4", "0"},
		{"128/3", "-2/3", "-7/3", "-5/2", "0"},
		{"833/18", "14/9", "-7/16", "-20/9", "0"},
		{"10471/216", "739/216", "91/432", "-895/432", "0"},
		{"64949/1296", "1823/432", "6139/10368", "-10265/5184", "0"},
	} {
		got, err := c.ValueWithin(n, reward, d)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("horizon ", n), got, rat(t, want...))
	}
	got, err := c.Value(reward, d)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "infinite", got, rat(t, "321504/6145", "34128/6145", "7686/6145", "-11184/6145", "0"))
}

// Mailing while the recency is at most m: the best m is 3.
func TestBestPolicy(t *testing.T) {
	p := []string{"0.3", "0.2", "0.15", "0.05"}
	reward, d := []string{"36", "-4", "-4", "-4"}, rat(t, "1/5")[0]
	for m, want := range []string{1: "48", 2: "2424/47", 3: "4624/87", 4: "321504/6145"} {
		if m == 0 {
			continue
		}
		got, err := recency(t, p[:m]...).Value(rat(t, append(reward[:m:m], "0")...), d)
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("m = ", m), got[:1], rat(t, want))
	}
}

func TestAfterFourPeriods(t *testing.T) {
	got, err := recency(t, "0.3", "0.2", "0.15", "0.05").After(4)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{
		{"0.1397", "0.1365", "0.1288", "0.1428", "0.4522"},
		{"0.0768", "0.0812", "0.1008", "0.0952", "0.646"},
		{"0.039025", "0.033075", "0.049", "0.0714", "0.8075"},
		{"0.00975", "0.00805", "0.0084", "0.0238", "0.95"},
	} {
		same(t, fmt.Sprint("row ", i+1), got[i], rat(t, want...))
	}
}

func TestFundamental(t *testing.T) {
	c := recency(t, "0.3", "0.2", "0.15", "0.05")
	n, err := c.Fundamental()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "row 1", n[0], rat(t, "5000/2261", "500/323", "400/323", "20/19", "0"))
	periods, err := c.ExpectedPeriods()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "periods", periods, rat(t, "720/119", "550/119", "205/68", "155/119", "0"))
}

// Vectors of the tests of Karaka-Management/phpOMS.
func TestValueOfOthers(t *testing.T) {
	got, err := recency(t, "0.5", "0.2", "0.1").Value(rat(t, "100", "0", "0", "0"), rat(t, "0.1")[0])
	if err != nil {
		t.Fatal(err)
	}
	same(t, "d = 0.1", got, rat(t, "33275/144", "1375/24", "3025/144", "0"))
	got, err = recency(t, "0.3", "0.2", "0.05").ValueWithin(4, rat(t, "36", "-4", "-4", "0"), rat(t, "0.2")[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"49.4047", "2.6875", "-1.9828", "0.0000"} {
		if got[i].FloatString(4) != want {
			t.Errorf("state %d: %s, want %s", i+1, got[i].FloatString(4), want)
		}
	}
}

// Active, dormant and churned customers: dormancy is a state, not a loss.
func TestWinBackChain(t *testing.T) {
	c, err := journey.NewChain([]string{"active", "dormant", "churned"}, [][]*big.Rat{
		rat(t, "0.8", "0.15", "0.05"), rat(t, "0.2", "0.5", "0.3"), rat(t, "0", "0", "1"),
	})
	if err != nil {
		t.Fatal(err)
	}
	n, err := c.Fundamental()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "active", n[0], rat(t, "50/7", "15/7", "0"))
	same(t, "dormant", n[1], rat(t, "20/7", "20/7", "0"))
	periods, err := c.ExpectedPeriods()
	if err != nil {
		t.Fatal(err)
	}
	same(t, "periods", periods, rat(t, "65/7", "40/7", "0"))
	back, err := c.Return(1, 0)
	if err != nil || back.RatString() != "2/5" {
		t.Errorf("a dormant customer comes back with probability %v, %v; want 2/5", back, err)
	}
	reward := rat(t, "10", "0", "0")
	value, err := c.Value(reward, new(big.Rat))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "undiscounted", value, rat(t, "500/7", "200/7", "0"))
	if value, err = c.Value(reward, rat(t, "0.1")[0]); err != nil {
		t.Fatal(err)
	}
	same(t, "discounted", value, rat(t, "44", "44/3", "0"))
	end, err := c.Absorption()
	if err != nil {
		t.Fatal(err)
	}
	for i := range end {
		same(t, "absorption", end[i], rat(t, "0", "0", "1"))
	}
}

func TestChainRefuses(t *testing.T) {
	for name, rows := range map[string][][]*big.Rat{
		"too few rows":     {rat(t, "1", "0")},
		"a short row":      {rat(t, "1"), rat(t, "0", "1")},
		"a negative":       {rat(t, "2", "-1"), rat(t, "0", "1")},
		"not one":          {rat(t, "1/2", "1/3"), rat(t, "0", "1")},
		"a missing number": {{nil, big.NewRat(1, 1)}, rat(t, "0", "1")},
	} {
		if _, err := journey.NewChain([]string{"a", "b"}, rows); !errors.Is(err, metric.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := journey.NewChain([]string{"a", "a"}, [][]*big.Rat{rat(t, "1", "0"), rat(t, "0", "1")}); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a name that is there twice: %v", err)
	}
	round, err := journey.NewChain([]string{"a", "b", "c"}, [][]*big.Rat{rat(t, "0", "1", "0"), rat(t, "1", "0", "0"), rat(t, "0", "0", "1")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := round.Fundamental(); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("states that go round for ever: %v", err)
	}
	if _, err := round.Value(rat(t, "1", "1", "0"), new(big.Rat)); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("without discount: %v", err)
	}
	if _, err := round.Value(rat(t, "1", "1", "0"), rat(t, "1/10")[0]); err != nil {
		t.Errorf("with discount: %v", err)
	}
	c := recency(t, "0.5")
	if _, err := c.Value(rat(t, "1", "1"), new(big.Rat)); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("a reward for ever: %v", err)
	}
	if _, err := c.Value(rat(t, "1"), new(big.Rat)); !errors.Is(err, metric.ErrInput) {
		t.Errorf("too few rewards: %v", err)
	}
	if _, err := c.Value(rat(t, "1", "0"), rat(t, "-1")[0]); !errors.Is(err, metric.ErrInput) {
		t.Errorf("a negative discount: %v", err)
	}
	if _, err := c.Return(0, 1); !errors.Is(err, metric.OutOfDomain) {
		t.Errorf("return to an absorbing state: %v", err)
	}
}

// On random chains: the value solves its own equation, values within more and more periods
// approach it, and customers end somewhere.
func TestChainLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		n := 2 + r.IntN(5)
		states, rows, reward := make([]string, n), make([][]*big.Rat, n), make([]*big.Rat, n)
		for i := range rows {
			states[i], reward[i] = fmt.Sprint("s", i), big.NewRat(r.Int64N(21)-10, 1)
			rows[i] = rat(t, make0(n)...)
			if i >= n-1-r.IntN(2) {
				rows[i][i].SetInt64(1)
				continue
			}
			left := int64(20)
			for j := range n - 1 {
				x := r.Int64N(left)
				rows[i][j].SetFrac64(x, 20)
				left -= x
			}
			rows[i][n-1].Add(rows[i][n-1], big.NewRat(left, 20))
		}
		c, err := journey.NewChain(states, rows)
		if err != nil {
			t.Fatal(err)
		}
		d := big.NewRat(1+r.Int64N(30), 100)
		v, err := c.Value(reward, d)
		if err != nil {
			t.Fatal(err)
		}
		factor := new(big.Rat).Inv(new(big.Rat).Add(big.NewRat(1, 1), d))
		for i := range v {
			next := new(big.Rat)
			for j, x := range rows[i] {
				next.Add(next, new(big.Rat).Mul(x, v[j]))
			}
			if next.Mul(next, factor).Add(next, reward[i]).Cmp(v[i]) != 0 {
				t.Fatalf("state %d: the value does not solve its equation", i)
			}
		}
		end, err := c.Absorption()
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range end {
			sum := new(big.Rat)
			for _, x := range row {
				sum.Add(sum, x)
			}
			if sum.Cmp(big.NewRat(1, 1)) != 0 {
				t.Errorf("state %d ends somewhere with probability %s", i, sum.RatString())
			}
		}
	}
}

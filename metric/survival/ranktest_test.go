package survival

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/openlifecycle/lifecycle/metric"
)

// slowRank computes the statistic for two groups by counting everything anew at each time.
func slowRank(o RankOptions, a, b []Observation) (chi float64) {
	strata := map[int]bool{}
	for _, x := range append(append([]Observation(nil), a...), b...) {
		strata[x.Stratum] = true
	}
	var difference, variance float64
	for stratum := range strata {
		count := func(list []Observation, at float64) (n, d float64) {
			for _, x := range list {
				if x.Stratum != stratum {
					continue
				}
				if x.Exit >= at && (x.Entry < at || x.Entry == 0) {
					n += x.Weight
				}
				if x.Exit == at && x.Cause != Censored {
					d += x.Weight
				}
			}
			return n, d
		}
		surv, peto := 1.0, 1.0
		for at := 0.5; at < 7; at += 0.5 {
			n1, d1 := count(a, at)
			n2, d2 := count(b, at)
			n, d := n1+n2, d1+d2
			if d == 0 {
				continue
			}
			peto *= 1 - d/(n+1)
			w := 1.0
			switch o.Weights {
			case Wilcoxon:
				w = n
			case TaroneWare:
				w = math.Sqrt(n)
			case Peto:
				w = peto
			case FlemingHarringtonG:
				w = math.Pow(surv, o.Rho) * math.Pow(1-surv, o.Gamma)
			}
			surv *= 1 - d/n
			difference += w * (d1 - d*n1/n)
			if n > 1 {
				variance += w * w * n1 * n2 * d * (n - d) / (n * n * (n - 1))
			}
		}
	}
	return difference * difference / variance
}

func TestRankAgainstSlow(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for n := range 200 {
		a, b := hostile(r, 5+r.IntN(30)), hostile(r, 5+r.IntN(30))
		o := RankOptions{Weights: RankWeights(n % 5)}
		if o.Weights == FlemingHarringtonG {
			o.Rho, o.Gamma = float64(n%3), float64(n%2)
		}
		got := must[*RankResult](t)(RankTest(o, Group{"a", sample(t, Day, a...)}, Group{"b", sample(t, Day, b...)}))
		want := slowRank(o, a, b)
		near(t, o.String(), got.ChiSquare, want, 1e-9*max(1, want))
		expanded := must[*RankResult](t)(RankTest(o, Group{"b", sample(t, Day, expand(b)...)}, Group{"a", sample(t, Day, expand(a)...)}))
		near(t, "other order, weights repeated", expanded.ChiSquare, want, 1e-9*max(1, want))
		var left float64 // what is observed more than expected adds up to nothing
		for _, g := range got.Groups {
			left += g.Observed - g.Expected
		}
		near(t, "sum of differences", left, 0, 1e-9*max(1, got.Groups[0].Observed))
	}
}

// For one covariate that tells three groups apart by two indicators, and no ties, the score
// test of Cox is the log-rank test.
func TestLogRankIsTheScoreTest(t *testing.T) {
	r := rand.New(rand.NewPCG(15, 16))
	const n = 60
	list := make([]Observation, n)
	group := make([]string, n)
	x := []Covariate{{Name: "b", Values: make([]float64, n)}, {Name: "c", Values: make([]float64, n)}}
	for i := range list {
		list[i] = Observation{Exit: r.ExpFloat64() + 0.01, Cause: r.IntN(2)}
		g := r.IntN(3)
		group[i] = string(rune('a' + g))
		if g > 0 {
			x[g-1].Values[i] = 1
		}
	}
	groups := must[[]Group](t)(GroupBy(Day, list, func(i int) string { return group[i] }))
	rank := must[*RankResult](t)(RankTest(RankOptions{}, groups...))
	cox := must[*CoxModel](t)(sample(t, Day, list...).Cox(x, CoxOptions{}))
	near(t, "chi-squared", cox.Score().ChiSquare, rank.ChiSquare, 1e-9)
	if rank.DF != 2 {
		t.Errorf("df %d, want 2", rank.DF)
	}
}

func TestRankEdges(t *testing.T) {
	early := Group{"early", sample(t, Day, Observation{Exit: 1, Cause: 1})}
	late := Group{"late", sample(t, Day, Observation{Entry: 2, Exit: 3, Cause: 1})}
	_, err := RankTest(RankOptions{}, early, late)
	isUndefined(t, err, metric.OutOfDomain)
	open := Group{"open", sample(t, Day, Observation{Exit: 1})}
	_, err = RankTest(RankOptions{}, open, Group{"other", open.Sample})
	isUndefined(t, err, metric.EmptyPopulation)
	_, err = RankTest(RankOptions{}, open)
	isInput(t, err, "groups")
	_, err = RankTest(RankOptions{}, open, open)
	isInput(t, err, "two groups")
	_, err = RankTest(RankOptions{}, open, Group{"weeks", sample(t, Week)})
	isInput(t, err, "weeks")
	_, err = RankTest(RankOptions{}, open, Group{Name: "none"})
	isInput(t, err, "none")
	_, err = RankTest(RankOptions{Rho: 1}, open, late)
	isInput(t, err, "rho")
	_, err = RankTest(RankOptions{Weights: FlemingHarringtonG, Rho: -1}, open, late)
	isInput(t, err, "rho")
	// An empty group does not take part.
	r := must[*RankResult](t)(RankTest(RankOptions{}, Group{"a", sample(t, Day, Observation{Exit: 1, Cause: 1}, Observation{Exit: 3})},
		Group{"b", sample(t, Day, Observation{Exit: 2, Cause: 1}, Observation{Exit: 3})}, Group{"c", sample(t, Day)}))
	if r.DF != 1 {
		t.Errorf("df %d, want 1", r.DF)
	}
}

package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The figures of the sample, computed again from its lines in other ways: curves as exact
// products of fractions, with a pass over all subscribers at each month; the log-rank test
// from its definition; the Cox model by the likelihood at and around what was reported.

type person struct {
	tenure  int64
	churned bool
	group   string
	charge  float64
}

// people reads the sample; column is that of the group.
func people(t *testing.T, column int) []person {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(sample))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	var all []person
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, ",")
		tenure, err := strconv.ParseInt(f[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		charge, err := strconv.ParseFloat(f[5], 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, person{tenure, f[1] == "Yes", f[column], charge})
	}
	if len(all) != 7043 {
		t.Fatalf("%d people", len(all))
	}
	return all
}

// counts returns how many were at risk just before a month and churned in it. No group is
// all.
func counts(all []person, month int64, group string) (atRisk, churned int64) {
	for _, p := range all {
		if p.tenure >= month && (group == "" || p.group == group) {
			atRisk++
			if p.churned && p.tenure == month {
				churned++
			}
		}
	}
	return atRisk, churned
}

const lastMonth = 72

// near compares with what ten printed digits allow.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func float(r *big.Rat) float64 { f, _ := r.Float64(); return f }

const z95 = 1.959963984540054 // the 0.975 quantile of the normal distribution

func TestCurvesOfTheSample(t *testing.T) {
	for by, column := range map[string]int{"contract": 2, "internet": 3, "payment": 4} {
		got := figures(t, "", "-by", by, "-at", "1,6,12,24,72")
		all := people(t, column)
		groups := map[string]bool{}
		for _, p := range all {
			groups[p.group] = true
		}
		for name := range groups {
			total, _ := counts(all, 0, name)
			s, v := big.NewRat(1, 1), new(big.Rat) // survival, Greenwood's sum
			area := new(big.Rat)
			churned, median := int64(0), math.NaN()
			var areas []*big.Rat // from month to month
			var terms []*big.Rat // of Greenwood's sum
			for month := int64(0); month <= lastMonth; month++ {
				if month > 0 {
					area.Add(area, s)
					areas = append(areas, new(big.Rat).Set(s))
				}
				n, d := counts(all, month, name)
				churned += d
				s.Mul(s, big.NewRat(n-d, n))
				term := big.NewRat(d, n*(n-d))
				v.Add(v, term)
				terms = append(terms, term)
				if math.IsNaN(median) && s.Cmp(big.NewRat(1, 2)) <= 0 {
					median = float64(month) // No curve of the sample is exactly at 1/2.
				}
				key := [3]string{name, "survival", strconv.FormatInt(month, 10)}
				e, asked := got[key]
				if !asked {
					continue
				}
				near(t, by+" "+strings.Join(key[:], " "), e.value, float(s))
				if s.Cmp(big.NewRat(1, 1)) == 0 {
					if !math.IsNaN(e.lower) || !math.IsNaN(e.upper) {
						t.Errorf("%v has an interval", key)
					}
					continue
				}
				// The log-log interval: normal for log(-log S).
				h := -math.Log(float(s))
				w := z95 * math.Sqrt(float(v)) / h
				near(t, "its lower limit", e.lower, math.Exp(-h*math.Exp(w)))
				near(t, "its upper limit", e.upper, math.Exp(-h*math.Exp(-w)))
			}
			// The variance of the area: each month's term with the area after it, squared.
			variance := new(big.Rat)
			for month := range areas {
				rest := new(big.Rat)
				for _, a := range areas[month:] {
					rest.Add(rest, a)
				}
				variance.Add(variance, rest.Mul(rest, rest).Mul(rest, terms[month]))
			}
			mean := got[[3]string{name, "restricted_mean", "72"}]
			half := z95 * math.Sqrt(float(variance))
			near(t, by+" "+name+" mean", mean.value, float(area))
			near(t, "its lower limit", mean.lower, float(area)-half)
			near(t, "its upper limit", mean.upper, min(float(area)+half, lastMonth))

			near(t, name+" subscribers", got[[3]string{name, "subscribers", ""}].value, float64(total))
			near(t, name+" churned", got[[3]string{name, "churned", ""}].value, float64(churned))
			near(t, name+" share", got[[3]string{name, "churned_share", ""}].value, float64(churned)/float64(total))
			e := got[[3]string{name, "median", ""}]
			if math.IsNaN(median) != math.IsNaN(e.value) || !math.IsNaN(median) && e.value != median {
				t.Errorf("%s %s: median %v, want %v", by, name, e.value, median)
			}
		}
	}
}

func TestLogRankOfTheSample(t *testing.T) {
	all := people(t, 2)
	groups := []string{"One year", "Two year"} // The third follows from these.
	var o, v [2]*big.Rat                       // observed less expected; variances
	cov := new(big.Rat)
	for i := range o {
		o[i], v[i] = new(big.Rat), new(big.Rat)
	}
	for month := int64(0); month <= lastMonth; month++ {
		n, d := counts(all, month, "")
		if d == 0 {
			continue
		}
		var at [2]int64
		common := big.NewRat(d*(n-d), (n-1)*n*n)
		for i, g := range groups {
			ni, di := counts(all, month, g)
			at[i] = ni
			o[i].Add(o[i], big.NewRat(di, 1)).Sub(o[i], big.NewRat(d*ni, n))
			v[i].Add(v[i], new(big.Rat).Mul(common, big.NewRat(ni*(n-ni), 1)))
		}
		cov.Sub(cov, new(big.Rat).Mul(common, big.NewRat(at[0]*at[1], 1)))
	}
	x, y, a, b, c := float(o[0]), float(o[1]), float(v[0]), float(v[1]), float(cov)
	got := figures(t, "")
	chi := got[[3]string{"", "log_rank_chi_squared", ""}].value
	near(t, "chi-squared", chi, (x*x*b-2*x*y*c+y*y*a)/(a*b-c*c))
	near(t, "df", got[[3]string{"", "log_rank_df", ""}].value, 2)
	// With two degrees of freedom, p is exp(-chi²/2), here less than the least number.
	near(t, "p", got[[3]string{"", "log_rank_p", ""}].value, math.Exp(-chi/2))
}

func TestHazardsOfTheSample(t *testing.T) {
	got := figures(t, "")
	names := []string{"One year", "Two year", "monthly_charge"}
	beta, se := make([]float64, 3), make([]float64, 3)
	for i, name := range names {
		e := got[[3]string{name, "hazard_ratio", ""}]
		beta[i] = math.Log(e.value)
		se[i] = math.Log(e.upper/e.lower) / (2 * z95)
		if p := got[[3]string{name, "hazard_ratio_p", ""}].value; !(math.Abs(p-math.Erfc(math.Abs(beta[i])/se[i]/math.Sqrt2)) < 1e-6) {
			t.Errorf("%s: p is %v", name, p)
		}
	}
	all := people(t, 2)
	// Efron's partial likelihood, from its definition.
	logLikelihood := func(b []float64) (l float64) {
		score := func(p person) float64 {
			switch p.group {
			case "One year":
				return b[0] + b[2]*p.charge
			case "Two year":
				return b[1] + b[2]*p.charge
			}
			return b[2] * p.charge
		}
		for month := int64(0); month <= lastMonth; month++ {
			var risk, tied float64
			d := 0
			for _, p := range all {
				if p.tenure < month {
					continue
				}
				e := math.Exp(score(p))
				risk += e
				if p.churned && p.tenure == month {
					tied += e
					l += score(p)
					d++
				}
			}
			for k := range d {
				l -= math.Log(risk - tied*float64(k)/float64(d))
			}
		}
		return l
	}
	const h = 1e-2 // in standard errors
	var information [3][3]float64
	at := func(i, j int, x, y float64) float64 {
		b := slices.Clone(beta)
		b[i] += x * h * se[i]
		b[j] += y * h * se[j]
		return logLikelihood(b)
	}
	for i, name := range names {
		// The slope per standard error is nil at the maximum.
		if slope := (at(i, i, 1, 0) - at(i, i, -1, 0)) / (2 * h); math.Abs(slope) > 1e-4 {
			t.Errorf("%s: the likelihood still has a slope of %v", name, slope)
		}
		for j := range names {
			information[i][j] = -(at(i, j, 1, 1) - at(i, j, 1, -1) - at(i, j, -1, 1) + at(i, j, -1, -1)) / (4 * h * h)
		}
	}
	// In units of the reported standard errors, the inverse of the information has 1 on its
	// diagonal.
	m := information
	det := m[0][0]*(m[1][1]*m[2][2]-m[1][2]*m[2][1]) - m[0][1]*(m[1][0]*m[2][2]-m[1][2]*m[2][0]) + m[0][2]*(m[1][0]*m[2][1]-m[1][1]*m[2][0])
	for i, name := range names {
		j, k := (i+1)%3, (i+2)%3
		if v := (m[j][j]*m[k][k] - m[j][k]*m[k][j]) / det; math.Abs(v-1) > 1e-3 {
			t.Errorf("%s: its variance is %v of what its interval says", name, v)
		}
	}
}

// By hand: basic has 5 subscribers who leave at 1, at 2 (when another one's time is up) and
// at 4, of 2 then at risk; so S is 4/5, 3/5 and 3/10, and the area to 8 has no end. Team
// leaves at 5 of 3 and at 9 of 1.
func TestOwnFileByHand(t *testing.T) {
	got := figures(t, "", ownFile()...)
	for key, want := range map[[3]string]float64{
		{"basic", "survival", "2"}:       0.6,
		{"basic", "survival", "4"}:       0.3,
		{"basic", "median", ""}:          4,
		{"basic", "churned_share", ""}:   0.6,
		{"team", "survival", "4"}:        1,
		{"team", "survival", "8"}:        2.0 / 3,
		{"team", "median", ""}:           9,
		{"team", "restricted_mean", "8"}: 5 + 3*2.0/3,
		{"team", "churned_share", ""}:    0.5,
		{"", "log_rank_df", ""}:          1,
		// At 1: 5 of 9 basic, at 2: 4 of 8, at 4: 2 of 5 (3 of team), 5: 1 of 4, 9: 0 of 1.
		{"", "log_rank_chi_squared", ""}: math.Pow(3-5.0/9-4.0/8-2.0/5-1.0/4, 2) / (5*4.0/81 + 1.0/4 + 6.0/25 + 3.0/16),
	} {
		near(t, strings.Join(key[:], " "), got[key].value, want)
	}
	// With one degree of freedom, the root of chi-squared is normal.
	chi := got[[3]string{"", "log_rank_chi_squared", ""}].value
	near(t, "p", got[[3]string{"", "log_rank_p", ""}].value, math.Erfc(math.Sqrt(chi/2)))
	for _, key := range [][3]string{{"basic", "survival", "8"}, {"basic", "restricted_mean", "8"}} {
		if e := got[key]; e.undefined != "insufficient_history" || !math.IsNaN(e.value) {
			t.Errorf("%v is %+v", key, e)
		}
	}
}

package survival

import (
	"math"
	"strconv"

	"gonum.org/v1/gonum/mathext"

	"github.com/openlifecycle/lifecycle/metric"
)

// Optional is a number that may not exist, such as the upper limit of a median that the
// data cannot bound. Where Valid is false, Value is 0.
type Optional struct {
	Value float64
	Valid bool
}

// some returns v, or nothing for what is no number.
func some(v float64) Optional {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Optional{}
	}
	return Optional{Value: v, Valid: true}
}

// String returns the number, or "-".
func (o Optional) String() string {
	if !o.Valid {
		return "-"
	}
	return number(o.Value, 6)
}

// MarshalJSON returns the number, or null.
func (o Optional) MarshalJSON() ([]byte, error) {
	if !o.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, o.Value, 'g', -1, 64), nil
}

// Estimate is an estimated number with its standard error and its interval at the
// confidence level that was asked for.
type Estimate struct {
	Value  float64
	StdErr Optional // of Value
	Lower  Optional
	Upper  Optional
	Level  float64 // of the interval: 0.95
}

// String returns "0.8 (95% 0.6 to 0.9)".
func (e Estimate) String() string { return number(e.Value, 6) + e.interval() }

func (e Estimate) interval() string {
	if !e.Lower.Valid && !e.Upper.Valid {
		return ""
	}
	return " (" + number(100*e.Level, 6) + "% " + e.Lower.String() + " to " + e.Upper.String() + ")"
}

// TimeEstimate is an estimated time in a unit.
type TimeEstimate struct {
	Estimate
	Unit Unit
}

// String returns "310 days (95% 285 to 363)".
func (e TimeEstimate) String() string { return e.Unit.quantity(e.Value) + e.interval() }

// Duration returns the value as a duration. It is false for units without a fixed length.
func (e TimeEstimate) Duration() (metric.Duration, bool) { return e.Unit.Duration(e.Value) }

// Test is the result of a test whose statistic has a chi-squared distribution when there is
// nothing to find.
type Test struct {
	ChiSquare float64
	DF        int     // degrees of freedom
	P         float64 // the probability of a statistic at least as large
}

// String returns "chi-squared 10.3267 on 1 df, p 0.00131116".
func (t Test) String() string {
	return "chi-squared " + number(t.ChiSquare, 6) + " on " + strconv.Itoa(t.DF) + " df, p " + number(t.P, 6)
}

func chiSquareTest(statistic float64, df int) Test {
	statistic = max(statistic, 0) // not below for rounding
	return Test{ChiSquare: statistic, DF: df, P: mathext.GammaIncRegComp(float64(df)/2, statistic/2)}
}

// twoSided returns the probability of a normal value at least as far from 0 as z.
func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// normalEstimate returns v with standard error and normal interval.
func normalEstimate(v, variance, z, level float64) Estimate {
	se := math.Sqrt(max(variance, 0))
	return Estimate{Value: v, StdErr: some(se), Lower: some(v - z*se), Upper: some(v + z*se), Level: level}
}

// logEstimate returns v with the interval that is normal for log v, whose variance is given.
func logEstimate(v, variance, z, level float64) Estimate {
	se := math.Sqrt(max(variance, 0))
	return Estimate{Value: v, StdErr: some(v * se), Lower: some(v * math.Exp(-z*se)), Upper: some(v * math.Exp(z*se)), Level: level}
}

// checkLevel returns the confidence level with its default and the normal quantile for it.
func checkLevel(level float64) (l, z float64, err error) {
	if level == 0 {
		level = 0.95
	}
	if !(level > 0 && level < 1) {
		return 0, 0, inputErrorf("confidence level %v is not between 0 and 1", level)
	}
	return level, normalQuantile(0.5 + level/2), nil
}

// number returns v with so many significant digits.
func number(v float64, digits int) string {
	if v == 0 {
		return "0" // not "-0"
	}
	if a := math.Abs(v); a >= 1e-4 && a < 1e15 {
		if a >= math.Pow10(digits) {
			return strconv.FormatFloat(v, 'f', 0, 64)
		}
		return trimZeros(strconv.FormatFloat(v, 'f', digits-1-int(math.Floor(math.Log10(a))), 64))
	}
	return strconv.FormatFloat(v, 'g', digits, 64)
}

// trimZeros drops the zeros after the last other decimal.
func trimZeros(s string) string {
	end := len(s)
	for i := range s {
		if s[i] != '.' {
			continue
		}
		for s[end-1] == '0' {
			end--
		}
		if end-1 == i {
			end = i
		}
		break
	}
	return s[:end]
}

// normalQuantile returns the z below which a standard normal is with probability p.
func normalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

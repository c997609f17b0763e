package survival

import (
	"strconv"
	"strings"
)

// Options are the conventions of curves. The zero value is the default, that of R's
// survival: 95 % intervals that are normal for log S, quantiles in the middle of a flat
// piece, the plain Nelson–Aalen sum, and nothing beyond the end of observation.
type Options struct {
	Level    float64      // confidence level of intervals; 0 means 0.95
	Interval IntervalType // how intervals are formed
	Quantile QuantileRule // what the quantile is when the curve is flat there
	Hazard   HazardTies   // how the cumulative hazard treats ties

	// Extend carries the last value of a curve on beyond the end of observation, as
	// extend=TRUE does in R. Without it, what lies there is undefined, unless the curve
	// has reached 0.
	Extend bool
}

// String lists what differs from the default, as in "level 0.9, log-log interval", and is
// "default" for the zero value.
func (o Options) String() string {
	var s differences
	if o.Level != 0 && o.Level != 0.95 {
		s.add("level " + strconv.FormatFloat(o.Level, 'g', -1, 64))
	}
	if o.Interval != LogInterval {
		s.add(o.Interval.String() + " interval")
	}
	if o.Quantile != Midpoint {
		s.add("quantiles at the " + o.Quantile.String())
	}
	if o.Hazard != PlainHazard {
		s.add(o.Hazard.String() + " hazard")
	}
	if o.Extend {
		s.add("extended")
	}
	return s.String()
}

// check returns the confidence level and its normal quantile.
func (o Options) check() (level, z float64, err error) {
	switch {
	case int(o.Interval) >= len(intervalNames):
		return 0, 0, inputErrorf("interval type %d is unknown", o.Interval)
	case int(o.Quantile) >= len(quantileNames):
		return 0, 0, inputErrorf("quantile rule %d is unknown", o.Quantile)
	case int(o.Hazard) >= len(hazardNames):
		return 0, 0, inputErrorf("hazard rule %d is unknown", o.Hazard)
	}
	return checkLevel(o.Level)
}

// differences joins what differs from the default.
type differences []string

func (d *differences) add(text string) { *d = append(*d, text) }

func (d differences) String() string {
	if len(d) == 0 {
		return "default"
	}
	return strings.Join(d, ", ")
}

// QuantileRule says what a quantile is when the curve is flat at exactly its height.
type QuantileRule uint8

const (
	// Midpoint is the middle of the flat piece, as in R: the median of uncensored 1, 2, 3, 4
	// is 2.5. A piece that lasts to the end of observation has no middle; then it is its
	// first time.
	Midpoint QuantileRule = iota

	// FirstTime is the first time at which the curve is not above that height, as in
	// lifelines and SQL's percentile_disc: the median of 1, 2, 3, 4 is 2.
	FirstTime
)

var quantileNames = [...]string{Midpoint: "midpoint", FirstTime: "first time"}

// String returns "midpoint" or "first time".
func (r QuantileRule) String() string { return nameOf(quantileNames[:], int(r)) }

// HazardTies says how much the cumulative hazard grows when several events fall on one
// time.
type HazardTies uint8

const (
	// PlainHazard adds d/n for d events among n at risk, the Nelson–Aalen estimator.
	PlainHazard HazardTies = iota

	// FlemingHarrington adds 1/n + 1/(n-1) + ... + 1/(n-d+1), as if the tied events had come
	// one after the other. It is the default of lifelines, and ctype=2 in R. It needs
	// weights that are whole numbers.
	FlemingHarrington
)

var hazardNames = [...]string{PlainHazard: "plain", FlemingHarrington: "Fleming-Harrington"}

// String returns "plain" or "Fleming-Harrington".
func (h HazardTies) String() string { return nameOf(hazardNames[:], int(h)) }

func nameOf(names []string, i int) string {
	if i >= len(names) {
		return "unknown"
	}
	return names[i]
}

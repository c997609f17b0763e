package metric

import (
	"testing"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/shopspring/decimal"
)

func TestRounding(t *testing.T) {
	third, _ := exact.FromInt64(1).Quo(exact.FromInt64(3))
	for _, tt := range []struct {
		r    Rounding
		f    exact.Fraction
		want string
	}{
		{Rounding{}, third, "0.3333333333333333333333333333"},
		{Rounding{}, third.Add(third), "0.6666666666666666666666666667"},
		{RoundTo(28, RoundHalfAwayFromZero), third, "0.3333333333333333333333333333"},
		{RoundTo(34, RoundDown), third, "0.3333333333333333333333333333333333"},
		{RoundTo(0, RoundHalfAwayFromZero), exact.FromUnits(25, 1), "3"},
		{RoundTo(0, RoundHalfAwayFromZero), exact.FromUnits(-25, 1), "-3"},
		{RoundTo(0, RoundHalfEven), exact.FromUnits(25, 1), "2"},
		{RoundTo(0, RoundHalfEven), exact.FromUnits(35, 1), "4"},
		{RoundTo(0, RoundDown), exact.FromUnits(-29, 1), "-2"},
		{RoundTo(0, RoundUp), exact.FromUnits(-21, 1), "-3"},
		{RoundTo(0, RoundFloor), exact.FromUnits(-21, 1), "-3"},
		{RoundTo(0, RoundCeiling), exact.FromUnits(-29, 1), "-2"},
		{RoundTo(0, RoundCeiling), exact.FromUnits(21, 1), "3"},
		{RoundTo(2, RoundHalfEven), exact.FromUnits(15, 1), "1.5"}, // no zeros that tell of the rounding
	} {
		if got := tt.r.round(tt.f); plain(got) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.r, plain(got), tt.want)
		}
	}
}

func TestRoundingOptions(t *testing.T) {
	var zero Rounding
	if !zero.IsZero() || zero.Places() != 28 || zero.Mode() != RoundHalfAwayFromZero {
		t.Errorf("the default is %s", zero)
	}
	for places := 0; places <= 34; places++ {
		if r := RoundTo(places, RoundFloor); r.Places() != places || r.Mode() != RoundFloor || r.IsZero() {
			t.Errorf("RoundTo(%d, floor) is %s", places, r)
		}
	}
	for _, f := range []func(){
		func() { RoundTo(-1, RoundDown) },
		func() { RoundTo(35, RoundDown) },
		func() { RoundTo(2, RoundCeiling+1) },
	} {
		if !panics(f) {
			t.Error("a rounding that does not exist was made")
		}
	}
	for m := RoundHalfAwayFromZero; m <= RoundCeiling; m++ {
		text, err := m.MarshalText()
		var got RoundingMode
		if err != nil || got.UnmarshalText(text) != nil || got != m {
			t.Errorf("mode %d becomes %q and %d", m, text, got)
		}
	}
	if _, err := (RoundCeiling + 1).MarshalText(); err == nil {
		t.Error("an unknown mode was written")
	}
	if err := new(RoundingMode).UnmarshalText([]byte("half_up")); err == nil {
		t.Error("an unknown mode was read")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func dec(s string) decimal.Decimal {
	d, err := exact.ParseDecimal(s)
	if err != nil {
		panic(err)
	}
	return d
}

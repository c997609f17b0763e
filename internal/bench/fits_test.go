package main

import "testing"

// Customers group, and their fit is found.
func TestFit(t *testing.T) {
	f, err := timeFit(fitSizes[0], &settings{seed: 1, runs: 1})
	if err != nil {
		t.Fatal(err)
	}
	if f.Customers != 2_357 || f.Distinct < 500 || f.Distinct > 2_000 || f.FitMS <= 0 {
		t.Errorf("%+v", f)
	}
}

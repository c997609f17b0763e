package main

import (
	"math/big"
	"strings"
	"testing"
)

// numbers is a registry of one base metric, two derived from it and a relation.
func numbers(t *testing.T, rule, quantity, first, second, relation string) map[string]string {
	t.Helper()
	text := `domain: num
title: Numbers
about: Numbers for the tests of relations.
subjects: [All]
metrics:
`
	block := func(name, fields, formula, result string) {
		text += `  - id: num.` + name + `
    name: The ` + name + `
    subject: All
    stage: grow
    definition: Quantity without a meaning that is written down for the tests of relations between two metrics.
    question: How much is it?
    quantity: ` + quantity + `
    unit: "1"
    direction: none
    time: period
    sources: [{title: house}]
    since: 0.1.0
    stability: beta
` + fields
		if formula != "" {
			text += "    formula: " + formula + "\n    examples: [{inputs: {given: \"1\"}, result: \"" + result + "\"}]\n"
		}
	}
	block("given", "    range: \""+rule+"\"\n    rollup: {time: sum, population: sum}\n", "", "")
	formula, result, _ := strings.Cut(first, " = ")
	block("first", "    relations: [{"+relation+": second}]\n", formula, result)
	formula, result, _ = strings.Cut(second, " = ")
	block("second", "", formula, result)
	return map[string]string{"num.yaml": text}
}

// TestRelations proves what holds on the whole range of the data and refuses what holds on
// a part of it only.
func TestRelations(t *testing.T) {
	for _, tt := range []struct {
		name, rule, quantity, first, second, relation string
		reason                                        string // "" when it holds
	}{
		{"complement", "[0, 1]", "ratio", "1 - given = 0", "given + 0 = 1", "complement", ""},
		{"complement, unbounded", "(-inf, inf)", "ratio", "1 - given = 0", "given + 0 = 1", "complement", ""},
		{"no complement", "[0, 1]", "ratio", "1 - given = 0", "given * given = 1", "complement", "does not hold"},
		{"inverse", "(0, inf)", "number", "2 * given = 2", "pow(2 * 1, 1) * given / 4 = 1/2", "inverse", "does not hold"},
		{"twice is at least once", "[0, inf)", "number", "2 * given = 2", "given + 0 = 1", "at_least", ""},
		{"twice is less for the negative", "(-inf, inf)", "number", "2 * given = 2", "given + 0 = 1", "at_least", "does not hold"},
		{"square is at most its root", "[0, 1]", "ratio", "given * given = 1", "given + 0 = 1", "at_most", ""},
		{"square is more above one", "[0, inf)", "ratio", "given * given = 1", "given + 0 = 1", "at_most", "does not hold"},
		{"square is not negative", "(-inf, inf)", "number", "given * given = 1", "given - given = 0", "at_least", ""},
		{"counter says nothing", "(-inf, inf)", "number", "2 * given = 2", "given + 0 = 1", "counter", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := run(catalogue(t, numbers(t, tt.rule, tt.quantity, tt.first, tt.second, tt.relation)), false)
			switch {
			case tt.reason == "" && err != nil:
				t.Error(err)
			case tt.reason != "" && (err == nil || !strings.Contains(err.Error(), tt.reason)):
				t.Errorf("%v, want ... %s", err, tt.reason)
			}
		})
	}
}

// TestNeverDefined refuses a relation of which no draw defines both sides.
func TestNeverDefined(t *testing.T) {
	registry := numbers(t, "[5000, inf)", "number", "2 * given = 10000", "given + 0 = 5000", "at_least")
	registry["num.yaml"] = strings.ReplaceAll(registry["num.yaml"], `{given: "1"}`, `{given: "5000"}`)
	err := run(catalogue(t, registry), false)
	if err == nil || !strings.Contains(err.Error(), "num.first: relations: at_least num.second: only 0 of") {
		t.Errorf("%v", err)
	}
}

func TestHolds(t *testing.T) {
	for _, tt := range []struct {
		kind string
		a, b string
		want bool
	}{
		{"complement", "1/4", "3/4", true}, {"complement", "-1", "2", true}, {"complement", "1/4", "1/4", false},
		{"inverse", "2", "1/2", true}, {"inverse", "-3/2", "-2/3", true}, {"inverse", "2", "2", false}, {"inverse", "0", "0", false},
		{"at_most", "1", "1", true}, {"at_most", "1", "2", true}, {"at_most", "2", "1", false}, {"at_most", "-2", "1", true},
		{"at_least", "1", "1", true}, {"at_least", "2", "1", true}, {"at_least", "1", "2", false}, {"at_least", "1", "-2", true},
		{"equal", "1", "1", false}, // no kind
	} {
		a, _ := new(big.Rat).SetString(tt.a)
		b, _ := new(big.Rat).SetString(tt.b)
		if got := holds(tt.kind, a, b); got != tt.want {
			t.Errorf("%s of %s and %s is %t", tt.kind, tt.a, tt.b, got)
		}
	}
}

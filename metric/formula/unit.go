package formula

import (
	"fmt"
	"slices"
	"strings"
)

// unit is a product of powers, sorted by name, without zero powers. nil is the pure number.
type unit []term

type term struct {
	name  string
	power int
}

const maxUnitTerms = 12

// parseUnit reads "money/month/customer", "1" or "1/month".
func parseUnit(text string) (unit, error) {
	var u unit
	rest, sign, terms := text, 1, 0
	for {
		end := strings.IndexAny(rest, "*/")
		name := rest
		if end >= 0 {
			name = rest[:end]
		}
		if terms++; terms > maxUnitTerms {
			return nil, fmt.Errorf("unit %.48q has more than %d factors", text, maxUnitTerms)
		}
		if name != "1" {
			if !isName(name) {
				return nil, fmt.Errorf("unit %.48q is not a product of names such as money/month", text)
			}
			u = u.times(unit{{name, sign}})
		}
		if end < 0 {
			return u, nil
		}
		if sign = 1; rest[end] == '/' {
			sign = -1
		}
		rest = rest[end+1:]
	}
}

func (u unit) times(v unit) unit {
	product := slices.Clone(u)
	for _, t := range v {
		i, found := slices.BinarySearchFunc(product, t.name, func(a term, name string) int {
			return strings.Compare(a.name, name)
		})
		if !found {
			product = slices.Insert(product, i, t)
		} else if product[i].power += t.power; product[i].power == 0 {
			product = slices.Delete(product, i, i+1)
		}
	}
	return product
}

func (u unit) inverse() unit { return u.pow(-1) }

func (u unit) pow(n int) unit {
	if n == 0 {
		return nil
	}
	power := slices.Clone(u)
	for i := range power {
		power[i].power *= n
	}
	return power
}

func (u unit) equal(v unit) bool { return slices.Equal(u, v) }

func (u unit) power(name string) int {
	for _, t := range u {
		if t.name == name {
			return t.power
		}
	}
	return 0
}

// String writes the unit with money first and factors before divisors, as parseUnit reads it.
func (u unit) String() string {
	var over, under []string
	for _, t := range u {
		side := &over
		if t.power < 0 {
			side = &under
		}
		factors := slices.Repeat([]string{t.name}, max(t.power, -t.power))
		if t.name == "money" {
			*side = slices.Insert(*side, 0, factors...)
		} else {
			*side = append(*side, factors...)
		}
	}
	text := "1"
	if len(over) > 0 {
		text = strings.Join(over, "*")
	}
	for _, name := range under {
		text += "/" + name
	}
	return text
}

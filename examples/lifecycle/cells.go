package main

import (
	"math/big"
	"strings"
	"unicode"

	"github.com/openlifecycle/lifecycle/metric"
)

// cellText writes a value for a narrow column of a row whose heading says the currency.
func cellText(d metric.Definition, v metric.Value, currency string) string {
	if kind := v.Kind(); kind.IsDistribution() {
		return distributionText(v)
	}
	text := perTime(d, v).String()
	if currency != "" {
		text = strings.TrimSuffix(text, " "+currency)
	}
	return text
}

// distributionText counts the values; the metrics computed from them have rows of their
// own.
func distributionText(v metric.Value) string {
	text := v.String() // "3 values from 1d to 5d, median 2d"
	count, rest, _ := strings.Cut(text, " ")
	noun, _, _ := strings.Cut(rest, " ")
	return count + " " + strings.TrimSuffix(noun, ",")
}

// perTime converts a value per second into the time base in which people read it.
func perTime(d metric.Definition, v metric.Value) metric.Value {
	factor, ok := secondsPer(d.Per())
	if !ok || v.Kind() != metric.KindMoney {
		return v
	}
	amount, _ := v.Decimal()
	exact := new(big.Rat).Mul(amount.Rat(), big.NewRat(factor, 1))
	// Values have at most 34 decimals, so this is exact but for the last of them.
	converted, err := metric.ParseMoney(exact.FloatString(34) + " " + v.Currency().Code())
	if err != nil {
		return v
	}
	return metric.ValueOf(converted)
}

func secondsPer(base string) (int64, bool) {
	switch base {
	case "minute":
		return 60, true
	case "hour":
		return 3600, true
	case "day":
		return 86400, true
	case "week":
		return 7 * 86400, true
	}
	return 0, false
}

// unitText writes what a value measures, with the currency in place of money. It is ""
// where the value shows it: for counts, shares and durations.
func unitText(d metric.Definition, currency string) string {
	switch d.Kind() {
	case metric.KindMoney, metric.KindNumber:
	default:
		return ""
	}
	unit := d.Unit()
	if unit == "1" {
		return ""
	}
	if _, ok := secondsPer(d.Per()); ok {
		unit = strings.Replace(unit, "/second", "/"+d.Per(), 1)
	}
	if d.Scale() != 1 {
		unit = strings.Replace(unit, "/", "/"+number(int(d.Scale()))+" ", 1)
	}
	if currency == "" {
		return unit
	}
	return strings.Replace(unit, "money", currency, 1)
}

// currency returns the code of the one currency of a metric, "" when there are none or
// several.
func (r row) currency() string { return currencyOf(append([][]outcome{r.all}, r.segments...)...) }

// currencyOf returns the code of the one currency of a row's values, "" when there are
// none or several.
func currencyOf(rows ...[]outcome) string {
	code := ""
	for _, cells := range rows {
		for _, o := range cells {
			if c := o.value.Currency().Code(); c != "" {
				if code != "" && c != code {
					return ""
				}
				code = c
			}
		}
	}
	return code
}

// printable returns text from the log as it can be shown on a terminal.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return quoted(text)
	}
	return text
}

package main

import (
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// checkDecimal reports what is wrong with a number that people may have written in
// another convention.
func checkDecimal(attribute, text string) *event.Rejection {
	digits := strings.TrimPrefix(text, "-")
	switch {
	case strings.Contains(digits, ","):
		return rejection(event.BadNumber, attribute, "%s: decimal commas and separators between thousands are not read; write 1234.50", quoted(text))
	case strings.Count(digits, ".") > 1 || strings.Trim(digits, "0123456789.") != "" || strings.Trim(digits, ".") == "":
		return rejection(event.BadNumber, attribute, "%s is no decimal number such as 1234.50", quoted(text))
	}
	return nil
}

// minorUnits converts an amount in the main unit of a currency, such as 12.34 dollars,
// to its smallest unit, exactly.
func minorUnits(attribute, text, code string) (int64, *event.Rejection) {
	if r := checkDecimal(attribute, text); r != nil {
		return 0, r
	}
	currency, err := metric.ParseCurrency(code)
	if err != nil {
		return 0, rejection(event.BadCurrency, "currency", "%v", err)
	}
	money, err := metric.ParseMoney(text + " " + code)
	if err != nil {
		return 0, rejection(event.BadNumber, attribute, "%v", err)
	}
	units, ok := money.Minor()
	if !ok {
		return 0, rejection(event.BadNumber, attribute, "%s %s does not fit 64 bits of the smallest unit, which has %d decimals",
			quoted(text), currency.Code(), currency.Exponent())
	}
	return units, nil
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
)

func TestCells(t *testing.T) {
	for _, c := range []struct {
		id, value, cell, unit string
	}{
		{"orders.revenue", "1234.50 EUR", "1,234.50", "EUR"},
		{"orders.average_order_value", "20 EUR", "20.00", "EUR/order"},
		{"orders.repeat_purchase_rate", "0.25", "25%", ""},
		{"orders.orders", "1234", "1,234", ""},
		{"orders.items_per_order", "2.5", "2.5", "item/order"},
		{"survey.net_promoter_score", "31", "31", "response/response"},
		{"ads.cost_per_mille", "8 EUR", "8.00", "EUR/1,000 impression"},
		{"sales.cycle_length", "36h", "1d 12h", ""},
		{"sales.sales_cycles", `["1h","2h"]`, "2 values", ""},
		{"sales.sales_cycles", `["1h"]`, "1 value", ""},
		{"sales.sales_cycles", `[]`, "0 values", ""},
		// 0.5 a second is 43,200 a day.
		{"sales.pipeline_velocity", "0.5 EUR", "43,200.00", "EUR/day"},
		{"subscription.arpa", "99 EUR", "99.00", "EUR/month/customer"},
	} {
		d := lookup(t, c.id)
		v, err := metric.ParseValue(d.Kind(), c.value)
		if err != nil {
			t.Fatal(err)
		}
		currency := currencyOf([]outcome{{value: v}})
		if c.id == "survey.net_promoter_score" {
			c.unit = unitText(d, currency) // Its unit is a matter of the catalogue.
		}
		if cell, unit := cellText(d, v, currency), unitText(d, currency); cell != c.cell || unit != c.unit {
			t.Errorf("%s of %s is %q and %q, want %q and %q", c.value, c.id, cell, unit, c.cell, c.unit)
		}
	}
}

func TestSeveralCurrenciesStayInTheCells(t *testing.T) {
	cells := []outcome{{value: metric.ValueOf(metric.EUR("1"))}, {value: metric.ValueOf(metric.USD("2"))}}
	d := lookup(t, "orders.revenue")
	if code := currencyOf(cells); code != "" || cellText(d, cells[1].value, code) != "2.00 USD" || unitText(d, code) != "money" {
		t.Errorf("currency %q, cell %q, unit %q", code, cellText(d, cells[1].value, code), unitText(d, code))
	}
}

func TestTextFromTheLogCannotDriveTheTerminal(t *testing.T) {
	line := strings.Replace(order, `"order_id":"o"`, `"order_id":"o","plan":"\u001b[31m|x"`, 1)
	for _, form := range []string{"text", "markdown"} {
		_, out, _ := lifecycle(line, "-file", "-", "-segment", "plan", "-output", form)
		if strings.Contains(out, "\x1b") || !strings.Contains(out, "x1b") {
			t.Errorf("%s: %q", form, out)
		}
	}
}

func TestProgressOfALongReading(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var out strings.Builder
	p := startProgress(&out, func() time.Time { return now })
	steps := func(n int) {
		for range n {
			p.step()
		}
	}
	steps(3 * progressEvery)
	if p.done(); out.Len() > 0 {
		t.Errorf("a short reading shows %q", out.String())
	}
	now = now.Add(time.Second)
	steps(2 * progressEvery) // The second look at the clock is too soon after the first.
	if out.String() != "\r16,384 lines read" {
		t.Errorf("shown is %q", out.String())
	}
	p.done()
	if want := "\r16,384 lines read\r" + strings.Repeat(" ", 40) + "\r"; out.String() != want {
		t.Errorf("left is %q", out.String())
	}
	var none *progress
	none.step()
	none.done()
	if newProgress(&out) != nil {
		t.Error("a builder is no terminal")
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "0", 7: "7", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := number(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

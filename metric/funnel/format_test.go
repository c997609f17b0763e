package funnel_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/funnel"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shop returns a table with every feature that is printed.
func shop(t *testing.T) *funnel.Table {
	f := must(funnel.Options{
		Steps:     []event.Rule{event.Named("product_viewed"), event.Named("checkout_started"), event.Named("order_completed")},
		Names:     []string{"Produkt \"angesehen\"", "", "Köpt, ja"},
		Window:    24 * time.Hour,
		Breakdown: funnel.Breakdown{Attribute: "channel"},
	})
	visit := func(user, channel string, start time.Duration, gaps ...time.Duration) {
		at := epoch.Add(start)
		for i, name := range []string{"product_viewed", "checkout_started", "order_completed"}[:len(gaps)+1] {
			if i > 0 {
				at = at.Add(gaps[i-1])
			}
			e := event.Event{Name: name, UserID: user, Time: at}
			if channel != "" {
				e.Props = event.NewProps(event.String("channel", channel))
			}
			f.Add(&e)
		}
	}
	visit("ann", "email", 0, 2*time.Minute, 3*time.Minute)
	visit("bob", "email", time.Hour, 4*time.Minute)
	visit("cyd", "search, paid", 2*time.Hour)
	visit("dan", "search, paid", 30*time.Hour, time.Hour)
	visit("eve", "", 31*time.Hour, time.Second, 90*time.Minute)
	period, err := metric.Between(epoch, epoch.AddDate(0, 0, 7))
	if err != nil {
		t.Fatal(err)
	}
	return f.Table(funnel.Query{Entered: period, AsOf: epoch.Add(48 * time.Hour), Times: true})
}

func TestGolden(t *testing.T) {
	table := shop(t)
	compact, err := json.Marshal(table)
	if err != nil {
		t.Fatal(err)
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, compact, "", "  "); err != nil {
		t.Fatal(err)
	}
	indented.WriteByte('\n')
	for file, got := range map[string][]byte{
		"testdata/shop.txt": []byte(table.String()), "testdata/shop.csv": table.AppendCSV(nil), "testdata/shop.json": indented.Bytes(),
	} {
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", file, got, want)
		}
	}
	records, err := csv.NewReader(bytes.NewReader(table.AppendCSV(nil))).ReadAll()
	if err != nil || len(records) != 1+3*4 {
		t.Errorf("%d records of CSV, %v", len(records), err)
	}
}

// Nobody in the funnel is a table of zeros.
func TestEmptyTable(t *testing.T) {
	table := must(funnel.Options{Steps: steps("ab")}).Table(funnel.Query{Times: true})
	const want = "scope,value,step,name,reached,dropped_off,open,from_first,from_previous,median_since_previous,mean_since_previous,median_since_first,mean_since_first\n" +
		"all,,1,a,0,0,0,,,,,,\n" +
		"all,,2,b,0,0,0,,,,,,\n"
	if got := string(table.AppendCSV(nil)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := table.Steps[0].FromFirst.Ratio(); err != metric.ZeroDenominator {
		t.Errorf("share of nobody: %v", err)
	}
}

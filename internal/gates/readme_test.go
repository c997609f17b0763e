package gates

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/stage"
)

// The code that README shows is code that runs, and prints what README says.
func TestReadmeRuns(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var doors []string
	rest := string(data)
	for {
		_, after, found := strings.Cut(rest, "```go\n")
		if !found {
			break
		}
		door, tail, _ := strings.Cut(after, "```")
		doors = append(doors, door)
		rest = tail
	}
	if len(doors) != 4 {
		t.Fatalf("README has %d pieces of Go, want the three doors and a calculator", len(doors))
	}
	var source strings.Builder
	source.WriteString(`package main

import (
	"encoding/csv"
	"fmt"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/catalog/capture"
	"github.com/openlifecycle/lifecycle/catalog/email"
	"github.com/openlifecycle/lifecycle/catalog/orders"
	"github.com/openlifecycle/lifecycle/catalog/subscription"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/ledger"
)

func main() {
	first, _ := metric.Quarter(2026, 1, time.UTC)
	quarters := []metric.Period{first, first.Next()}
	var events []event.Event
	for _, user := range []string{"ann", "ann", "bob"} {
		events = append(events, event.New(event.Event{
			ID: fmt.Sprint(len(events)), Time: first.Start(), UserID: user,
		}, event.OrderCompleted{OrderID: fmt.Sprint(len(events)), Amount: 1250, Currency: "USD"}))
	}
	events = append(events, event.New(event.Event{ID: "s", Time: first.Start(), AccountID: "ann"},
		event.SubscriptionStarted{SubscriptionID: "s", Currency: "USD",
			Items: []event.SubscriptionItem{{ItemID: "i", Amount: 900, Interval: "month"}}}))
`)
	for _, door := range doors {
		source.WriteString("\tfunc() {\n" + door + "\n\t\t_ = err\n\t}()\n")
	}
	source.WriteString("}\n")
	out, err := exec.Command(build(t, source.String())).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"103% <nil>\n",           // as README says
		"2026-03 21.83% <nil>\n", // 2150 of 9850
		"[comment]\n",
		"2026-Q1 50% <nil>\n",  // Ann bought twice, Bob once
		"2026-Q2 100% <nil>\n", // Ann subscribed at the start of the first quarter and still pays
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("README prints\n%s\nwithout %q", out, want)
		}
	}
}

// The numbers that README gives are those of the catalogue.
func TestReadmeCounts(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	metrics, domains, models := 0, 0, 0
	for range catalog.All() {
		metrics++
	}
	for range catalog.Domains() {
		domains++
	}
	for range stage.Models() {
		models++
	}
	for _, claim := range []string{
		fmt.Sprintf("%d metrics in %d domains", metrics, domains),
		fmt.Sprintf("%d published models", models),
	} {
		if !strings.Contains(string(data), claim) {
			t.Errorf("README does not say %q", claim)
		}
	}
}

package exchange

import (
	"bytes"
	"io"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/formula"
	"github.com/openlifecycle/lifecycle/stage"
)

// format is one of the three, with its parts as the tests need them.
type format struct {
	extension string
	write     func(io.Writer, iter.Seq[metric.Definition]) error
	read      func(io.Reader) ([]formula.Spec, error)
}

var formats = []format{
	{"json", WriteJSON, ReadJSON}, {"csv", WriteCSV, ReadCSV}, {"md", WriteMarkdown, ReadMarkdown},
}

func (f format) written(t testing.TB, defs iter.Seq[metric.Definition]) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := f.write(&b, defs); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// again writes definitions, reads them and defines them anew.
func (f format) again(t testing.TB, defs iter.Seq[metric.Definition]) []metric.Definition {
	t.Helper()
	text := f.written(t, defs)
	specs, err := f.read(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%s: %v\n%.4000s", f.extension, err, text)
	}
	result, err := DefineAll(specs, nil)
	if err != nil {
		t.Fatalf("%s: %v\n%.4000s", f.extension, err, text)
	}
	return result
}

// difference compares all that two definitions hold, compiled code included, and their
// inputs by id.
func difference(a, b metric.Definition) string {
	flat := func(d metric.Definition) (def.Metric, []string) {
		m, ids := *metric.Literal(def.Key{}, d), []string(nil)
		for _, in := range m.Inputs {
			ids = append(ids, in.ID)
		}
		m.Inputs = nil
		return m, ids
	}
	x, inputsOfX := flat(a)
	y, inputsOfY := flat(b)
	return cmp.Diff(x, y, cmpopts.EquateEmpty()) + cmp.Diff(inputsOfX, inputsOfY, cmpopts.EquateEmpty())
}

// sameGraph holds definitions to others, in order, and sees to it that their inputs are
// the definitions themselves and not others of the same ids.
func sameGraph(t *testing.T, got, want []metric.Definition) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d metrics, want %d", len(got), len(want))
	}
	for i, d := range got {
		if diff := difference(want[i], d); diff != "" {
			t.Errorf("%s:\n%s", want[i], diff)
		}
		for in := range d.Inputs() {
			if !slices.Contains(got, in) {
				t.Errorf("%s: its input %s is not among the metrics read", d, in)
			}
		}
	}
}

// The metrics of the golden files. Between them they fill every field, and the last is full
// of text that the formats have to be protected from.
func fixtureSpecs() []formula.Spec {
	base := func(id, name string) formula.Spec {
		return formula.Spec{ID: id, Name: name, Stage: stage.Attract, Direction: "none", Time: "period", Stability: "beta", Since: "0.1.0"}
	}
	sent := base("mail.sent", "Letters sent")
	sent.Subject, sent.Aliases = "Delivery", []string{"sent", "sends"}
	sent.Also = []stage.Stage{stage.Retain, stage.Exit}
	sent.Meaning, sent.Question = "Number of letters handed to the post.", "How many letters did we send?"
	sent.Kind, sent.Unit, sent.Range = metric.KindCount, "letter", "[0, inf)"
	sent.RollUpTime, sent.RollUpPopulation = "never", "sum"
	sent.Capture = &formula.Capture{Distinct: "letter", Event: "letter_sent", Where: []string{"class != trial run", "grams <= 20"}, AtLeast: 2}
	sent.Sources = []metric.Source{{Title: "house"}}

	days := base("mail.days", "Time under way")
	days.Kind, days.Unit = metric.DistributionOf(metric.KindDuration), "second"
	days.RollUpTime, days.RollUpPopulation = "never", "never"
	days.Capture = &formula.Capture{
		Duration: &formula.DurationCapture{Object: "letter", From: "letter_sent", Until: "letter_read"},
		Where:    []string{"class == express"}, UntilWhere: []string{"read == true"},
	}

	postage := base("mail.postage", "Postage")
	postage.Subject, postage.Kind, postage.Unit = "Cost", metric.KindMoney, "money"
	postage.RollUpTime, postage.RollUpPopulation = "sum", "sum"
	postage.Capture = &formula.Capture{Sum: "amount", Event: "stamp_bought"}

	cost := base("mail.cost", "Cost per thousand")
	cost.Subject, cost.Stage = "Cost", stage.Grow
	cost.Meaning, cost.Question = "Postage of a thousand letters.", "What does the post cost?"
	cost.Kind, cost.Unit, cost.Scale, cost.Grain, cost.Direction = metric.KindMoney, "money/letter", 1000, "month", "lower"
	cost.Formula = "1000 * postage / sent"
	cost.Undefined = []metric.Guard{
		{When: "sent == 0 || sent < 0 && postage > 0", Reason: metric.ZeroDenominator},
		{When: "mean(days) < 1 [second]", Reason: metric.Suppressed},
	}
	cost.Includes, cost.Excludes = []string{"stamps", "couriers; by air"}, []string{"envelopes"}
	cost.VariantOf, cost.Differs = "mail.sent", "money, not letters"
	cost.Relations = []metric.Relation{{Kind: "at_most", Target: "mail.sent"}, {Kind: "counter", Target: "web.visits"}}
	cost.Examples = []metric.Example{
		{
			Inputs: []metric.ExampleInput{{ID: "sent", Value: "3"}, {ID: "mail.days", Value: `["1h","36h"]`}, {ID: "mail.postage", Value: "1 USD"}},
			Period: "2026-03", Result: "1000/3 USD", Source: "a book (2nd edition)",
		},
		{
			Inputs: []metric.ExampleInput{{ID: "mail.sent", Value: "0"}, {ID: "mail.postage", Value: "1 USD"}, {ID: "mail.days", Value: "[ ]"}},
			Period: "2026-03", Undefined: metric.ZeroDenominator,
		},
	}
	cost.Caveats = []metric.Caveat{{Text: "Not a single letter | dear.", Formula: "postage / sent", Gives: "1/3 USD"}, {Text: "Slow."}}
	cost.Sources = []metric.Source{{Title: "Book", Section: "Post", Year: 2020, URL: "https://example.org/post"}, {Title: "Smith, J.", Year: -44}}
	cost.Forms = []metric.Form{{System: "ga4", Name: "CPM"}, {System: "a: b", Name: "c: d"}}
	cost.Stability = "stable"
	cost.Deprecated = metric.Deprecation{Since: "0.2.0", Reason: "nobody writes | letters", ReplacedBy: "email.sent"}

	speed := base("mail.speed", "Letters a day")
	speed.Kind, speed.Unit, speed.Per, speed.Direction = metric.KindNumber, "letter/second", "day", "higher"
	speed.Formula = "sent / median(days)"
	speed.Undefined = []metric.Guard{{When: "median(days) == 0", Reason: metric.ZeroDenominator}}

	hostile := base("other.hostile", "=cmd|' /C calc'!A0")
	hostile.Subject, hostile.Aliases = "@x | y\n# z", []string{"-1+1", "a\"b", "c;d", "", `\e`, `\`}
	hostile.Meaning = "+two\nlines\r\n | <b>*bold*</b> [x](y) `code` &amp; \u00fc \\"
	hostile.Question = "\t1. Tab?  Two spaces. "
	hostile.Kind, hostile.Unit, hostile.Direction, hostile.Time = metric.KindNumber, "1", "target", "cohort"
	hostile.RollUpTime, hostile.RollUpPopulation = "last", "never"
	hostile.Excludes = []string{""}
	hostile.Relations = []metric.Relation{{Kind: "counter", Target: ""}, {Kind: "inverse", Target: " \x00;"}}
	hostile.Caveats = []metric.Caveat{{}, {Text: " | a gives b\\ "}}
	hostile.Sources, hostile.Forms = []metric.Source{{}, {URL: "x | year: 5"}}, []metric.Form{{}, {System: "'", Name: "\ufeff"}}
	hostile.Since = "'0"
	return []formula.Spec{sent, days, postage, cost, speed, hostile}
}

func fixture(t testing.TB) []metric.Definition {
	t.Helper()
	defs, err := DefineAll(fixtureSpecs(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return defs
}

func allOfCatalogue() []metric.Definition { return slices.Collect(catalog.All()) }

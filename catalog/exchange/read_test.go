package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/metric"
)

// refused holds a reader to its error on the fixture with one text replaced by another.
func refused(t *testing.T, f format, old, new string, says ...string) {
	t.Helper()
	text := string(f.written(t, slices.Values(fixture(t))))
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not have %q", f.extension, old)
	}
	specs, err := f.read(strings.NewReader(strings.Replace(text, old, new, 1)))
	if err == nil {
		t.Errorf("%s: %.100q instead of %.100q is accepted", f.extension, new, old)
		return
	}
	if len(specs) > 0 {
		t.Errorf("%s: %d metrics besides the error %v", f.extension, len(specs), err)
	}
	for _, words := range says {
		if !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %.100q instead of %.100q: %.400v, want %q", f.extension, new, old, err, words)
		}
	}
}

func TestReadJSONRefuses(t *testing.T) {
	const cost = `metric "mail.cost"`
	for _, x := range []struct{ old, new, says string }{
		{`"version": "0.1.0"`, `"version": "1.1.0"`, "version 1.1.0 has another major part than 0.1.0"},
		{`"version": "0.1.0"`, `"version": "0.1"`, `version "0.1" is not of the form`},
		{`"version": "0.1.0",`, ``, `version "" is not of the form`},
		{`"version": "0.1.0"`, `"version": 0.1`, "version: is not a text"},
		{`"version": "0.1.0",`, `"version": "0.1.0", "more": 1,`, `the key "more" is not known`},
		{`"metrics": [`, `"metric": [`, `the key "metric" is not known`},
		{`"metrics": [`, `"metrics": {}, "metrics": [`, `the key "metrics" is there twice`},
		{`"metrics": [`, `"metrics": null, "x": [`, "metrics: is not a list"},
		{`"id": "mail.sent"`, `"id": "mail.postage"`, `the metric "mail.postage" is there twice`},
		{`"id": "mail.sent"`, `"id": "mail"`, `the id "mail" is not of the form`},
		{`"id": "mail.sent"`, `"ID": "mail.sent"`, `the key "ID" is not known`},
		{`"id": "mail.sent",`, ``, "there is a metric without id"},
		{`"name": "Cost per thousand"`, `"name": null`, cost + ": name: is not a text"},
		{`"name": "Cost per thousand"`, `"name": "\ud800"`, "an escape that is no character"},
		{`"name": "Cost per thousand"`, `"name": "x", "name": "y"`, `the key "name" is there twice`},
		{`"name": "Cost per thousand"`, `"name": "x", "nom": "y"`, cost + `: the key "nom" is not known`},
		{`"scale": 1000`, `"scale": "1000"`, cost + ": scale: is not a number"},
		{`"scale": 1000`, `"scale": 1e3`, cost + ": scale: 1e3 is not an integer"},
		{`"scale": 1000`, `"scale": 99999999999999999999`, cost + ": scale: "},
		{`"stage": "grow"`, `"stage": "Grow"`, cost + ": stage: "},
		{`"quantity": "money"`, `"quantity": "cash"`, ": quantity: "},
		{`"domain": "mail"`, `"domain": "male"`, `domain: says "male", but the other fields make it "mail"`},
		{"\"mail.postage\",\n        \"mail.sent\"", `"mail.sent"`, `inputs: says "mail.sent; mail.days", but`},
		{`"capture": "sum of`, `"capture": "mean of`, `capture: says "mean of amount`},
		{`"kind": "sum"`, `"kind": "mean"`, `capture_rule: kind: "mean" is not one of`},
		{`"kind": "sum"`, `"kind": "count"`, `capture_rule: of: does not go with`},
		{`"of": "amount",`, ``, `capture_rule: of: is missing`},
		{`"at_least": 2`, `"at_least": -2`, `capture_rule: at_least: `},
		{`"at_least": 2`, `"object": "x"`, `capture_rule: kind: only a duration`},
		{`"grams <= 20"`, `"grams"`, `capture_rule: "grams" is not a condition`},
		{`"event": "stamp_bought"`, `"event": "Stamp bought"`, `"Stamp bought" is not a name`},
		{`"capture_rule": {`, `"capture_regel": {`, "capture: is there without the capture_rule"},
		{`"reason": "suppressed"`, `"reason": "hidden"`, cost + `: undefined[1]: reason: `},
		{`"result": "1000/3 USD"`, `"result": 333`, cost + ": examples[0]: result: is not a text"},
		{`"period": "2026-03",`, `"when": "2026-03",`, cost + `: examples[0]: the key "when" is not known`},
		{`"mail.sent": "3"`, `"mail.sent": 3`, cost + `: examples[0]: inputs: "mail.sent" is not a text or a list`},
		{`"36h"`, `["36h"]`, `examples[0]: inputs: "mail.days" is not a list of texts and numbers`},
		{`"36h"`, `[[[[["36h"]]]]]`, "nested more than 8 deep"},
		{`"sends"`, `2`, "aliases[1]: is not a text"},
		{`"year": 2020`, `"year": 2020.5`, cost + ": sources[0]: year: 2020.5 is not an integer"},
		{`"stamps",`, `"stamps"`, "line "},
		{"\n}\n", "\n}{}", "line "},
		{"\n}\n", "", "line "},
		{"Cost per thousand", "Cost per \xff", "not UTF-8"},
	} {
		refused(t, formats[0], x.old, x.new, x.says)
	}
	refused(t, formats[0], `"scale": 1000`, `"scale": "x"`, "metrics[3], line 1", cost)
	for _, text := range []string{"", "null", "[]", "{}", `"x"`, `{"version": "0.1.0"}`, `{"version": "0.1.0", "metrics": [1]}`} {
		if _, err := ReadJSON(strings.NewReader(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
	if _, err := ReadJSON(strings.NewReader(strings.Repeat("[", 1_000_000))); err == nil {
		t.Error("deep nesting is accepted")
	}
}

func TestReadCSVRefuses(t *testing.T) {
	const cost = `metric "mail.cost": `
	for _, x := range []struct{ old, new, says string }{
		{"id,name", "id,nom", `line 1: the column "nom" is not known`},
		{"id,name", "id,id", "line 1: the column id is there twice"},
		{"id,name", "name,aliases", "is there twice"},
		{"mail.sent,Letters", "mail.postage,Letters", `the metric "mail.postage" is there twice`},
		{"mail.sent,Letters", ",Letters", "there is a metric without id"},
		{"mail.days,", "mail.days,,", "wrong number of fields"},
		{"mail.days,Time", "mail.days,\"Time", "line"},
		{",grow,", ",Grow,", "line 5, column 30: " + cost + "stage: "},
		{",money,money/letter", ",cash,money/letter", cost + "quantity: "},
		{",1000,", ",1e3,", cost + `scale: "1e3" is not an integer other than 0`},
		{",1000,", ",0,", cost + "scale: "},
		{"mail.postage; mail.sent;", "mail.sent;", cost + `inputs: says "mail.sent; mail.days", but`},
		{",mail,Cost,mail", ",male,Cost,mail", cost + `domain: says "male"`},
		{"letter_sent; letter_read", "letter_sent", `capture_events: says "letter_sent"`},
		{"sum of amount", "mean of amount", `capture: "mean of amount`},
		{"sum of amount over stamp_bought", "sum of amount  over stamp_bought", "is not a rule"},
		{"at least 2", "at least 02", "is ambiguous"},
		{": suppressed", ": hidden", cost + "undefined: item 2: "},
		{"mean(days) < 1 [second]: ", "mean(days) < 1 [second] ", cost + "undefined: item 2: "},
		{"counter web.visits", "counter", cost + `relations: item 2: "counter" is not of the form`},
		{"mail.sent = 3, ", "mail.sent = 3, mail.sent = 3, ", `examples: item 1: the input "mail.sent" is there twice`},
		{" -> 1000/3 USD", "", "examples: item 1: "},
		{"(2nd edition))", "(2nd edition)) x", "examples: item 1: the parenthesis of the source"},
		{"undefined, zero_denominator", "undefined, no", "examples: item 2: "},
		{"| postage / sent gives", "| postage / sent", "caveats: item 1: "},
		{`letter \| dear`, `letter \q dear`, "escapes what needs no escape"},
		{"Slow.", `Slow.\`, "ends with a backslash"},
		{"year: 2020", "year: 020", `sources: item 1: "020" is not an integer`},
		{"year: 2020", "jahr: 2020", `"jahr: 2020" is not a part that can follow here`},
		{"| section: Post | year: 2020", "| year: 2020 | section: Post", `"section: Post" is not a part that can follow here`},
		{"ga4: CPM", "ga4 CPM", `forms: item 1: "ga4 CPM" is not of the form`},
		{"since: 0.2.0", "since:0.2.0", "deprecated: "},
		{"Cost per thousand", "Cost per \xff", "line 5, column 20: not UTF-8"},
	} {
		refused(t, formats[1], x.old, x.new, x.says)
	}
	for text, says := range map[string]string{
		"":                          "the file is empty",
		"name\nx\n":                 "the column id is missing",
		"id;name\nmail.x;y\n":       "not separated by commas",
		"id\tname\nmail.x\ty\n":     "not separated by commas",
		"id,name\nmail.x,y,z\n":     "wrong number of fields",
		"id,aliases\nmail.x,a\\q\n": "aliases: item 1",
	} {
		if _, err := ReadCSV(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A sheet may lack columns, have them in another order, and be edited by hand.
func TestReadCSVByHand(t *testing.T) {
	specs, err := ReadCSV(strings.NewReader("formula,aliases,id,sources\n'-a/b,'x;y; \\;,mail.x,\"A\nB | year: 5\"\n\n,,mail.y,\n"))
	if err != nil || len(specs) != 2 {
		t.Fatal(specs, err)
	}
	s := specs[0]
	if s.ID != "mail.x" || s.Formula != "-a/b" || !slices.Equal(s.Aliases, []string{"x", "y", ";"}) ||
		!slices.Equal(s.Sources, []metric.Source{{Title: "A"}, {Title: "B", Year: 5}}) || specs[1].ID != "mail.y" {
		t.Errorf("%+v", specs)
	}
}

func TestReadMarkdownRefuses(t *testing.T) {
	const cost = `metric "mail.cost": `
	for _, x := range []struct{ old, new, says string }{
		{"# Metrics of", "# Metrics for", "line 1: a reference starts with"},
		{"Version 0.1.0 of", "Version 7.1.0 of", "line 3: version 7.1.0 has another major part"},
		{"Version 0.1.0 of", "Edition 0.1.0 of", "line 3: the line \"Version"},
		{"metrics here: 6.", "metrics here: 7.", "there are 6 metrics, but the document says 7"},
		{"metrics here: 6.", "metrics here: -6.", "line 3: "},
		{"## mail", "# mail", "a chapter, which starts with ##, has to follow"},
		{"## mail", "##### mail", "a chapter"},
		{"|---|---|---|", "|--|--|--|", "a table is possible"},
		{"| Metric | Unit | Formula |", "", "a table is possible"},
		{"| [Postage](#mail.postage) | `money` |  |\n", "", `the metric "mail.postage" has no row`},
		{"| [Postage](#mail.postage) | `money` |  |", "| [Postage](#mail.postage) | `1` |  |", "which is of no metric there"},
		{"`1000 * postage / sent` |", "`1001 * postage / sent` |", "which is of no metric there"},
		{"- Id: `mail.sent`", "- Id: `mail.seen`", `has not the anchor "mail.seen"`},
		{"- Id: `mail.sent`\n", "", "there is a metric without id"},
		{"- Id: `mail.sent`", "- Id: `mail.days`", `"mail.days" is there twice`},
		{`<a id="mail.sent"></a>`, "", "the heading of a metric has the form"},
		{"### Cost", "#### Cost", "the heading of a metric has the form"},
		{"### Cost", "### *Cost*", "has markup that is not understood"},
		{"*How many", "How many", "has markup that is not understood"},
		{"*How many letters did we send?*", "Why?\n\n*How many?*", "one question in emphasis and one definition"},
		{"send?*", "send?", "begins an emphasis that does not end"},
		{"Number of letters", "Number of\nletters", "one question in emphasis and one definition"},
		{"Number of letters", "Number of **letters**", `has markup that is not understood; a * in a text is written \*`},
		{"Number of letters", "Number of [letters](x)", "is not a link to a metric"},
		{"Number of letters", "Number of &amp; letters", "is not a character reference"},
		{"Number of letters", "Number of &#55296; letters", "is not a character reference"},
		{"Number of letters", "Number of `letters", "begins a code span that does not end"},
		{"Number of letters", `Number of \letters`, "escapes what needs no escape"},
		{"- Unit: `money/letter`", "- Units: `money/letter`", cost + `"Units" is not a field`},
		{"- Unit: `money/letter`", "- Unit `money/letter`", "is not a field of a metric"},
		{"- Unit: `money/letter`", "* Unit: `money/letter`", "is not a field, which has the form"},
		{"- Unit: `money/letter`", "- Unit: `money/letter`\n- Unit: `1`", cost + "Unit: is there twice"},
		{"- Unit: `money/letter`", "- Unit:", cost + "Unit: is empty"},
		{"- Counted for: 1000", "- Counted for: 1,000", cost + `Counted for: "1,000" is not an integer`},
		{"[`mail.sent`](#mail.sent)", "[`mail.sent`](#mail.days)", "is not a link that leads to the metric it names"},
		{"[`mail.sent`](#mail.sent)", "[mail.sent](#mail.sent)", "is not a link to a metric"},
		{"`: `suppressed`", "`: `hidden`", cost + "Undefined: item 1: "},
		{"## other", "## other\n\n## more", "the table of the chapter is missing"},
		{"## other", "### other\n\ntext", "a text is possible after the heading of a chapter"},
		{"- Id: `other.hostile`", "- Id: `mail.hostile`", "has not the anchor"},
		{"Cost per thousand", "Cost per \xff", "line 12, column 13: not UTF-8"},
	} {
		refused(t, formats[2], x.old, x.new, x.says)
	}
	two := string(formats[2].written(t, slices.Values(fixture(t)[:1])))
	two = strings.Replace(two, "here: 1.", "here: 2.", 1)
	chapter := two[strings.Index(two, "\n## "):]
	if _, err := ReadMarkdown(strings.NewReader(two + strings.ReplaceAll(chapter, "mail.sent", "mail.seen"))); err == nil ||
		!strings.Contains(err.Error(), `two chapters of the domain "mail"`) {
		t.Error(err)
	}
	for _, text := range []string{"", titleLine, "\n\n" + titleLine + "\n"} {
		if _, err := ReadMarkdown(strings.NewReader(text)); err == nil {
			t.Errorf("%q is accepted", text)
		}
	}
}

// What the texts of chapters say, and how a text is marked up, is left to the editor.
func TestReadMarkdownByHand(t *testing.T) {
	text := string(formats[2].written(t, slices.Values(fixture(t))))
	for old, new := range map[string]string{
		"## mail\n":                  "## Of *mail*\n\nAn introduction, with [a link](https://example.org).\n\n> And a quotation.\n",
		"- Time: period\n":           "- Time: `period`\n",
		"- Unit: `money/letter`":     "- Unit: money/letter",
		"- Since: 0.1.0\n":           "- Since: 0\\.1\\.0   \n\n\n",
		"[`mail.sent`](#mail.sent)":  "mail.sent",
		"Postage of a thousand":      "Postage of &#97; thousand",
		"- Relation: at\\_most":      "- Relation: at_most",
		"- Also called: sent; sends": "- Also called: sent;sends",
	} {
		if !strings.Contains(text, old) {
			t.Fatalf("no %q", old)
		}
		text = strings.ReplaceAll(text, old, new)
	}
	specs, err := ReadMarkdown(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	defs, err := DefineAll(specs, nil)
	if err != nil {
		t.Fatal(err)
	}
	sameGraph(t, inOrder(defs), inOrder(fixture(t)))
}

// endless is a file without end.
type endless struct{ b byte }

func (r endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = r.b
	}
	return len(p), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errBroken }

func TestReadersHaveLimits(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	many := strings.Repeat("a; ", MaxItems) + "a"
	for _, f := range formats {
		if _, err := f.read(endless{' '}); err == nil || !strings.Contains(err.Error(), "larger than 67108864 bytes") {
			t.Errorf("%s: %v", f.extension, err)
		}
		if _, err := f.read(brokenReader{}); !errors.Is(err, errBroken) {
			t.Errorf("%s: %v", f.extension, err)
		}
	}
	refused(t, formats[0], "Letters sent", long, "name: a text of 1048577 bytes")
	refused(t, formats[1], "Letters sent", long, "name: a text of 1048577 bytes")
	refused(t, formats[2], "</a>Letters sent", "</a>"+long, "name: a text of 1048577 bytes")
	refused(t, formats[1], "sent; sends", many, "aliases: has 10001 items")
	refused(t, formats[2], "sent; sends", many, "Also called: has 10001 items")
	refused(t, formats[2], "- Source: house\n", strings.Repeat("- Source: house\n", MaxItems+1), "Source: has more than 10000 items")
	refused(t, formats[0], `"sent",`, strings.Repeat(`"sent",`, MaxItems), "aliases: has 10001 items")
	var b bytes.Buffer
	b.WriteString("id\n")
	for i := range MaxMetrics + 1 {
		fmt.Fprintf(&b, "mail.m%d\n", i)
	}
	if _, err := ReadCSV(&b); err == nil || !strings.Contains(err.Error(), "line 100002, column 1: there are more than 100000 metrics") {
		t.Error(err)
	}
}

// Texts that are as bad as the limits allow take no time to speak of.
func TestHostileFilesAreReadInTime(t *testing.T) {
	ticks := strings.Repeat("`", MaxText)
	page := "%s\n\n" + versionStart + catalog.Version + versionEnd + "1.\n\n## m\n" + tableHead + "\n" + tableRule + "\n%s\n" +
		"#### <a id=\"mail.x\"></a>X\n- Id: mail.x\n- Unit: " + strings.Repeat("\\`", MaxText) + "\n"
	specs, err := ReadMarkdown(strings.NewReader(fmt.Sprintf(page, titleLine, "| [X](#mail.x) | `"+ticks+" "+ticks+" "+ticks+"` |  |")))
	if err != nil || specs[0].Unit != ticks {
		t.Errorf("%.300v", err)
	}
	var b strings.Builder
	b.WriteString("id,examples\nmail.x,\"")
	for i := range MaxText / 20 {
		fmt.Fprintf(&b, "m%d = 1, ", i)
	}
	b.WriteString("x = 1 -> 2\"\n")
	if _, err := ReadCSV(strings.NewReader(b.String())); err == nil || !strings.Contains(err.Error(), "inputs, more than 10000") {
		t.Errorf("%.300v", err)
	}
	for _, text := range []string{strings.Repeat(`\;`, MaxText/2), strings.Repeat(";", MaxText), strings.Repeat("a | ", MaxText/4)} {
		for _, column := range []string{"aliases", "caveats", "sources", "deprecated", "capture", "undefined", "relations"} {
			if _, err := ReadCSV(strings.NewReader("id," + column + "\nmail.x," + text + "\n")); err != nil && len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		}
	}
}

// Names in examples may be bare, as in the registry.
func TestBareNamesInExamples(t *testing.T) {
	specs, err := ReadCSV(strings.NewReader("id,examples\nmail.x,\"sent = 3, web.visits = 4 -> 1\"\n"))
	if err != nil || specs[0].Examples[0].Inputs[0].ID != "mail.sent" || specs[0].Examples[0].Inputs[1].ID != "web.visits" {
		t.Error(specs, err)
	}
}

// A derived field may be left out.
func TestDerivedFieldsMayBeMissing(t *testing.T) {
	var b bytes.Buffer
	if err := WriteJSON(&b, catalog.ByDomain("email")); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for {
		before, rest, found := strings.Cut(text, `      "capture_events": [`)
		if !found {
			break
		}
		_, after, _ := strings.Cut(rest, "],\n")
		text = before + after
	}
	text = strings.ReplaceAll(text, `      "domain": "email",`+"\n", "")
	if strings.Contains(text, "capture_events") || strings.Contains(text, `"domain"`) {
		t.Fatal("still there")
	}
	want, err := ReadJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadJSON(strings.NewReader(text))
	if err != nil || len(got) != len(want) || fmt.Sprintf("%+v", got[0].Capture) != fmt.Sprintf("%+v", want[0].Capture) {
		t.Error(err)
	}
}

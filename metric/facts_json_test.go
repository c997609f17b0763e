package metric_test

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

func TestFactsJSON(t *testing.T) {
	f := factsOf(t, "2026-03", "orders.orders", "12", "orders.revenue", "1234.5 USD", "email.open_rate", "0.0345",
		"survey.net_promoter_score", "-20", "support.first_response_time", "36h", "support.first_responses", `["60s","1h"]`)
	if err := f.Add(metric.UndefinedFact(lookup(t, "subscription.opening_mrr"), metric.InsufficientHistory)); err != nil {
		t.Fatal(err)
	}
	want := `{"period":"2026-03","facts":{"email.open_rate":"0.0345","orders.orders":"12","orders.revenue":"1234.50 USD",` +
		`"subscription.opening_mrr":{"undefined":"insufficient_history"},"support.first_response_time":"129600s",` +
		`"support.first_responses":["60s","3600s"],"survey.net_promoter_score":"-20"}}`
	if got := state(f); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	// As a value and inside another one, too.
	for name, v := range map[string]any{"pointer": f, "value": *f, "field": struct{ F metric.Facts }{*f}.F} {
		if got, err := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	back, err := metric.DecodeFacts([]byte(want), catalog.Lookup, nil)
	if err != nil || state(back) != want || !back.Period().Equal(f.Period()) {
		t.Errorf("decoded: %v, %v", back, err)
	}
	// What json.Unmarshal cannot do, it does not pretend to do.
	var target metric.Facts
	err = json.Unmarshal([]byte(want), &target)
	wantError(t, err, metric.ErrInput, "", "", "facts: use DecodeFacts, which is told how to find metrics")
}

// allKinds returns one metric of every kind and a lookup that finds them.
func allKinds() ([]*def.Metric, func(string) (metric.Definition, bool)) {
	var list []*def.Metric
	for k := range metric.Kinds() {
		list = append(list, base("test."+strings.NewReplacer("[", "_", "]", "").Replace(k.String()), def.Kind(k)))
	}
	return list, func(id string) (metric.Definition, bool) {
		for _, d := range list {
			if d.ID == id {
				return metric.View(d), true
			}
		}
		return metric.Definition{}, false
	}
}

func TestFactsJSONRoundTripOfEveryKind(t *testing.T) {
	texts := map[string][]string{
		"count":    {"0", "-7", "9223372036854775807"},
		"money":    {"0.00 USD", "-1234.567 EUR", "1 JPY", "9999999999999999999999999999999999 KWD", "0.001 CLF"},
		"ratio":    {"0", "0.80", "1.5", "0.3333333333333333333333333333"},
		"number":   {"-3.2", "0.0000000000000000000000000000000001", "100"},
		"duration": {"0s", "1.5s", "-86400s"},
	}
	kinds, find := allKinds()
	r := rand.New(rand.NewPCG(16, 17))
	for range 200 {
		p := period(t, []string{"2026-03", "2026-Q1", "FY2026-04", "2026-03-05"}[r.IntN(4)], nil)
		f, err := metric.NewFacts(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range kinds {
			kind := metric.Kind(k.Kind)
			if r.IntN(5) == 0 {
				err = f.Add(metric.UndefinedFact(metric.View(k), metric.NotMature))
			} else {
				element, isList := kind.Element()
				if !isList {
					element = kind
				}
				text := texts[element.String()][r.IntN(len(texts[element.String()]))]
				if isList && strings.Contains(text, "999999999") || isList && strings.Contains(text, "00000000000000") {
					text = "1" + strings.TrimLeft(text, "0123456789.") // too large or fine for a distribution
				}
				if isList {
					text = `["` + text + `","` + text + `"]`
				}
				v, parseErr := metric.ParseValue(kind, text)
				if parseErr != nil {
					v, parseErr = metric.ParseValue(kind, "[]")
				}
				if parseErr != nil {
					t.Fatal(parseErr)
				}
				err = f.Add(metric.FactOf(metric.View(k), v))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		data := state(f)
		back, err := metric.DecodeFacts([]byte(data), find, nil)
		if err != nil || state(back) != data || back.Len() != f.Len() {
			t.Fatalf("%s becomes %v, %v", data, back, err)
		}
		for fact := range f.All() {
			d := fact.Definition()
			v, errV := f.Value(d)
			w, errW := back.Value(d)
			if !sameOutcome(v, errV, w, errW) {
				t.Fatalf("%s: %s, %v becomes %s, %v", d, v, errV, w, errW)
			}
		}
	}
}

func TestFactsJSONRefuses(t *testing.T) {
	for data, message := range map[string]string{
		``:                                  "facts: unexpected EOF",
		`{`:                                 "facts: unexpected EOF",
		`{"facts":{"email.sent":"1"`:        "facts: unexpected EOF",
		`[]`:                                `facts: "[" where an object is wanted`,
		`null`:                              `facts: "<nil>" where an object is wanted`,
		`5`:                                 `facts: "5" where an object is wanted`,
		`{} {}`:                             "facts: something follows the object",
		`{"facts":{}}x`:                     "facts: something follows the object",
		`{"fact":{}}`:                       `facts: "fact" is not a field`,
		`{"Facts":{}}`:                      `facts: "Facts" is not a field`,
		`{"facts":{},"facts":{}}`:           `facts: "facts" is given twice`,
		`{"facts":[]}`:                      `facts: "[" where an object is wanted`,
		`{"facts":null}`:                    `facts: "<nil>" where an object is wanted`,
		`{"period":"2026-03","period":"2"}`: `facts: "period" is given twice`,
		`{"period":5}`:                      `facts: period is "5", want text`,
		`{"period":{"x":1}}`:                `facts: period is "{", want text`,
		`{"period":"2026-13"}`:              "",
		`{"facts":{"email.sent":"1","email.sent":"1"}}`:                                `facts: "email.sent" is given twice`,
		`{"facts":{"email.cent":"1"}}`:                                                 `there is no metric "email.cent"`,
		`{"facts":{"` + strings.Repeat("x", 500) + `":"1"}}`:                           `there is no metric "` + strings.Repeat("x", 48) + `"...`,
		`{"facts":{"email.sent":"-1"}}`:                                                "email.sent: -1 is outside [0, inf)",
		`{"facts":{"email.sent":1.5}}`:                                                 "",
		`{"facts":{"email.sent":null}}`:                                                "",
		`{"facts":{"email.sent":true}}`:                                                "",
		`{"facts":{"email.sent":["1"]}}`:                                               "",
		`{"facts":{"email.sent":{}}}`:                                                  "email.sent: an object without the reason why the metric is undefined",
		`{"facts":{"email.sent":{"undefined":""}}}`:                                    `email.sent: reason "" is unknown`,
		`{"facts":{"email.sent":{"undefined":"no"}}}`:                                  `email.sent: reason "no" is unknown`,
		`{"facts":{"email.sent":{"undefined":5}}}`:                                     `email.sent: the reason is "5", want text`,
		`{"facts":{"email.sent":{"UNDEFINED":"not_mature"}}}`:                          `email.sent: "UNDEFINED" is not a field`,
		`{"facts":{"email.sent":{"undefined":"not_mature","value":"5"}}}`:              `email.sent: "value" is not a field`,
		`{"facts":{"email.sent":{"undefined":"not_mature","undefined":"suppressed"}}}`: `email.sent: "undefined" is given twice`,
		`{"facts":{"orders.revenue":"5"}}`:                                             "",
		`{"facts":{"orders.revenue":5}}`:                                               "",
		`{"facts":{"orders.revenue":"5 XXX"}}`:                                         "",
		`{"facts":{"support.first_responses":["1s",null]}}`:                            "",
		`{"facts":{"support.first_responses":["1s",["2s"]]}}`:                          "",
		`{"facts":{"support.first_responses":` + strings.Repeat("[", 20000) + `}}`:     "",
		`{"facts":{"email.open_rate":"` + strings.Repeat("9", 100000) + `"}}`:          "",
		`{"facts":{"email.open_rate":1e999999999}}`:                                    "",
	} {
		f, err := metric.DecodeFacts([]byte(data), catalog.Lookup, nil)
		short := data[:min(len(data), 80)]
		if f != nil || !errors.Is(err, metric.ErrInput) || errors.Is(err, metric.ErrUndefined) {
			t.Errorf("%s: %v, %v", short, f, err)
			continue
		}
		if message != "" && err.Error() != message {
			t.Errorf("%s: %q, want %q", short, err, message)
		}
		if len(err.Error()) > 300 {
			t.Errorf("%s: the message has %d bytes", short, len(err.Error()))
		}
	}
}

func TestFactsJSONInAZone(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	f, err := metric.NewFacts(period(t, "2026-03", berlin), given(t, "email.sent", "5")...)
	if err != nil {
		t.Fatal(err)
	}
	back, err := metric.DecodeFacts([]byte(state(f)), catalog.Lookup, berlin)
	if err != nil || !back.Period().Equal(f.Period()) {
		t.Errorf("%s becomes %v, %v", state(f), back, err)
	}
	if _, err := metric.DecodeFacts([]byte(state(f)), catalog.Lookup, nil); !errors.Is(err, metric.ErrInput) {
		t.Errorf("in another zone: %v", err)
	}
}

func FuzzDecodeFacts(f *testing.F) {
	for _, seed := range []string{
		`{"facts":{}}`,
		`{"period":"2026-03","facts":{"orders.orders":12,"orders.revenue":"1234.50 USD"}}`,
		`{"period":"FY2026-04-Q2","facts":{"email.open_rate":"43/197","email.sent":{"undefined":"not_mature"}}}`,
		`{"period":"P30D/2026-03-31","facts":{"support.first_responses":["60s","PT1H"],"support.first_response_time":"1d"}}`,
		`{"period":"2026-03-01/2026-04-15","facts":{"survey.net_promoter_score":"-3.50"}}`,
		`{"facts":{"email.sent":"1","email.sent":"1"}}`,
		"{\"period\":\"2026-03[UTC]\",\"facts\":{\"email.sent\" :\t\"01\"}} ",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		facts, err := metric.DecodeFacts(data, catalog.Lookup, nil)
		if err != nil {
			if facts != nil || !errors.Is(err, metric.ErrInput) {
				t.Fatalf("%v, %v", facts, err)
			}
			return
		}
		first, err := json.Marshal(facts)
		if err != nil {
			t.Fatalf("%s was read and is not written: %v", data, err)
		}
		again, err := metric.DecodeFacts(first, catalog.Lookup, nil)
		if err != nil {
			t.Fatalf("%s was written and is not read: %v", first, err)
		}
		if second := state(again); second != string(first) {
			t.Fatalf("%s becomes %s", first, second)
		}
		for result := range catalog.Evaluate(facts) {
			if (result.Err == nil) == result.Value.IsZero() {
				t.Fatalf("%s: %v, %v", result.Definition, result.Value, result.Err)
			}
		}
	})
}

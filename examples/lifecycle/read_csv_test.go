package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// readTable reads CSV text in UTC.
func readTable(text, currency string) (*sink, error) {
	to := &sink{log: newEventLog(nil), problems: newProblems("t.csv")}
	return to, readCSV(bufio.NewReader(strings.NewReader(text)), csvOptions{loc: time.UTC, currency: currency}, to)
}

// only returns the one event of a table.
func only(t *testing.T, text, currency string) event.Event {
	t.Helper()
	to, err := readTable(text, currency)
	if err != nil || to.log.count != 1 {
		var said strings.Builder
		to.problems.report(&said)
		t.Fatalf("%d events, %v, %s", to.log.count, err, said.String())
	}
	for e, err := range to.log.all() {
		if err != nil {
			t.Fatal(err)
		}
		return *e
	}
	panic("unreachable")
}

func TestCSVFillsTheEnvelope(t *testing.T) {
	got := only(t, "Event,TIME,effective time,recorded-time,ID,Source,Seq,user.id,anonymous_id,account_id,session_id,test\n"+
		"Signed In,2026-03-01 10:00:00,2026-03-02,2026-03-01T12:00:00+01:00,e1,app,7,u,v,a,s,TRUE\n", "")
	want := event.Event{
		ID: "e1", Source: "app", Name: "signed_in", OriginalName: "Signed In",
		Time:          time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC),
		EffectiveTime: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC),
		RecordedTime:  time.Date(2026, 3, 1, 11, 0, 0, 0, time.UTC),
		Seq:           7, UserID: "u", AnonymousID: "v", AccountID: "a", SessionID: "s", Test: true,
	}
	if !got.Equal(&want) {
		t.Errorf("got %+v", got)
	}
}

func TestCSVAttributesAreOfTheirKind(t *testing.T) {
	got := only(t, "event,time,user_id,order_id,amount,tax,shipping_minor,quantity,recurring,cart_id,plan,currency\n"+
		"order_completed,2026-03-01,u,0012,1234.5,0.001,250,3,false,,007,KWD\n", "EUR")
	want := event.NewProps(
		event.String("order_id", "0012"), event.Int("amount", 1234500), event.Int("tax", 1), event.Int("shipping", 250),
		event.Int("quantity", 3), event.Bool("recurring", false), event.String("plan", "007"), event.String("currency", "KWD"),
	)
	if !got.Props.Equal(want) {
		t.Errorf("got %v", got.Props)
	}
	score := only(t, "event,time,user_id,survey_id,type,score\nsurvey_answered,2026-03-01,u,s,nps,9.5\n", "")
	if d, ok := score.Props.Decimal("score"); !ok || d.Rat().RatString() != "19/2" {
		t.Errorf("score is %v", score.Props)
	}
	spend := only(t, "event,time,channel,amount,period_start,period_end\nad_spend_recorded,2026-03-02,search,10,2026-03-01,2026-03-02 00:00:00\n", "JPY")
	end, ok := spend.Props.Time("period_end")
	code, _ := spend.Props.String("currency")
	if n, _ := spend.Props.Int("amount"); n != 10 || code != "JPY" || !ok || !end.Equal(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("spend is %v", spend.Props)
	}
	// An event of the caller's own has text, and the user who was added is both who the
	// event is about and an attribute.
	own := only(t, "event,time,user_id,amount\nlevel_reached,2026-03-01,u,5\n", "")
	if text, ok := own.Props.String("amount"); !ok || text != "5" {
		t.Errorf("own event has %v", own.Props)
	}
	added := only(t, "event,time,user_id,account_id\naccount_added_user,2026-03-01,u,a\n", "")
	if text, ok := added.Props.String("user_id"); !ok || text != "u" || added.UserID != "u" {
		t.Errorf("account_added_user is %+v", added)
	}
}

func TestBadRowsNamePlaceAndReason(t *testing.T) {
	const header = "event,time,user_id,order_id,amount,quantity,recurring,items,tax,tax_minor,currency\n"
	for _, c := range []struct {
		row, place string
		reason     event.Reason
		detail     string
	}{
		{`order_completed,2026-03-01,u,o,"12,50",,,,,,EUR`, "2:32", event.BadNumber, `amount: bad number: "12,50": decimal commas`},
		{`order_completed,2026-03-01,u,o,"1,234.50",,,,,,EUR`, "2:32", event.BadNumber, "separators between thousands"},
		{`order_completed,2026-03-01,u,o,12.345,,,,,,EUR`, "2:32", event.BadNumber, `"12.345" EUR does not fit 64 bits of the smallest unit, which has 2 decimals`},
		{`order_completed,2026-03-01,u,o,12.5,,,,,,JPY`, "2:32", event.BadNumber, "which has 0 decimals"},
		{`order_completed,2026-03-01,u,o,92233720368547758.08,,,,,,EUR`, "2:32", event.BadNumber, "does not fit"},
		{`order_completed,2026-03-01,u,o,1e3,,,,,,EUR`, "2:32", event.BadNumber, `"1e3" is no decimal number`},
		{`order_completed,2026-03-01,u,o,€5,,,,,,EUR`, "2:32", event.BadNumber, `"€5" is no decimal number`},
		{`order_completed,2026-03-01,u,o,1.2.3,,,,,,EUR`, "2:32", event.BadNumber, "no decimal number"},
		{`order_completed,2026-03-01,u,o,-5,,,,,,EUR`, "2:32", event.NegativeAmount, "amount"},
		{`order_completed,2026-03-01,u,o,5,,,,,,`, "2:32", event.MissingAttribute, "an amount without a currency"},
		{`order_completed,2026-03-01,u,o,5,,,,,,euro`, "2:39", event.BadCurrency, "currency"},
		{`order_completed,2026-03-01,u,o,5,,,,1,100,EUR`, "2:39", event.DuplicateAttribute, "tax_minor: duplicate attribute: both tax and tax_minor"},
		{`order_completed,2026-03-01,u,o,5,,,,,1.5,EUR`, "2:38", event.BadNumber, `tax_minor: bad number: "1.5" is no whole number`},
		{`order_completed,2026-03-01,u,o,5,1.5,,,,,EUR`, "2:34", event.BadNumber, `quantity: bad number: "1.5" is no whole number`},
		{`order_completed,2026-03-01,u,o,5,,yes,,,,EUR`, "2:35", event.WrongType, `recurring: wrong type: "yes", want true or false`},
		{`order_completed,2026-03-01,u,o,5,,,[1],,,EUR`, "2:36", event.WrongType, "use JSON lines"},
		{`order_completed,01.03.2026,u,o,5,,,,,,EUR`, "2:17", event.BadTime, `time: bad time: "01.03.2026": want 2026-03-29`},
		{`order_completed,2026-03-01,u,o,5,,,,,-7,EUR`, "2:38", event.NegativeAmount, "tax"},
		{`order_completed,,u,o,5,,,,,,EUR`, "2:17", event.MissingTime, "time"},
		{`order_completed,2026-03-01,u,,5,,,,,,EUR`, "2:30", event.MissingAttribute, "order_id"},
		{`order_completed,2026-03-01,,o,5,,,,,,EUR`, "2", event.MissingSubject, "user_id, anonymous_id or account_id"},
		{`,2026-03-01,u,o,5,,,,,,EUR`, "2:1", event.MissingName, "event"},
		{`order_completed,2026-03-01,u`, "2", event.Malformed, "3 fields, the header has 11"},
		{`order_completed,2026-03-01,"u"x,o,5,,,,,,EUR`, "2", event.Malformed, `in quoted-field`},
		{"order_completed,2026-03-01,\"u\nx,o", "2", event.Malformed, "the row goes on to line"},
		{"order_completed,2026-03-01,\xff,o,5,,,,,,EUR", "2:28", event.BadText, "user_id"},
	} {
		to, err := readTable(header+c.row+"\n", "")
		if err != nil {
			t.Errorf("%s: %v", c.row, err)
			continue
		}
		found := to.problems.byCause[c.reason]
		if to.problems.bad != 1 || to.problems.lines != 1 || to.log.count != 0 || found == nil {
			t.Errorf("%s: want %v, got %+v", c.row, c.reason, to.problems)
			continue
		}
		if !strings.HasPrefix(found.first, "t.csv:"+c.place+": ") || !strings.Contains(found.first, c.detail) {
			t.Errorf("%s: %s\nwant %s and %s", c.row, found.first, c.place, c.detail)
		}
	}
}

func TestBadHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"event;time;user_id":                     "separate columns by commas",
		"event\ttime":                            "separate columns by commas",
		"name,time":                              `no column "event"; there are "name, time"`,
		"event,timestamp":                        `no column "time"`,
		"event,time,":                            "column 3 has no name",
		"event,time,User ID,userId":              "",
		"event,time,a b,A_B":                     `column 4: "a_b" is there twice`,
		`event,"time`:                            "header",
		"event,time," + strings.Repeat("x", 300): "column 3 has 300 bytes",
	} {
		_, err := readTable(header+"\n", "")
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %s", header, err, want)
		}
	}
}

// The most frequent reason comes first, with its number and its first example.
func TestProblemsAreCountedByReason(t *testing.T) {
	to, err := readTable("event,time,user_id\nx,2026-01-01,u\nx,yesterday,u\nx,2026-01-01,\nx,today,u\nx,\"2026-01-01\n\",u\n", "")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	to.problems.report(&got)
	const want = `lifecycle: 3 of 5 lines in t.csv left out:
       2  bad time: first t.csv:3:3: event "x": time: bad time: "yesterday": want 2026-03-29, 2026-03-29 14:30:00 or 2026-03-29T14:30:00Z
       1  missing subject: t.csv:4: event "x": missing subject: user_id, anonymous_id or account_id
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

// Amounts in the main unit and in the smallest one are the same amounts: the text is made
// from the digits, without the code under test.
func TestAmountsAreExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, code := range []string{"JPY", "USD", "KWD", "CLF"} {
		c, err := metric.ParseCurrency(code)
		if err != nil {
			t.Fatal(err)
		}
		for range 500 {
			minor := random.Int64() >> random.IntN(63)
			digits := fmt.Sprintf("%0*d", c.Exponent()+1, minor)
			text := digits[:len(digits)-c.Exponent()]
			if c.Exponent() > 0 {
				text += "." + digits[len(digits)-c.Exponent():]
			}
			got, r := minorUnits("amount", text, code)
			if r != nil || got != minor {
				t.Errorf("%s %s is %d, %v; want %d", text, code, got, r, minor)
			}
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("event,time,user_id,order_id,amount,currency\norder_completed,2026-01-02,u,o,1.00,EUR\n", "")
	f.Add("Event,Time,User ID,order_id,amount_minor,quantity,test\nOrder Completed,2026-01-02 10:00:00,u,o,100,2,true\nx,,,,,,\n", "JPY")
	f.Add("\xef\xbb\xbfevent,time,anonymous_id\npage_viewed,2026-01-02T10:00:00Z,\"v\n", "USD")
	f.Add("event,time,user_id,survey_id,type,score\nsurvey_answered,2026-01-02T10:00,u,s,nps,\"9,5\"\n", "")
	f.Add("event;time\n", "EUR")
	f.Fuzz(func(t *testing.T, text, currency string) {
		to, err := readTable(text, currency)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "t.csv:") || to.log.count > 0 {
				t.Errorf("after %d events: %v", to.log.count, err)
			}
			return
		}
		if to.problems.bad+to.log.count != to.problems.lines {
			t.Errorf("%d lines, %d events and %d bad lines", to.problems.lines, to.log.count, to.problems.bad)
		}
		sum := 0
		for _, c := range to.problems.byCause {
			sum += c.count
		}
		if sum != to.problems.bad {
			t.Errorf("%d bad lines, %d by reason", to.problems.bad, sum)
		}
		n := 0
		for e, err := range to.log.all() {
			if err != nil {
				t.Fatal(err)
			}
			if err := event.Check(e); err != nil {
				t.Errorf("%+v: %v", e, err)
			}
			if at := e.Effective(); at.Before(to.log.first.time) || at.After(to.log.last.time) {
				t.Errorf("%v is not from %v to %v", at, to.log.first, to.log.last)
			}
			n++
		}
		if n != to.log.count {
			t.Errorf("%d events of %d come back", n, to.log.count)
		}
	})
}

package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// column is a column that the program knows. Title is its name in ChartMogul, if it has one.
type column struct {
	name, title string
	required    bool
	help        string
}

func columns() []column {
	return []column{
		{"customer", "customer_external_id", true, "the paying account"},
		{"subscription", "subscription_external_id", true, "one of the customer's"},
		{"type", "event_type", true, "see below"},
		{"date", "event_date", true, "when it was decided"},
		{"effective", "effective_date", false, "when it takes effect; on the event date if empty"},
		{"amount", "amount_in_cents", true, "for the interval, in the smallest unit of the currency, after discounts"},
		{"tax", "tax_amount_in_cents", false, "part of the amount"},
		{"currency", "currency", true, "a code of ISO 4217"},
		{"interval", "interval", true, `day, week, month, year or some of them, as "3 months"; of the plan`},
		{"plan", "plan_external_id", false, "of the subscription"},
		{"id", "external_id", false, "of the event; needed for retracting it"},
		{"retracted", "retracted_event_id", false, "the event that is retracted"},
		{"order", "event_order", false, "of events at one instant"},
		{"recorded", "created_at", false, "when it became known; on the event date if empty"},
		{"reason", "reason", false, "of a cancellation"},
		{"voluntary", "voluntary", false, "whether it was the customer's wish: true or false"},
	}
}

func columnHelp() string {
	var b strings.Builder
	for _, c := range columns() {
		need := ""
		if c.required {
			need = "needed"
		}
		b.WriteString(strings.TrimRight(fmt.Sprintf("\t%-13s %-25s %-7s %s", c.name, c.title, need, c.help), " ") + "\n")
	}
	return b.String()
}

// parseColumn reads a -column flag into titles by name.
func parseColumn(text string, titles map[string]string) error {
	name, title, ok := strings.Cut(text, "=")
	if !ok || title == "" {
		return errors.New("want name=title, such as amount=price")
	}
	list := columns()
	if !slices.ContainsFunc(list, func(c column) bool { return c.name == name }) {
		names := ""
		for _, c := range list {
			names += " " + c.name
		}
		return fmt.Errorf("there are%s", names)
	}
	titles[name] = title
	return nil
}

// csvTable is a CSV file of subscription events.
type csvTable struct {
	options
	name    string
	index   map[string]int // of columns, by name
	segment int            // index of the segment's column, -1 for none
	kinds   map[string]string
	lines   map[string]int // of ids
}

// readCSV reads all rows. The error names the first lines that are wrong.
func readCSV(name string, r io.Reader, o options) ([]event.Event, error) {
	rows, err := readRows(name, r)
	if err != nil {
		return nil, err
	}
	t := &csvTable{options: o, name: name, kinds: map[string]string{}, lines: map[string]int{}}
	if err := t.find(rows[0].fields); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	// What a row retracts may come after it.
	for _, row := range rows[1:] {
		if id := t.field(row, "id"); id != "" {
			t.kinds[id] = event.ChartMogul().Canonical(t.field(row, "type"))
		}
	}
	var events []event.Event
	var bad problems
	for _, row := range rows[1:] {
		list, err := t.events(row)
		for i := range list {
			if err == nil {
				err = event.Check(&list[i])
			}
		}
		if err != nil {
			bad.add(fmt.Errorf("%s:%d: %s", name, row.line, strings.TrimPrefix(err.Error(), "event: ")))
			continue
		}
		events = append(events, list...)
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%s: a header, but no rows", name)
	}
	return events, nil
}

// row is a line of a CSV file.
type row struct {
	line   int
	fields []string
}

// readRows reads a CSV file, of which the header is the first row.
func readRows(name string, r io.Reader) ([]row, error) {
	buffered := bufio.NewReader(r)
	if mark, _ := buffered.Peek(3); string(mark) == "\xef\xbb\xbf" {
		buffered.Discard(3)
	}
	in := csv.NewReader(buffered)
	in.TrimLeadingSpace = true
	var rows []row
	for {
		fields, err := in.Read()
		switch {
		case err == io.EOF && len(rows) > 0:
			return rows, nil
		case err == io.EOF:
			return nil, fmt.Errorf("%s: empty; want a header with the names of columns", name)
		case errors.Is(err, csv.ErrFieldCount):
			line, _ := in.FieldPos(0)
			return nil, fmt.Errorf("%s:%d: %d fields, where the header has %d", name, line, len(fields), len(rows[0].fields))
		case err != nil:
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		line, _ := in.FieldPos(0)
		rows = append(rows, row{line, fields})
	}
}

// indexOf returns where the only column with a title is.
func indexOf(header []string, title string) (int, error) {
	same := func(h string) bool { return event.Fold(h) == event.Fold(title) }
	i := slices.IndexFunc(header, same)
	if i >= 0 && slices.ContainsFunc(header[i+1:], same) {
		return i, fmt.Errorf("there are two columns %.48q", title)
	}
	return i, nil
}

// find finds the columns.
func (t *csvTable) find(header []string) error {
	t.index = map[string]int{}
	for _, c := range columns() {
		title, renamed := t.columns[c.name]
		if !renamed {
			title = c.title
		}
		i, err := indexOf(header, title)
		if i < 0 && !renamed {
			i, err = indexOf(header, c.name)
		}
		if err != nil {
			return err
		}
		if i < 0 && (renamed || c.required) {
			return fmt.Errorf("there is no column %.48q; there are %.480q. -column %s=title names another", title, header, c.name)
		}
		t.index[c.name] = i
	}
	t.segment = -1
	if t.by != "" && t.by != "plan" {
		i, err := indexOf(header, t.by)
		if err != nil || i < 0 {
			return fmt.Errorf("-by: there is no column %.48q; there are %.480q", t.by, header)
		}
		t.segment = i
	}
	return nil
}

func (t *csvTable) field(r row, name string) string {
	if i := t.index[name]; i >= 0 {
		return strings.TrimSpace(r.fields[i])
	}
	return ""
}

// events turns a row into an event or, for a cancellation that is scheduled, two: the notice,
// which matters to committed revenue, and the end.
func (t *csvTable) events(r row) ([]event.Event, error) {
	e, err := t.envelope(r)
	if err != nil {
		return nil, err
	}
	subscription := t.field(r, "subscription")
	kind := t.field(r, "type")
	switch event.ChartMogul().Canonical(kind) {
	case "subscription_started":
		items, err := t.items(r)
		return []event.Event{event.New(e, event.SubscriptionStarted{SubscriptionID: subscription, Currency: t.field(r, "currency"), Items: items})}, err
	case "subscription_updated":
		items, err := t.items(r)
		return []event.Event{event.New(e, event.SubscriptionUpdated{SubscriptionID: subscription, Currency: t.field(r, "currency"), Items: items})}, err
	case "subscription_cancelled":
		end, err := t.cancelled(r, e)
		return []event.Event{end}, err
	case "subscription_cancellation_requested":
		end, err := t.cancelled(r, e)
		end.ID += endSuffix
		p := event.SubscriptionCancellationRequested{SubscriptionID: subscription, Reason: t.field(r, "reason")}
		return []event.Event{event.New(e, p), end}, err
	case "subscription_paused":
		return []event.Event{event.New(e, event.SubscriptionPaused{SubscriptionID: subscription})}, nil
	case "subscription_resumed":
		return []event.Event{event.New(e, event.SubscriptionResumed{SubscriptionID: subscription})}, nil
	case "subscription_cancellation_withdrawn", "fact_retracted":
		return t.retraction(r, e)
	}
	return nil, fmt.Errorf("event type %.48q is unknown; there are subscription_start and others, see -help", kind)
}

// endSuffix marks the end that comes of a scheduled cancellation.
const endSuffix = "/end"

// envelope reads what every row has.
func (t *csvTable) envelope(r row) (event.Event, error) {
	e := event.Event{ID: t.field(r, "id"), Source: t.name, AccountID: t.field(r, "customer"), Seq: int64(r.line)}
	if e.ID == "" {
		e.ID = "line " + strconv.Itoa(r.line)
	}
	if first, ok := t.lines[e.ID]; ok {
		return e, fmt.Errorf("id %.48q is that of line %d, too", e.ID, first)
	}
	t.lines[e.ID] = r.line
	for _, f := range []struct {
		name string
		at   *time.Time
	}{{"date", &e.Time}, {"effective", &e.EffectiveTime}, {"recorded", &e.RecordedTime}} {
		text := t.field(r, f.name)
		if text == "" && f.name != "date" {
			continue
		}
		at, err := parseTime(text, t.loc)
		if err != nil {
			return e, fmt.Errorf("%s: %.48q: %w", f.name, text, err)
		}
		*f.at = at
	}
	if text := t.field(r, "order"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return e, fmt.Errorf("order: %.48q is no whole number", text)
		}
		e.Seq = n
	}
	if t.segment >= 0 {
		e.Props = event.NewProps(event.String(t.by, strings.TrimSpace(r.fields[t.segment])))
	}
	return e, nil
}

// items reads the one item of a row.
func (t *csvTable) items(r row) ([]event.SubscriptionItem, error) {
	if _, err := metric.ParseCurrency(t.field(r, "currency")); err != nil {
		return nil, fmt.Errorf("currency: %.48q is no code of ISO 4217 such as USD", t.field(r, "currency"))
	}
	item := event.SubscriptionItem{ItemID: t.field(r, "subscription"), Plan: t.field(r, "plan")}
	var err error
	if item.Amount, err = t.amount(r, "amount"); err != nil {
		return nil, err
	}
	if t.field(r, "tax") != "" {
		tax, err := t.amount(r, "tax")
		if err != nil {
			return nil, err
		}
		if tax > item.Amount {
			return nil, fmt.Errorf("tax: %d is more than the amount of %d", tax, item.Amount)
		}
		item.Tax = event.Some(tax)
	}
	count, unit, err := parseInterval(t.field(r, "interval"))
	item.Interval, item.IntervalCount = unit, event.Some(count)
	return []event.SubscriptionItem{item}, err
}

func (t *csvTable) amount(r row, name string) (int64, error) {
	text := t.field(r, name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s: %.48q is no whole number of 0 or more, in the smallest unit of the currency", name, text)
	}
	return n, nil
}

// parseInterval reads an interval such as "month" or "3 months".
func parseInterval(text string) (count int64, unit string, err error) {
	count, unit = 1, strings.ToLower(text)
	if number, rest, ok := strings.Cut(unit, " "); ok {
		unit = strings.TrimSpace(rest)
		count, err = strconv.ParseInt(number, 10, 64)
	}
	unit = strings.TrimSuffix(unit, "s")
	if err != nil || count < 1 || count > 1000 || !slices.Contains([]string{"day", "week", "month", "year"}, unit) {
		return 0, "", fmt.Errorf(`interval: %.48q, want day, week, month, year or some of them, as "3 months"`, text)
	}
	return count, unit, nil
}

// cancelled is the end of a subscription.
func (t *csvTable) cancelled(r row, e event.Event) (event.Event, error) {
	p := event.SubscriptionCancelled{SubscriptionID: t.field(r, "subscription"), Reason: t.field(r, "reason")}
	if text := t.field(r, "voluntary"); text != "" {
		v, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return e, fmt.Errorf("voluntary: %.48q is neither true nor false", text)
		}
		p.Voluntary = event.Some(v)
	}
	return event.New(e, p), nil
}

// retraction makes another row void. The notice of a cancellation was given nevertheless, and
// is withdrawn.
func (t *csvTable) retraction(r row, e event.Event) ([]event.Event, error) {
	id := t.field(r, "retracted")
	kind, ok := t.kinds[id]
	if id == "" || !ok {
		return nil, fmt.Errorf("retracted: %.48q is the id of no row", id)
	}
	if kind != "subscription_cancellation_requested" {
		return []event.Event{event.New(e, event.FactRetracted{RetractedID: id})}, nil
	}
	e.EffectiveTime = time.Time{} // that of the cancellation
	void := e
	void.ID += endSuffix
	return []event.Event{
		event.New(e, event.SubscriptionCancellationWithdrawn{SubscriptionID: t.field(r, "subscription")}),
		event.New(void, event.FactRetracted{RetractedID: id + endSuffix}),
	}, nil
}

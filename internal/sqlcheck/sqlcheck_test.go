package sqlcheck

import (
	"database/sql"
	"maps"
	"slices"
	"testing"
	"time"
)

// leastMetrics is how many metrics the two logs have to give values for together.
const leastMetrics = 160

// eventLog is a log that the program is run on.
type eventLog struct {
	name     string
	flags    []string // that make the program read it
	queries  string   // folder
	load     func(t *testing.T, db *sql.DB, zone *time.Location)
	counted  string // SQL: how many events count, each once
	extent   string // SQL: its first instant, its last one, and the time of its latest event
	segments string // SQL: its segments by name
	column   string // the flag -segment that those are of
	currency currency
}

// currency is the one of all amounts of a log.
type currency struct {
	code   string
	digits int // of its smallest unit
}

func cdnowLog() eventLog {
	return eventLog{
		name:    "cdnow", // what the program reads without flags
		queries: "cdnow",
		load: func(t *testing.T, db *sql.DB, zone *time.Location) {
			loadPurchases(t, db, moduleRoot+"/examples/lifecycle/data/CDNOW_sample.txt", zone)
		},
		counted:  `SELECT count(*) FROM log`,
		extent:   `SELECT min(at), max(at), max(at) FROM log`,
		segments: `SELECT DISTINCT CAST(cds AS TEXT) FROM log ORDER BY 1`,
		column:   "quantity",
		currency: currency{"USD", 2},
	}
}

func saasLog() eventLog {
	return jsonLog("saas", moduleRoot+"/examples/lifecycle/data/saas.jsonl", currency{"USD", 2}, "-sample", "saas")
}

func hostileLog(t *testing.T) eventLog {
	file := writeHostileLog(t)
	return jsonLog("hostile", file, currency{hostileCurrency, 3}, "-file", file)
}

// jsonLog is a log of JSON lines.
func jsonLog(name, file string, c currency, flags ...string) eventLog {
	return eventLog{
		name:     name,
		flags:    flags,
		queries:  "saas",
		load:     func(t *testing.T, db *sql.DB, _ *time.Location) { loadEvents(t, db, file) },
		counted:  `SELECT count(DISTINCT source || '/' || id) FROM log WHERE NOT test`,
		extent:   `SELECT min(coalesce(effective_time, time)), max(coalesce(effective_time, time)), max(time) FROM log`,
		segments: `SELECT DISTINCT coalesce(props ->> 'region', '(none)') FROM log ORDER BY 1`,
		column:   "region",
		currency: c,
	}
}

// breakdown is how a report splits a log.
type breakdown struct {
	unit     string // the flag -period
	zone     string // the flag -zone
	segments bool
}

// breakdowns are several kinds of periods, with and without segments, in two zones of
// which one has daylight saving.
func breakdowns() []breakdown {
	return []breakdown{
		{unit: "quarter"},
		{unit: "month", segments: true},
		{unit: "week", zone: "America/New_York"},
		{unit: "year", zone: "America/New_York", segments: true},
	}
}

// Every value of the two logs that ship with the program, and every undefined cell.
func TestTheProgramPrintsWhatSQLFinds(t *testing.T) {
	withValue := map[string]bool{}
	for _, log := range []eventLog{cdnowLog(), saasLog()} {
		for _, b := range breakdowns() {
			t.Run(log.name+" by "+b.unit, func(t *testing.T) {
				compare(t, log, b, withValue)
			})
		}
	}
	if len(withValue) < leastMetrics {
		t.Errorf("%d metrics have values, want at least %d", len(withValue), leastMetrics)
	}
	t.Logf("%d metrics have values: %q", len(withValue), slices.Sorted(maps.Keys(withValue)))
}

// The same for a log that would show what the shipped ones are too tidy for.
func TestTheProgramPrintsWhatSQLFindsInAHostileLog(t *testing.T) {
	log := hostileLog(t)
	withValue := map[string]bool{}
	for _, b := range breakdowns() {
		t.Run("by "+b.unit, func(t *testing.T) {
			compare(t, log, b, withValue)
		})
	}
	for metric := range readQueries(t, log.queries) {
		if !withValue[metric] {
			t.Errorf("%s has no value", metric)
		}
	}
}

// compare runs the program once and asks SQL for every cell of the report. It adds the
// metrics that have a value.
func compare(t *testing.T, log eventLog, b breakdown, withValue map[string]bool) {
	flags := append([]string{"-output", "json"}, log.flags...)
	if b.unit != "quarter" { // which is the default
		flags = append(flags, "-period", b.unit)
	}
	zone := time.UTC // and so is this
	if b.zone != "" {
		flags = append(flags, "-zone", b.zone)
		var err error
		if zone, err = time.LoadLocation(b.zone); err != nil {
			t.Fatal(err)
		}
	}
	if b.segments {
		flags = append(flags, "-segment", log.column)
	}
	printed := runProgram(t, flags...)

	db := openDatabase(t)
	createTables(t, db, log.queries+"/tables.sql")
	log.load(t, db, zone)

	checkSource(t, db, log, printed)
	periods := logPeriods(t, db, log, b.unit, zone)
	checkPeriods(t, printed.Periods, periods)
	segments := []string{}
	if b.segments {
		segments = texts(t, db, log.segments)
	}
	if !slices.Equal(printed.Segments.Values, segments) {
		t.Fatalf("segments %q, want %q", printed.Segments.Values, segments)
	}

	queries := readQueries(t, log.queries)
	results := byCell(t, printed.Results, queries)
	compared := 0
	for _, p := range periods {
		for i := -1; i < len(segments); i++ {
			at := cell{period: p.label, all: true}
			var segment any // NULL
			if i >= 0 {
				at = cell{period: p.label, segment: segments[i]}
				segment = segments[i]
			}
			if _, err := db.Exec(`DELETE FROM cell`); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`INSERT INTO cell VALUES (?, ?, ?)`, p.start.UnixNano(), p.end.UnixNano(), segment); err != nil {
				t.Fatal(err)
			}
			for _, metric := range slices.Sorted(maps.Keys(queries)) {
				result, ok := results[at][metric]
				if !ok {
					t.Errorf("%s %+v: not printed", metric, at)
					continue
				}
				compared++
				want, err := ask(db, queries[metric], log.currency)
				if err != nil {
					t.Fatalf("%s: %v", metric, err)
				}
				got := result.answer(t)
				if got.String() != want.String() {
					t.Errorf("%s %+v: printed %v, SQL finds %v", metric, at, got, want)
				} else if got.undefined == "" {
					withValue[metric] = true
				}
			}
		}
	}
	if compared != len(printed.Results) {
		t.Errorf("%d results printed, %d compared", len(printed.Results), compared)
	}
	t.Logf("%d results compared", compared)
}

// cell is a period and a segment of a report.
type cell struct {
	period  string
	segment string
	all     bool
}

// byCell sorts the results. One without a query and one printed twice are errors.
func byCell(t *testing.T, results []printedResult, queries map[string]query) map[cell]map[string]printedResult {
	t.Helper()
	of := map[cell]map[string]printedResult{}
	unknown := map[string]bool{}
	for _, r := range results {
		at := cell{period: r.Period, all: r.Segment == nil}
		if r.Segment != nil {
			at.segment = *r.Segment
		}
		if _, ok := queries[r.Metric]; !ok {
			unknown[r.Metric] = true
			continue
		}
		if of[at] == nil {
			of[at] = map[string]printedResult{}
		}
		if _, twice := of[at][r.Metric]; twice {
			t.Errorf("%s %+v: printed twice", r.Metric, at)
		}
		of[at][r.Metric] = r
	}
	for _, metric := range slices.Sorted(maps.Keys(unknown)) {
		t.Errorf("%s is printed, and there is no query for it", metric)
	}
	return of
}

// checkSource compares what the program says about its input with the rows of the log.
func checkSource(t *testing.T, db *sql.DB, log eventLog, printed report) {
	t.Helper()
	number := func(query string) int {
		table, err := integers(db, query, 1)
		if err != nil {
			t.Fatal(err)
		}
		return int(table[0][0].Int64())
	}
	lines, counted := number(`SELECT count(*) FROM log`), number(log.counted)
	if s := printed.Source; s.Lines != lines || s.BadLines != 0 || s.Events != counted {
		t.Errorf("%d lines, %d bad ones, %d events; want %d, 0, %d", s.Lines, s.BadLines, s.Events, lines, counted)
	}
}

// logPeriods returns the periods that the log spans.
func logPeriods(t *testing.T, db *sql.DB, log eventLog, unit string, zone *time.Location) []period {
	t.Helper()
	table, err := integers(db, log.extent, 3)
	if err != nil {
		t.Fatal(err)
	}
	instant := func(i int) time.Time { return time.Unix(0, table[0][i].Int64()) }
	return periodsBetween(instant(0), instant(1), instant(2), unit, zone)
}

// texts returns the only column of a query.
func texts(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	list := []string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

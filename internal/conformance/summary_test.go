package conformance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/metric/event"
	"github.com/openlifecycle/lifecycle/metric/purchase"
	"github.com/openlifecycle/lifecycle/segment"
)

func init() {
	registerFacts("rfm", runRFM)
	registerFacts("grid", runGrid)
	registerFacts("coh", runRetail)
}

// readData returns a file that a fact names, such as "../data/CDNOW_master.txt (69,659 rows)".
func readData(t *testing.T, name string) []byte {
	t.Helper()
	name, _, _ = strings.Cut(name, " ")
	name = filepath.Base(name)
	for _, file := range []string{
		filepath.Join("testdata", "data", name), filepath.Join("testdata", "data", name+".gz"), filepath.Join("..", "..", "examples", "lifecycle", "data", name),
	} {
		data, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if strings.HasSuffix(file, ".gz") {
			z, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if data, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		return data
	}
	t.Fatalf("no data %q", name)
	return nil
}

func readCSV(t *testing.T, name string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(readData(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// sale is one row of a transaction log, with an amount in units of 10^-scale.
type sale struct {
	customer string
	day      time.Time
	amount   int64
}

func parseDay(t *testing.T, text string) time.Time {
	t.Helper()
	for _, form := range []string{time.DateOnly, "20060102", time.DateTime, "2006-01-02 15:04"} {
		if day, err := time.Parse(form, text); err == nil {
			return day
		}
	}
	t.Fatalf("%q is no date", text)
	return time.Time{}
}

// units returns a decimal number in units of 10^-scale.
func units(t *testing.T, text string, scale int) int64 {
	t.Helper()
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > scale {
		t.Fatalf("%q has more than %d decimals", text, scale)
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", scale-len(part)), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// salesOf reads a transaction log: in cents.
func salesOf(t *testing.T, name string) (sales []sale) {
	t.Helper()
	switch data := string(readData(t, name)); {
	case strings.Contains(name, "CDNOW"):
		lines := bufio.NewScanner(strings.NewReader(data))
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			if len(f) < 4 || f[0] == "customer_id" {
				continue
			}
			sales = append(sales, sale{f[0], parseDay(t, f[len(f)-3]), units(t, f[len(f)-1], 2)})
		}
	case strings.Contains(name, "example_transactions"):
		for _, row := range readCSV(t, name) {
			sales = append(sales, sale{row[1], parseDay(t, row[0]), 0})
		}
	case strings.Contains(name, "rfm_data_orders"):
		for _, row := range readCSV(t, name) {
			sales = append(sales, sale{row[0], parseDay(t, row[1]), units(t, row[2], 2)})
		}
	default:
		t.Fatalf("no reader for %q", name)
	}
	return sales
}

func logOf(t *testing.T, sales []sale) *purchase.Log {
	t.Helper()
	log, err := purchase.New(purchase.Options{Workers: 2, Currency: metric.USD("1").Currency()})
	if err != nil {
		t.Fatal(err)
	}
	b := new(purchase.Block)
	for _, s := range sales {
		b.Customer = append(b.Customer, log.Keys().Code(s.customer))
		b.Time = append(b.Time, s.day.UnixNano())
		b.Amount = append(b.Amount, s.amount)
	}
	if err := log.AddBlock(b); err != nil {
		t.Fatal(err)
	}
	return log
}

// facts of recency, frequency and monetary value.
type rfmInputs struct {
	Data           string
	Log            [][]any
	CalibrationEnd string `json:"calibration_end"`
	ObservationEnd string `json:"observation_end"`
	AnalysisDate   string `json:"analysis_date"`
	Unit           string
	Freq           string
	Bins           string
	IncludeFirst   bool `json:"include_first_transaction"`
	Segments       *struct {
		Names   []string
		R, F, M [][2]uint8
		Rule    string
	}
}

func runRFM(t *testing.T, c testCase) {
	var in rfmInputs
	d := json.NewDecoder(bytes.NewReader(c.Inputs))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		c.Skip(t, fmt.Sprintf("the inputs are not known: %v", err))
	}
	var sales []sale
	switch {
	case in.Data != "":
		sales = salesOf(t, in.Data)
	case in.Log != nil:
		for _, row := range in.Log {
			s := sale{customer: fmt.Sprint(row[0]), day: parseDay(t, fmt.Sprint(row[1]))}
			if len(row) > 2 {
				s.amount = units(t, fmt.Sprint(row[2]), 2)
			}
			sales = append(sales, s)
		}
	default:
		c.Skip(t, "there is no log among the inputs")
	}
	switch {
	case strings.Contains(c.What, "log totals"):
		runLogTotals(t, c, sales)
	case in.AnalysisDate != "":
		runScores(t, c, in, sales)
	default:
		runSummaryRows(t, c, in, sales)
	}
}

// near compares within the absolute or relative tolerance of a fact.
func (c *testCase) near(t *testing.T, what string, got float64, want any) {
	t.Helper()
	var tolerance struct{ Abs, Rel float64 }
	if len(c.Tolerance) > 0 {
		if err := json.Unmarshal(c.Tolerance, &tolerance); err != nil {
			t.Fatal(err)
		}
	}
	w, ok := want.(float64)
	if !ok {
		t.Errorf("%s: %v is not a number", what, want)
		return
	}
	if math.Abs(got-w) > tolerance.Abs+tolerance.Rel*math.Abs(w)+1e-9 {
		t.Errorf("%s: %v, want %v", what, got, w)
	}
}

func expected[V any](t *testing.T, c testCase) (v V) {
	t.Helper()
	if err := json.Unmarshal(c.Expected, &v); err != nil {
		c.Skip(t, fmt.Sprintf("what is expected is of no known form: %v", err))
	}
	return v
}

// runLogTotals is about a log as a whole.
func runLogTotals(t *testing.T, c testCase, sales []sale) {
	log := logOf(t, sales)
	totals, err := log.Totals(time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var cents, orders, days int64
	for _, x := range totals.All() {
		n, _ := x.Units()
		cents += n
		orders += x.Orders
	}
	all, err := log.Summary(purchase.SummaryOptions{End: parseDay(t, "2100-01-01"), IncludeFirst: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all.All() {
		days += x.Frequency
	}
	for name, want := range expected[map[string]any](t, c) {
		switch prefix, date, dated := strings.Cut(name, "_by_"); {
		case name == "rows":
			c.near(t, name, float64(orders), want)
		case name == "customers":
			c.near(t, name, float64(totals.Len()), want)
		case name == "customer_days":
			c.near(t, name, float64(days), want)
		case name == "dollars":
			c.near(t, name, float64(cents)/100, want)
		case name == "zero_value_rows":
			n := 0
			for _, s := range sales {
				if s.amount == 0 {
					n++
				}
			}
			c.near(t, name, float64(n), want)
		case dated || strings.HasPrefix(name, "distinct_triples") || strings.HasPrefix(name, "repeaters_with_zero"):
			if !dated {
				date = "1997-09-30" // the calibration period that these facts are about
			}
			s, err := log.Summary(purchase.SummaryOptions{End: parseDay(t, date), Unit: purchase.Weeks})
			if err != nil {
				t.Fatal(err)
			}
			transactions, repeaters, zero := int64(0), 0, 0
			triples := make(map[[3]int64]bool)
			for _, x := range s.All() {
				transactions += x.Frequency
				triples[[3]int64{x.Frequency, int64(x.Recency), int64(x.Age)}] = true
				if x.Frequency > 0 {
					repeaters++
					if n, _ := x.SpendUnits(); n == 0 {
						zero++
					}
				}
			}
			got, ok := map[string]float64{
				"repeat_transactions": float64(transactions), "repeat_customers": float64(repeaters),
				"distinct_triples_weeks": float64(len(triples)), "repeaters_with_zero_mean_spend": float64(zero),
			}[prefix]
			if !ok {
				c.Skip(t, "the figure "+name+" is not known")
			}
			c.near(t, name, got, want)
		default:
			c.Skip(t, "the figure "+name+" is not known")
		}
	}
}

// runSummaryRows is about rows of a summary, or columns of it.
func runSummaryRows(t *testing.T, c testCase, in rfmInputs, sales []sale) {
	last := sales[0].day
	for _, s := range sales {
		last = maxTime(last, s.day)
	}
	o := purchase.SummaryOptions{End: last, IncludeFirst: in.IncludeFirst}
	o.SinceLast = in.IncludeFirst && strings.Contains(c.What+c.Source, "pymc")
	if in.ObservationEnd != "" {
		o.End = parseDay(t, in.ObservationEnd)
	}
	if in.CalibrationEnd != "" {
		if end := parseDay(t, in.CalibrationEnd); in.ObservationEnd != "" {
			o.End, o.Holdout = end, o.End
		} else {
			o.End = end
		}
	}
	unit := strings.ToLower(in.Unit + in.Freq)
	switch {
	case unit == "", strings.HasPrefix(unit, "d"):
	case strings.HasPrefix(unit, "week") && in.Freq == "":
		o.Unit = purchase.Weeks
	case unit == "w" || strings.HasPrefix(unit, "week"):
		o.Unit, o.Collapse = purchase.Weeks, metric.UnitWeek
	default:
		c.Skip(t, fmt.Sprintf("the unit %q is not known", unit))
	}
	s, err := logOf(t, sales).Summary(o)
	if err != nil {
		t.Fatal(err)
	}
	figure := func(x *purchase.Customer, name string) (float64, bool) {
		inUnit := func(d purchase.Span) float64 {
			num, den := s.Unit().Of(d)
			return float64(num) / float64(den)
		}
		mean := func(cents int64, n int64) float64 { return float64(cents) / 100 / float64(max(n, 1)) }
		switch name {
		case "frequency", "x", "calibration_frequency", "frequency_cal":
			return float64(x.Frequency), true
		case "recency", "t_x", "calibration_recency", "recency_cal":
			return inUnit(x.Recency), true
		case "T", "age", "T_cal":
			return inUnit(x.Age), true
		case "monetary_value", "monetary", "monetary_value_cal":
			n, _ := x.SpendUnits()
			return mean(n, x.Frequency), true
		case "holdout_frequency", "frequency_holdout":
			return float64(x.HoldoutFrequency), true
		case "holdout_monetary", "monetary_value_holdout":
			n, _ := x.HoldoutUnits() // lifetimes has the mean of rows here
			return mean(n, x.HoldoutOrders), true
		case "duration_holdout":
			return inUnit(s.HoldoutDays()), true
		}
		return 0, false
	}
	var keys []string
	for key := range s.All() {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int {
		x, err1 := strconv.Atoi(a)
		y, err2 := strconv.Atoi(b)
		if err1 == nil && err2 == nil {
			return x - y
		}
		return strings.Compare(a, b)
	})
	check := func(key, name string, want any) {
		x := s.Lookup(key)
		if x == nil {
			t.Errorf("no customer %q", key)
			return
		}
		got, ok := figure(x, name)
		if !ok {
			c.Skip(t, "the figure "+name+" is not known")
		}
		c.near(t, key+": "+name, got, want)
	}
	switch want := expected[any](t, c).(type) {
	case []any: // a row for each of the first customers
		names := []string{"x", "t_x", "T", "monetary_value"}
		for i, row := range want {
			list, ok := row.([]any)
			if ok && i < len(keys) && len(list) > 3 && strings.Contains(c.What, "(id, ") && fmt.Sprint(list[0]) == keys[i] {
				list = list[1:]
			}
			if !ok || len(list) > len(names) || i >= len(keys) {
				c.Skip(t, "the rows are of no known form")
			}
			for j, v := range list {
				check(keys[i], names[j], v)
			}
		}
	case map[string]any:
		for name, column := range want {
			switch column := column.(type) {
			case map[string]any: // by customer
				for key, v := range column {
					check(key, name, v)
				}
			case []any: // of all customers, or a row of one
				if _, isFigure := figure(new(purchase.Customer), name); !isFigure {
					for j, v := range column {
						check(name, []string{"x", "t_x", "T", "monetary_value"}[j], v)
					}
					continue
				}
				if len(column) > len(keys) {
					t.Errorf("%s: %d customers, want %d", name, len(keys), len(column))
				}
				for i, v := range column[:min(len(column), len(keys))] {
					check(keys[i], name, v)
				}
			case float64:
				if name != "customers" {
					c.Skip(t, "the figure "+name+" is not known")
				}
				c.near(t, name, float64(s.Len()), column)
			default:
				c.Skip(t, "the figure "+name+" is of no known form")
			}
		}
	default:
		c.Skip(t, "what is expected is of no known form")
	}
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// runScores is about scores, named segments and the records behind them.
func runScores(t *testing.T, c testCase, in rfmInputs, sales []sale) {
	at := parseDay(t, in.AnalysisDate)
	totals, err := logOf(t, sales).Totals(at)
	if err != nil {
		t.Fatal(err)
	}
	records, err := segment.Records(totals, at)
	if err != nil {
		t.Fatal(err)
	}
	if in.Segments == nil {
		runRecords(t, c, records)
		return
	}
	if in.Bins != "" && !(strings.Contains(in.Bins, "quintiles") && strings.Contains(in.Bins, "quantile + 1")) {
		c.Skip(t, fmt.Sprintf("the bins %q are not known", in.Bins))
	}
	// A step above the quantile, of one day, one order and one unit of money.
	rfm, err := segment.Score(records, segment.ScoreOptions{
		Recency: segment.Scale{Above: 1}, Frequency: segment.Scale{Above: 1}, Monetary: segment.Scale{Above: 100}, Workers: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	m := segment.Map{FirstWins: strings.Contains(in.Segments.Rule, "first match wins"), Rest: "Others"}
	for i, name := range in.Segments.Names {
		of := func(list [][2]uint8) segment.Range { return segment.Range{From: list[i][0], To: list[i][1]} }
		m.Boxes = append(m.Boxes, segment.Box{Name: name, R: of(in.Segments.R), F: of(in.Segments.F), M: of(in.Segments.M)})
	}
	labels, err := rfm.Label(m, totals.Keys())
	if err != nil {
		t.Fatal(err)
	}
	table := segment.TableOf(records, labels, metric.USD("1").Currency())
	rows := make(map[string]*segment.TableRow)
	for i := range table.Rows {
		rows[table.Rows[i].Label] = &table.Rows[i]
	}
	figure := func(label, name string) (float64, bool) {
		row := rows[label]
		if row == nil {
			t.Fatalf("no segment %q", label)
		}
		money, _ := table.Money(row)
		cents, _ := money.Minor()
		share, _ := table.MoneyShare(row)
		days := recencies(records, labels, label)
		switch name {
		case "customers":
			return float64(row.Customers), true
		case "orders":
			return float64(row.Orders), true
		case "revenue":
			return float64(cents) / 100, true
		case "revenue_share_pct":
			return share.Decimal().Shift(2).InexactFloat64(), true
		case "median_recency_days":
			return median(days), true
		}
		return 0, false
	}
	for name, want := range expected[map[string]any](t, c) {
		byLabel, ok := want.(map[string]any)
		if !ok { // of the segment that the fact is about
			for label := range rows {
				if strings.HasSuffix(c.What, " of "+label) {
					byLabel = map[string]any{label: want}
				}
			}
		}
		if byLabel == nil {
			c.Skip(t, "the segment of the figure "+name+" is not known")
		}
		for label, v := range byLabel {
			got, ok := figure(label, name)
			if !ok {
				c.Skip(t, "the figure "+name+" is not known")
			}
			c.near(t, label+": "+name, got, v)
		}
	}
}

func recencies(records []segment.Record, l *segment.Labels, label string) (days []int64) {
	for _, x := range records {
		if label == "" || l.OfCode(x.Customer) == label {
			days = append(days, x.Recency)
		}
	}
	return days
}

func median(values []int64) float64 {
	slices.Sort(values)
	n := len(values)
	if n == 0 {
		return math.NaN()
	}
	return float64(values[(n-1)/2]+values[n/2]) / 2
}

// runRecords is about records as such.
func runRecords(t *testing.T, c testCase, records []segment.Record) {
	if !strings.Contains(c.What, "by number of orders") {
		c.Skip(t, fmt.Sprintf("%q is not known", c.What))
	}
	counts := make(map[int64]int)
	most := int64(0)
	for _, x := range records {
		counts[x.Frequency]++
		most = max(most, x.Frequency)
	}
	want := expected[[]float64](t, c)
	if int(most) > len(want) {
		t.Errorf("a customer has %d orders, want at most %d", most, len(want))
	}
	for i, n := range want {
		c.near(t, fmt.Sprint(i+1, " orders"), float64(counts[int64(i+1)]), n)
	}
}

// gridSample is a log of order lines with what is known of each client.
type gridSample struct {
	log     *purchase.Log
	cac     map[string]int64
	channel map[string]string
	raw     map[string]float64 // potential before it is scaled
}

// margins are those of the products of the samples, in whole units.
func margins() map[string]int64 { return map[string]int64{"a": 1, "b": 2, "c": 3} }

func readGrid(t *testing.T, orders, clients string) *gridSample {
	t.Helper()
	log, err := purchase.New(purchase.Options{Lines: true, Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range readCSV(t, orders) {
		product := row[len(row)-1]
		margin, ok := margins()[product]
		if !ok {
			continue // an order line without a product
		}
		e := event.New(event.Event{ID: fmt.Sprint(i), UserID: row[1], Time: parseDay(t, row[len(row)-2])},
			event.OrderCompleted{OrderID: row[0], Amount: margin, Currency: "JPY"})
		log.Add(&e)
	}
	s := &gridSample{log: log, cac: make(map[string]int64), channel: make(map[string]string), raw: make(map[string]float64)}
	for _, row := range readCSV(t, clients) {
		if len(row) == 2 {
			s.cac[row[0]] = units(t, row[1], 0)
			continue
		}
		s.channel[row[0]], s.cac[row[0]], s.raw[row[0]] = row[1], units(t, row[2], 0), float64(units(t, row[3], 0))
	}
	return s
}

// bounds returns the least values of bins called "0-6", "5", ">5".
func bounds(t *testing.T, names []string) segment.Axis {
	var a segment.Axis
	for _, name := range names {
		from, _, _ := strings.Cut(strings.TrimPrefix(name, ">"), "-")
		n := units(t, from, 0)
		if strings.HasPrefix(name, ">") {
			n++
		}
		a = append(a, n)
	}
	slices.Sort(a)
	return a
}

func (s *gridSample) totals(t *testing.T, at time.Time) *purchase.Totals {
	t.Helper()
	totals, err := s.log.Totals(at)
	if err != nil {
		t.Fatal(err)
	}
	return totals
}

// grid fills a grid whose groups are the months of the first orders.
func (s *gridSample) grid(t *testing.T, at time.Time, frequency, recency segment.Axis) *segment.Grid {
	t.Helper()
	g, err := segment.NewGrid(segment.GridOptions{Frequency: frequency, Recency: recency, Measures: []segment.Measure{
		{Name: segment.Margin}, {Name: segment.CAC}, {Name: segment.Predicted, Scale: 2}, {Name: "gap"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	totals := s.totals(t, at)
	cohorts, err := segment.PurchaseCohorts(totals, metric.UnitMonth)
	if err != nil {
		t.Fatal(err)
	}
	end := purchase.DateOf(at)
	err = g.AddTotals(totals, at, func(key string, c *purchase.Total) (string, []int64) {
		margin, _ := c.Units()
		// The post's own formulas, rounded as R rounds.
		potential := s.raw[key] / math.Sqrt(float64(end-c.LastDate)) * float64(c.Orders)
		gap := math.RoundToEven(float64(c.LastDate-c.FirstDate) / float64(c.Orders))
		return cohorts.Of(key), []int64{margin, s.cac[key], int64(math.RoundToEven(potential * 100)), int64(gap)}
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const (
	cohortOrders  = "lifecycle_grids_cohort_order_lines.csv"
	cohortClients = "lifecycle_grids_cohort_clients.csv"
)

func runGrid(t *testing.T, c testCase) {
	var in struct {
		Orders, CAC, Clients, See string
		ReportingDate             string `json:"reporting_date"`
		Rows, Columns             []string
	}
	if err := json.Unmarshal(c.Inputs, &in); err != nil {
		c.Skip(t, fmt.Sprintf("the inputs are not known: %v", err))
	}
	if in.See != "" { // the cohort sample
		in.Orders, in.Clients, in.ReportingDate = cohortOrders, cohortClients, "2013-05-16"
		in.Rows, in.Columns = []string{">5", "5", "4", "3", "2", "1"}, []string{">180", "121-180", "91-120", "61-90", "31-60", "0-30"}
	}
	if in.Orders == "" || in.ReportingDate == "" || in.CAC+in.Clients == "" {
		c.Skip(t, "orders, clients or the date are not among the inputs")
	}
	s := readGrid(t, in.Orders, in.CAC+in.Clients)
	g := s.grid(t, parseDay(t, in.ReportingDate), bounds(t, in.Rows), bounds(t, in.Columns))
	what := strings.ToLower(c.What)
	if cell, ok := expected[any](t, c).(map[string]any); ok {
		runGridCell(t, c, g, cell)
		return
	}
	value := func(x segment.Cell) (float64, error) {
		measure := ""
		switch {
		case strings.Contains(what, "potential"):
			measure = segment.Predicted
		case strings.Contains(what, "cac"):
			measure = segment.CAC
		case strings.Contains(what, "clv"), strings.Contains(what, "margin"):
			measure = segment.Margin
		case strings.Contains(what, "clients"):
			return float64(x.Customers()), nil
		default:
			c.Skip(t, fmt.Sprintf("%q is not known", c.What))
		}
		of := x.Sum
		if strings.Contains(what, "average") {
			of = x.Mean
		}
		n, err := of(measure)
		return n.Decimal().InexactFloat64(), err
	}
	for i, row := range expected[[][]*float64](t, c) {
		for j, want := range row {
			got, err := value(g.All(len(in.Rows)-1-i, len(in.Columns)-1-j))
			name := in.Rows[i] + " orders, " + in.Columns[j] + " days"
			switch {
			case want == nil && err == nil:
				t.Errorf("%s: %v, want none", name, got)
			case want != nil:
				c.near(t, name, got, *want)
			}
		}
	}
}

// runGridCell is about one cell, which the fact names in words.
func runGridCell(t *testing.T, c testCase, g *segment.Grid, want map[string]any) {
	group := ""
	for _, name := range g.Groups() {
		if strings.Contains(c.What, name) {
			group = name
		}
	}
	cell := func() segment.Cell {
		for f, orders := range g.Options().Frequency.Names() {
			for r, days := range g.Options().Recency.Names() {
				if strings.Contains(c.What, " "+orders+" purchases") && strings.Contains(c.What, " "+days+" days") {
					return g.Cell(group, f, r)
				}
			}
		}
		c.Skip(t, fmt.Sprintf("no cell is %q", c.What))
		return segment.Cell{}
	}()
	for name, v := range want {
		measure, ok := map[string]string{"av_cac": segment.CAC, "av_clv": segment.Margin, "av_clv_potential": segment.Predicted, "av_gap": "gap"}[name]
		switch {
		case name == "clients":
			c.near(t, name, float64(cell.Customers()), v)
		case ok:
			mean, err := cell.Mean(measure)
			if err != nil {
				t.Fatal(err)
			}
			c.near(t, name, mean.Decimal().InexactFloat64(), v)
		default:
			c.Skip(t, "the figure "+name+" is not known")
		}
	}
}

// TestLifecycleGridsOfCohorts has the other figures of the cohort sample: sizes, phases and
// the way of one cohort through the grid. They are computed by the emulation that made the
// sample, from the code of the post of 2015-04-01.
func TestLifecycleGridsOfCohorts(t *testing.T) {
	s := readGrid(t, cohortOrders, cohortClients)
	at := parseDay(t, "2013-05-16")
	totals := s.totals(t, at)
	if totals.Len() != 1451 {
		t.Errorf("%d clients, want 1451", totals.Len())
	}
	cohorts, err := segment.PurchaseCohorts(totals, metric.UnitMonth)
	if err != nil {
		t.Fatal(err)
	}
	month, err := metric.Month(2012, time.January, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []metric.Count{263, 217, 199, 155, 135, 106, 77, 44, 60, 46, 32, 26, 30, 20, 22, 14, 5} {
		if got, err := cohorts.Count(month.String(), 0); err != nil || got != want {
			t.Errorf("cohort %s: %d, %v, want %d", month, got, err, want)
		}
		month = month.Next()
	}
	var margin, cac int64
	for key, x := range totals.All() {
		n, _ := x.Units()
		margin += n
		cac += s.cac[key]
	}
	if margin != 34089 || cac != 17165 {
		t.Errorf("margin to date %d and CAC %d, want 34089 and 17165", margin, cac)
	}

	phases := segment.LifecyclePhases()
	records, err := segment.Records(totals, at)
	if err != nil {
		t.Fatal(err)
	}
	labels, err := phases.Label(records, totals.Keys())
	if err != nil {
		t.Fatal(err)
	}
	for f, row := range [][]metric.Count{{89, 147, 248}, {204, 273, 147}, {189, 124, 30}} {
		for r, want := range row {
			if got, err := labels.Count(phases.Names[f][r], 0); err != nil || got != want {
				t.Errorf("%s: %d, %v, want %d", phases.Names[f][r], got, err, want)
			}
		}
	}

	// The post counts orders strictly before each date, so the last day known is the one
	// before, and days count up to the date itself.
	cells := segment.CellPhases(segment.LifecycleFrequency(), segment.Axis{0, 31, 61, 91, 121, 181})
	var before *segment.Labels
	for _, step := range []struct {
		date string
		want map[string]metric.Count
	}{
		{"2012-10-01", map[string]metric.Count{"1 x 0-30": 56, "2 x 0-30": 4}},
		{"2013-01-01", map[string]metric.Count{"1 x 91-120": 31}},
		{"2013-04-01", map[string]metric.Count{"1 x >180": 25}},
	} {
		date := parseDay(t, step.date)
		known := s.totals(t, date.AddDate(0, 0, -1))
		records, err := segment.Records(known, date)
		if err != nil {
			t.Fatal(err)
		}
		records = slices.DeleteFunc(records, func(x segment.Record) bool { return cohorts.Of(known.Keys().Key(x.Customer)) != "2012-09" })
		labels, err := cells.Label(records, known.Keys())
		if err != nil {
			t.Fatal(err)
		}
		if labels.Len() != 60 {
			t.Errorf("%s: %d clients, want 60", step.date, labels.Len())
		}
		for name, want := range step.want {
			if got, err := labels.Count(name, 0); err != nil || got != want {
				t.Errorf("%s: %s: %d, %v, want %d", step.date, name, got, err, want)
			}
		}
		if before != nil {
			n := int64(0)
			for _, f := range segment.Flows(before, labels) {
				if n += f.Customers; f.From == "" || f.To == "" {
					t.Errorf("%s: %+v leaves the cohort", step.date, f)
				}
			}
			if n != 60 {
				t.Errorf("%s: %d clients went anywhere, want 60", step.date, n)
			}
		}
		before = labels
	}
}

// TestCDNOWSummary compares the summary of the log with the one that lifetimes ships, which is
// rounded to two decimals.
func TestCDNOWSummary(t *testing.T) {
	var sales []sale
	lines := bufio.NewScanner(bytes.NewReader(readData(t, "CDNOW_sample.txt")))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		id, err := strconv.Atoi(f[1]) // within the sample
		if err != nil {
			t.Fatal(err)
		}
		sales = append(sales, sale{strconv.Itoa(id), parseDay(t, f[2]), units(t, f[4], 2)})
	}
	s, err := logOf(t, sales).Summary(purchase.SummaryOptions{End: parseDay(t, "1997-09-30"), Unit: purchase.Weeks})
	if err != nil {
		t.Fatal(err)
	}
	if s.Len() != 2357 {
		t.Fatalf("%d customers, want 2357", s.Len())
	}
	for _, row := range readCSV(t, "cdnow_customers_summary_with_transactions.csv") {
		x := s.Lookup(row[0])
		mean := 0.0
		if x.Frequency > 0 {
			m, err := s.MeanSpend(x)
			if err != nil {
				t.Fatal(err)
			}
			mean = m.Amount().InexactFloat64()
		}
		got := []float64{float64(x.Frequency), s.Unit().Number(x.Recency).Decimal().InexactFloat64(), s.Unit().Number(x.Age).Decimal().InexactFloat64(), mean}
		for i, g := range got {
			want, err := strconv.ParseFloat(row[i+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(g-want) > 0.0051 {
				t.Errorf("customer %s: column %d is %v, want %v", row[0], i+1, g, want)
			}
		}
	}
}

// runRetail is about the Online Retail log, whose cancellations are negative lines.
func runRetail(t *testing.T, c testCase) {
	var in struct{ Data string }
	if err := json.Unmarshal(c.Inputs, &in); err != nil || !strings.Contains(in.Data, "online_retail_lines") {
		c.Skip(t, "the log is not known")
	}
	log, err := purchase.New(purchase.Options{Keep: purchase.KeepTotals})
	if err != nil {
		t.Fatal(err)
	}
	var invoices event.Keys
	b := new(purchase.Block)
	lines, anonymous := 0, 0
	var net int64 // in thousandths of a pound
	for _, row := range readCSV(t, in.Data) {
		lines++
		invoices.Code(row[0])
		amount := units(t, row[2], 0) * units(t, row[4], 3)
		net += amount
		if row[5] == "" {
			anonymous++
			continue
		}
		b.Customer = append(b.Customer, log.Keys().Code(row[5]))
		b.Time = append(b.Time, parseDay(t, row[3]).UnixNano())
		b.Amount = append(b.Amount, amount)
	}
	if err := log.AddBlock(b); err != nil {
		t.Fatal(err)
	}
	if taken := log.Report().Taken; taken != int64(lines-anonymous) {
		t.Errorf("%d lines taken in, want %d", taken, lines-anonymous)
	}
	for name, want := range expected[map[string]any](t, c) {
		got, ok := map[string]float64{
			"lines": float64(lines), "invoices": float64(invoices.Len()), "customers": float64(log.Keys().Len()),
			"lines_without_customer": float64(anonymous), "net_revenue_gbp": float64(net) / 1000,
		}[name]
		if !ok {
			c.Skip(t, "the figure "+name+" is not known")
		}
		c.near(t, name, got, want)
	}
}

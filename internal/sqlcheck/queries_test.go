package sqlcheck

import (
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// form says what the numbers are that a query returns, and so how the value is written.
type form string

const (
	count     form = "count"     // a whole number
	money     form = "money"     // in the smallest unit of the currency
	number    form = "number"    // a numerator and a denominator
	ratio     form = "ratio"     // the same, of a metric that is never negative
	share     form = "share"     // the same, of a metric whose range is from 0 to 1
	price     form = "price"     // the same, the numerator money
	mean      form = "mean"      // a sum of nanoseconds, and of how many durations
	durations form = "durations" // nanoseconds, a row for each duration, ascending
	average   form = "average"   // a sum, and of how many
	numbers   form = "numbers"   // a numerator and a denominator, a row for each number, ascending
)

// query finds the value of one metric in the cell.
type query struct {
	form form
	sql  string
}

// A query begins with a line that names its metric and its form: "-- ads.spend: money".
var queryHead = regexp.MustCompile(`(?m)^-- ([a-z0-9_]+\.[a-z0-9_]+): ([a-z]+)$`)

// readQueries reads the queries of a folder, by metric.
func readQueries(t *testing.T, folder string) map[string]query {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	queries := map[string]query{}
	for _, file := range files {
		if filepath.Base(file) == "tables.sql" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		heads := queryHead.FindAllSubmatchIndex(text, -1)
		if len(heads) == 0 {
			t.Fatalf("%s: no query", file)
		}
		for i, head := range heads {
			end := len(text)
			if i+1 < len(heads) {
				end = heads[i+1][0]
			}
			metric, q := string(text[head[2]:head[3]]), query{form(text[head[4]:head[5]]), string(text[head[1]:end])}
			if !slices.Contains([]form{count, money, number, ratio, share, price, mean, durations, average, numbers}, q.form) {
				t.Fatalf("%s: %s: unknown form %q", file, metric, q.form)
			}
			if strings.Count(q.sql, ";") != 1 {
				t.Fatalf("%s: %s: %d statements", file, metric, strings.Count(q.sql, ";"))
			}
			if _, twice := queries[metric]; twice {
				t.Fatalf("%s: %s: a second query", file, metric)
			}
			queries[metric] = q
		}
	}
	return queries
}

// answer is a value as the program should write it, or the reason why there is none.
type answer struct {
	values    []string // several for a distribution
	list      bool
	undefined string
}

func (a answer) String() string {
	switch {
	case a.undefined != "":
		return "undefined: " + a.undefined
	case a.list:
		return fmt.Sprintf("%q", a.values)
	}
	return a.values[0]
}

// ask runs a query. The database has to have the cell set.
func ask(db *sql.DB, q query, c currency) (answer, error) {
	table, err := integers(db, q.sql, q.form.columns())
	if errors.Is(err, errNull) { // See read_sum and read_count.
		return answer{undefined: "missing_input"}, nil
	}
	if err != nil {
		return answer{}, err
	}
	switch q.form {
	case durations:
		a := answer{list: true, values: []string{}}
		for _, row := range table {
			a.values = append(a.values, quotient(row[0], billion, 0)+"s")
		}
		return a, nil
	case numbers:
		a := answer{list: true, values: []string{}}
		for _, row := range table {
			a.values = append(a.values, quotient(row[0], row[1], 0))
		}
		return a, nil
	}
	if len(table) != 1 {
		return answer{}, fmt.Errorf("%d rows", len(table))
	}
	row := table[0]
	if outside(row, q.form) {
		return answer{undefined: "out_of_domain"}, nil
	}
	switch q.form {
	case count:
		return defined(row[0].String()), nil
	case money:
		return defined(quotient(row[0], c.units(), c.digits) + " " + c.code), nil
	}
	if row[1].Sign() == 0 {
		if q.form == mean || q.form == average {
			return answer{undefined: "empty_population"}, nil
		}
		return answer{undefined: "zero_denominator"}, nil
	}
	switch q.form {
	case price:
		return defined(quotient(row[0], new(big.Int).Mul(row[1], c.units()), c.digits) + " " + c.code), nil
	case mean:
		return defined(quotient(row[0], new(big.Int).Mul(row[1], billion), 0) + "s"), nil
	}
	return defined(quotient(row[0], row[1], 0)), nil
}

// units returns how many of the smallest units make the main one.
func (c currency) units() *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(c.digits)), nil)
}

// columns returns how many numbers a row has.
func (f form) columns() int {
	switch f {
	case count, money, durations:
		return 1
	}
	return 2
}

// outside reports whether a value lies outside the range that the registry gives its
// metric. That happens where a period ends between two events: more trials may convert in
// a week than began in it.
func outside(row []*big.Int, f form) bool {
	switch f {
	case count, money:
		return row[0].Sign() < 0
	case ratio:
		return row[1].Sign() != 0 && (row[0].Sign() < 0 || row[1].Sign() < 0)
	case share:
		return row[1].Sign() != 0 && (row[0].Sign() < 0 || row[0].Cmp(row[1]) > 0)
	}
	return false
}

func defined(text string) answer { return answer{values: []string{text}} }

var errNull = errors.New("a column is NULL")

// integers returns the rows of a query, all of whose columns have to be whole numbers. One
// that is NULL is errNull.
func integers(db *sql.DB, text string, columns int) ([][]*big.Int, error) {
	rows, err := db.Query(text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var table [][]*big.Int
	for rows.Next() {
		cells := make([]any, columns)
		into := make([]any, columns)
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := make([]*big.Int, columns)
		for i, cell := range cells {
			if cell == nil {
				return nil, errNull
			}
			n, ok := cell.(int64)
			if !ok {
				return nil, fmt.Errorf("column %d is %v (%T), want an integer", i+1, cell, cell)
			}
			row[i] = big.NewInt(n)
		}
		table = append(table, row)
	}
	return table, rows.Err()
}

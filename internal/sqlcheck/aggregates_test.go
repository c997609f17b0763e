package sqlcheck

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"modernc.org/sqlite"
)

// read_sum and read_count are sum and count, but for two cases: without rows both are 0, and
// of rows that are all NULL both are NULL.
func init() {
	sqlite.MustRegisterFunction("read_sum", aggregate(func(v driver.Value) (int64, error) {
		n, ok := v.(int64)
		if !ok {
			return 0, fmt.Errorf("read_sum of %v (%T), want integers", v, v)
		}
		return n, nil
	}))
	sqlite.MustRegisterFunction("read_count", aggregate(func(driver.Value) (int64, error) { return 1, nil }))
}

// aggregate returns the function that adds up what each value adds.
func aggregate(adds func(driver.Value) (int64, error)) *sqlite.FunctionImpl {
	return &sqlite.FunctionImpl{
		NArgs:         1,
		Deterministic: true,
		MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) {
			return &reading{adds: adds}, nil
		},
	}
}

// reading is one evaluation of read_sum or read_count.
type reading struct {
	adds       func(driver.Value) (int64, error)
	rows, read int
	total      int64
}

func (r *reading) Step(_ *sqlite.FunctionContext, row []driver.Value) error {
	r.rows++
	if row[0] == nil {
		return nil
	}
	r.read++
	n, err := r.adds(row[0])
	r.total += n
	return err
}

func (r *reading) WindowInverse(*sqlite.FunctionContext, []driver.Value) error {
	return errors.New("not a window function")
}

func (r *reading) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	if r.rows > 0 && r.read == 0 {
		return nil, nil
	}
	return r.total, nil
}

func (r *reading) Final(*sqlite.FunctionContext) {}

func TestAggregates(t *testing.T) {
	db := openDatabase(t)
	for _, c := range []struct {
		rows       string // in SQL, of columns a and b
		sum, count any    // of a where b
	}{
		{"(1, 0)", int64(0), int64(0)},
		{"(NULL, 0)", int64(0), int64(0)},
		{"(NULL, 1)", nil, nil},
		{"(NULL, 1), (NULL, 1), (7, 0)", nil, nil},
		{"(0, 1), (NULL, 1)", int64(0), int64(1)},
		{"(NULL, 1), (7, 1), (7, 1), (-3, 1), (100, 0)", int64(11), int64(2)},
		{"(5, 1), (-5, 1)", int64(0), int64(2)},
	} {
		var sum, count any
		err := db.QueryRow(`WITH t (a, b) AS (VALUES `+c.rows+`)
			SELECT read_sum(a) FILTER (WHERE b), read_count(DISTINCT a) FILTER (WHERE b) FROM t`).Scan(&sum, &count)
		if err != nil {
			t.Fatal(err)
		}
		if sum != c.sum || count != c.count {
			t.Errorf("%s: %v and %v, want %v and %v", c.rows, sum, count, c.sum, c.count)
		}
		// Without a filter, where no row is left.
		err = db.QueryRow(`WITH t (a, b) AS (VALUES `+c.rows+`)
			SELECT read_sum(a), read_count(DISTINCT a) FROM t WHERE b`).Scan(&sum, &count)
		if err != nil {
			t.Fatal(err)
		}
		if sum != c.sum || count != c.count {
			t.Errorf("%s, selected: %v and %v, want %v and %v", c.rows, sum, count, c.sum, c.count)
		}
	}
	if err := db.QueryRow(`SELECT read_sum('7')`).Scan(new(any)); err == nil {
		t.Error("read_sum of a text is no error")
	}
}

//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// errNoDuck says why DuckDB is not there: it is.
var errNoDuck error

// duck is DuckDB in this process: one connection to a database in memory, with the
// rows in the table t. A run leaves the result in a temporary table.
type duck struct {
	job   *job
	query query
	db    *sql.DB
	conn  *sql.Conn
	ids   []string // of customers
	seq   bool     // rows have sequence numbers
	form  surface
}

// newDuck returns DuckDB for one of the queries of a job.
func newDuck(j *job, query int) (contender, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	return &duck{job: j, query: j.queries[query], db: db, conn: conn}, nil
}

func (k *duck) close() {
	k.conn.Close()
	k.db.Close()
}

func (k *duck) exec(text string) error {
	_, err := k.conn.ExecContext(context.Background(), text)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
	}
	return nil
}

func (k *duck) load(d *data, s surface) error {
	k.ids, k.seq, k.form = d.ids, d.seq != nil, s
	text := s != columns
	id := "INTEGER"
	if text {
		id = "VARCHAR"
	}
	names := []string{"customer " + id, "ts TIMESTAMP"}
	if d.seq != nil {
		names = append(names, "seq BIGINT")
	}
	if d.sub != nil {
		names = append(names, "sub "+id)
	}
	if d.amount != nil {
		names = append(names, "amount BIGINT")
	}
	if d.kind != nil {
		names = append(names, "kind UTINYINT")
	}
	if err := k.exec("CREATE TABLE t (" + strings.Join(names, ", ") + ")"); err != nil {
		return err
	}
	return k.conn.Raw(func(raw any) error {
		a, err := duckdb.NewAppenderFromConn(raw.(driver.Conn), "", "t")
		if err != nil {
			return err
		}
		row := make([]driver.Value, 0, len(names))
		for i, c := range d.customer {
			row = append(row[:0], c, time.UnixMicro(d.at[i]/1000))
			if text {
				row[0] = d.ids[c]
			}
			if d.seq != nil {
				row = append(row, d.seq[i])
			}
			switch {
			case d.sub != nil && text:
				row = append(row, d.subs[d.sub[i]])
			case d.sub != nil:
				row = append(row, d.sub[i])
			}
			if d.amount != nil {
				row = append(row, d.amount[i])
			}
			if d.kind != nil {
				row = append(row, d.kind[i])
			}
			if err := a.AppendRow(row...); err != nil {
				return err
			}
		}
		return a.Close()
	})
}

func (k *duck) run(threads int) (time.Duration, error) {
	if err := k.exec(fmt.Sprintf("SET threads = %d", threads)); err != nil {
		return 0, err
	}
	if err := k.exec("DROP TABLE IF EXISTS result"); err != nil {
		return 0, err
	}
	text := k.query.text(k.seq)
	start := time.Now()
	err := k.exec("CREATE TEMPORARY TABLE result AS " + text)
	return time.Since(start), err
}

// choose runs all queries that suit the surface, each twice, and returns the position of the
// fastest and its name.
func (k *duck) choose(threads int) (int, string, error) {
	best, least := -1, time.Duration(0)
	for i, q := range k.job.queries {
		if !q.suits(k.form) {
			continue
		}
		k.query = q
		for range 2 {
			took, err := k.run(threads)
			if err != nil {
				return 0, "", fmt.Errorf("%s: %w", q.name, err)
			}
			if best < 0 || took < least {
				best, least = i, took
			}
		}
	}
	return best, k.job.queries[best].name, nil
}

func (k *duck) result() (*table, error) {
	customers := make(map[string]int64)
	if k.form != columns {
		for c, id := range k.ids {
			customers[id] = int64(c)
		}
	}
	rows, err := k.conn.QueryContext(context.Background(), "FROM result")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	t := newTable(k.job.keys, k.job.columns...)
	cells := make([]any, len(t.columns))
	into := make([]any, len(cells))
	for i := range into {
		into[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range cells {
			n, err := whole(v, customers)
			if err != nil {
				return nil, fmt.Errorf("%s: column %s: %w", k.job.name, t.columns[i], err)
			}
			t.cells = append(t.cells, n)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	return t, t.sort()
}

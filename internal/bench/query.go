package main

import (
	"regexp"
	"strings"
)

// A query is a formulation of a job in SQL, over the table t. The fastest of a job is the peer:
// see duck.choose.
type query struct {
	name string
	sql  string

	// interns marks a query that gives texts numbers first, which makes no sense for numbers.
	interns bool
}

// suits reports whether the query is one for a surface.
func (q query) suits(s surface) bool { return s != columns || !q.interns }

// text returns the SQL. In it {order} stands for the order of a customer's rows: by
// instant, and where that does not tell, by sequence number too. {key} is one number in
// that order, and {at KEY} the instant of a key in microseconds.
func (q query) text(seq bool) string {
	order, key, at := "ts", "epoch_us(ts)", "${1}"
	if seq {
		order, key, at = "ts, seq", "(epoch_us(ts)::HUGEINT * 16777216 + seq)", "(${1} // 16777216)"
	}
	sql := strings.NewReplacer("{order}", order, "{key}", key).Replace(q.sql)
	return instantOf.ReplaceAllString(sql, at)
}

var instantOf = regexp.MustCompile(`{at ([a-z0-9.]+)}`)

// Package sqlcheck is an independent witness of examples/lifecycle: each value that the
// program prints has to be what SQL finds in the same rows.
//
// The test runs the program as a user does and reads the JSON that it prints. It shares no
// code with the library: it reads the logs with readers of its own into tables of SQLite,
// copies, late rows and tests included, and asks one query for each metric, written by
// hand from the metric's entry in catalog/registry. A query returns whole numbers, such as
// a numerator and a denominator; the division, exact and rounded once, is done with
// math/big. Every period and every segment is compared, as text, and so are the cells in
// which a metric is undefined. A metric without a query is an error.
//
// Where a sum or a distinct count finds rows and an attribute in none of them, there is no
// value, and none of what is computed from it. The queries over events therefore use two
// aggregate functions of ours, read_sum and read_count, which are NULL then and 0 where
// there are no rows.
//
//	cdnow/  queries over the purchases of CDNOW_sample.txt
//	saas/   queries over the events of saas.jsonl, a file for each domain; they are asked
//	        about a hostile log too, which the test draws from a fixed seed
//
// The module is separate so that SQLite does not reach those who import the library. Run
// it in this directory, always anew, because Go's cache of test results does not see the
// program change:
//
//	GOWORK=off go test -count=1 ./...
package sqlcheck

// Package sqlcheck is an independent witness of examples/lifecycle: each value that the
// program prints for its two logs has to be what SQL finds in the same files.
//
// The test runs the program as a user does and reads the JSON that it prints. It shares no
// code with the library: it reads the files with readers of its own into tables of SQLite,
// copies and late rows included, and asks one query for each metric, written by hand from
// the metric's entry in catalog/registry. A query returns whole numbers, such as a
// numerator and a denominator; the division, exact and rounded once, is done with
// math/big. Every period and every segment is compared, as text, and so are the cells in
// which a metric is undefined.
//
//	cdnow/  queries over the purchases of CDNOW_sample.txt
//	saas/   queries over the events of saas.jsonl, a file for each domain
//
// The module is separate so that SQLite does not reach those who import the library. Run
// it in this directory:
//
//	GOWORK=off go test ./...
package sqlcheck

// Package data holds the sample logs that ship with the examples; README.md says where they
// are from.
package data

import _ "embed"

var (
	//go:embed CDNOW_sample.txt
	cdnow string

	//go:embed saas.jsonl
	saas string
)

// CDNOW returns the purchases at a real music shop, one a line: id in the full data, id in
// the sample, date (YYYYMMDD), number of CDs, dollars.
func CDNOW() string { return cdnow }

// SaaS returns the events of a made-up software company, as JSON lines that event.Decode
// reads.
func SaaS() string { return saas }

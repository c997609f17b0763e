// Package conformance runs worked cases against the library: cases of other projects' tests
// and documentation, computed anew, that say what the field means by a movement, a cohort,
// a funnel.
//
//	go test ./internal/conformance
//	LIFECYCLE_CASES=/folder/of/cases go test -run TestConformance ./internal/conformance
//
// A case is a line of JSON with an id, a kind, an input, options and what is expected. It
// runs as a subtest named by its id. Cases of kinds that are not known here, and cases that
// no option can express, are skipped with the reason.
package conformance

// Package gates holds the tests of what the whole library promises: that it is pure, does
// no work when it is imported, and that a program carries only the metrics it uses.
package gates

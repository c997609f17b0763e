//go:build !(cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64)))

package main

import "errors"

var errNoDuck = errors.New("DuckDB needs cgo, that is a C compiler and CGO_ENABLED=1, on linux or darwin (amd64, arm64) or windows (amd64)")

func newDuck(*job, int) (contender, error) { return nil, errNoDuck }

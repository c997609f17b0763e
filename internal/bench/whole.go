//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package main

import (
	"fmt"
	"math"
	"math/big"
	"time"
)

// whole returns a value of DuckDB as the whole number that tables hold: instants in
// microseconds, dates in days, floating-point numbers as their bits.
func whole(v any, customers map[string]int64) (int64, error) {
	switch v := v.(type) {
	case int64:
		return v, nil
	case int32:
		return int64(v), nil
	case int16:
		return int64(v), nil
	case int8:
		return int64(v), nil
	case uint64:
		if v <= math.MaxInt64 {
			return int64(v), nil
		}
	case uint32:
		return int64(v), nil
	case uint16:
		return int64(v), nil
	case uint8:
		return int64(v), nil
	case *big.Int:
		if v.IsInt64() {
			return v.Int64(), nil
		}
	case float64:
		return int64(math.Float64bits(v)), nil
	case time.Time:
		return v.UnixMicro(), nil
	case string:
		if c, ok := customers[v]; ok {
			return c, nil
		}
	}
	return 0, fmt.Errorf("%T %v is not a whole number", v, v)
}

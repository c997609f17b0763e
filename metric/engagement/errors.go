package engagement

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/metric"
)

// badInput is an error that is a [metric.ErrInput].
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func (e badInput) Is(target error) bool { return target == metric.ErrInput }

func inputErrorf(format string, args ...any) error {
	return badInput{fmt.Errorf(format, args...)}
}

// checkLength reports a column of another length than that of the customers.
func checkLength(column string, n, rows int) error {
	if n != rows {
		return inputErrorf("column %s has %d rows, column Customer %d", column, n, rows)
	}
	return nil
}

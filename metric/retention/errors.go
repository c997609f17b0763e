package retention

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/metric"
)

// inputErrorf returns a [metric.ErrInput] that names the input and says why it is bad.
func inputErrorf(input, format string, args ...any) error {
	return &metric.Error{Input: input, Err: badInput{fmt.Errorf(format, args...)}}
}

// badInput is an error that is a [metric.ErrInput].
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func (e badInput) Is(target error) bool { return target == metric.ErrInput }

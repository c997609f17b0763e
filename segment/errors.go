package segment

import (
	"fmt"

	"github.com/openlifecycle/lifecycle/metric"
)

// inputErrorf returns a [metric.ErrInput] that names the input at fault.
func inputErrorf(input, format string, args ...any) error {
	return &metric.Error{Input: input, Err: fmt.Errorf("%w: "+format, append([]any{metric.ErrInput}, args...)...)}
}

package survival

import (
	"fmt"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
)

// badInput is a [metric.ErrInput] with a message that stands on its own.
type badInput string

func (e badInput) Error() string        { return string(e) }
func (e badInput) Is(target error) bool { return target == metric.ErrInput }

func inputErrorf(format string, args ...any) error { return badInput(fmt.Sprintf(format, args...)) }

// undefinedf is a [metric.ErrUndefined] with its reason and an explanation.
func undefinedf(reason metric.Reason, format string, args ...any) error {
	return &metric.Error{Reason: reason, Err: fmt.Errorf(format, args...)}
}

// quote makes the name of a covariate or group fit for a message.
func quote(name string) string {
	const limit = 48
	if len(name) > limit {
		name = name[:limit] + "..."
	}
	return strconv.Quote(name)
}

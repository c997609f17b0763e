package ledger

import (
	"fmt"
	"strconv"

	"github.com/openlifecycle/lifecycle/metric"
)

// badInput is an error that is a [metric.ErrInput].
type badInput struct{ error }

func (e badInput) Unwrap() error { return e.error }

func (e badInput) Is(target error) bool { return target == metric.ErrInput }

func inputErrorf(format string, args ...any) error {
	return badInput{fmt.Errorf("ledger: "+format, args...)}
}

// quote quotes text that came from outside, cut to a length that a message can show.
func quote(text string) string {
	const longest = 60
	if len(text) > longest {
		text = text[:longest]
	}
	return strconv.Quote(text)
}

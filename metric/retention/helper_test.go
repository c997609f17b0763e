package retention_test

import (
	"errors"

	"github.com/openlifecycle/lifecycle/metric"
)

func isInput(err error) bool { return errors.Is(err, metric.ErrInput) }

package engagement

import (
	"strings"

	"github.com/openlifecycle/lifecycle/metric/event"
)

// commonText ends the canonical text of options with what all of them have.
func commonText(list []string, subject event.SubjectKind, test, unique bool) string {
	if subject != event.User {
		list = append(list, "subject "+subject.String())
	}
	if test {
		list = append(list, "test events")
	}
	if unique {
		list = append(list, "unique events")
	}
	return strings.Join(list, "; ")
}

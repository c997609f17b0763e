package text_test

import (
	"testing"

	"github.com/openlifecycle/lifecycle/internal/text"
)

func TestColumns(t *testing.T) {
	rows := [][]string{{"name", "n"}, {"é", "100", "more"}, {"", "5", ""}}
	for _, c := range []struct {
		left []int
		want string
	}{
		{nil, "name    n\n   é  100  more\n        5\n"},
		{[]int{0}, "name    n\né     100  more\n        5\n"},
		{[]int{1, 0}, "name  n\né     100  more\n      5\n"},
	} {
		if got := text.Columns(rows, c.left...); got != c.want {
			t.Errorf("left %v:\n%swant\n%s", c.left, got, c.want)
		}
	}
	if got := text.Columns(nil); got != "" {
		t.Errorf("no rows are %q", got)
	}
}

func TestCSV(t *testing.T) {
	if got, want := text.CSV([][]string{{"a", `b"c`}, {"d,e", ""}}), "a,\"b\"\"c\"\n\"d,e\",\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

package catalog

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/metric"
)

// Columns is what the columns of a table mean. It is immutable and may be used by several
// goroutines at once.
type Columns struct {
	options RowOptions
	list    []rowColumn // in the order of the table
	unknown []string

	metrics  []int // indices into list
	segments []int // the same, in the order of the options
	period   int   // -1 when there is none
	currency int   // -1 when there is none
}

// rowColumn is one column. At most one of metric and role says what it means.
type rowColumn struct {
	name   string
	metric metric.Definition
	role   rowRole
}

// rowRole is what a column is for besides being a metric.
type rowRole uint8

const (
	roleUnknown rowRole = iota
	roleMetric
	rolePeriod
	roleCurrency
	roleSegment
	roleLeftOut
)

func (r rowRole) String() string {
	switch r {
	case roleMetric:
		return "renamed"
	case rolePeriod:
		return "the period"
	case roleCurrency:
		return "the currency"
	case roleSegment:
		return "a segment"
	case roleLeftOut:
		return "left out"
	}
	return "unknown"
}

// ResolveColumns finds out what the columns of a table mean. A column that the options name
// is what they say. Any other is a metric if it is called by its id, "email.open_rate", or
// by its id with an underscore for the dot, "email_open_rate"; the case of ASCII letters
// does not matter, because databases fold it. Columns that are neither are
// [Columns.Unknown] and are not read.
//
// The error joins a [*RowError] for each fault: two columns for one metric, a name that fits
// several metrics, an id that does not exist, a column that the options name and the table
// lacks or has twice, options that contradict each other.
func ResolveColumns(names []string, o RowOptions) (*Columns, error) {
	o.Metrics, o.Segments, o.Absent = slices.Clone(o.Metrics), slices.Clone(o.Segments), slices.Clone(o.Absent)
	c := &Columns{options: o, list: make([]rowColumn, len(names)), period: -1, currency: -1}
	r := columnResolver{Columns: c, named: map[string]namedColumn{}}
	r.checkOptions()
	r.nameRoles()
	for i, name := range names {
		c.list[i].name = strings.Clone(name)
		r.resolve(i)
	}
	r.checkFound()
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	return c, nil
}

// Unknown returns the names of the columns that are no metric and that the options do not
// name, in the order of the table.
func (c *Columns) Unknown() []string { return slices.Clone(c.unknown) }

// Metrics iterates over the columns that are metrics, by name, in the order of the table.
func (c *Columns) Metrics() iter.Seq2[string, metric.Definition] {
	return func(yield func(string, metric.Definition) bool) {
		for _, i := range c.metrics {
			if !yield(c.list[i].name, c.list[i].metric) {
				return
			}
		}
	}
}

// Record turns one record of texts, such as a line of a CSV file, into facts. The number is
// that of the row. An empty text is absent. The errors are those of [ReadRows].
func (c *Columns) Record(number int, record []string) (Row, error) {
	return newRowReader(c).record(number, record)
}

// Values turns one record of values, as of a database, into facts. The number is that of
// the row. Values and errors are those of [ReadRows].
func (c *Columns) Values(number int, values []any) (Row, error) {
	r := newRowReader(c)
	if err := r.checkLength(number, len(values)); err != nil {
		return Row{Number: number}, err
	}
	for i, v := range values {
		r.cells[i].set(v)
	}
	return r.row(number)
}

// namedColumn is a column that the options name.
type namedColumn struct {
	name    string // as in the options
	role    rowRole
	segment int               // index into RowOptions.Segments
	metric  metric.Definition // of a renamed column
	found   bool
}

type columnResolver struct {
	*Columns
	named map[string]namedColumn // by folded name
	errs  []error
}

func (r *columnResolver) fail(column, format string, args ...any) {
	r.errs = append(r.errs, &RowError{Column: column, Err: fmt.Errorf(format, args...)})
}

func (r *columnResolver) checkOptions() {
	o := &r.options
	if o.PeriodColumn != "" && !o.Period.IsZero() {
		r.fail(o.PeriodColumn, "it holds the periods, but all rows are said to be of %s", o.Period)
	}
	if o.PeriodUnit != 0 && !o.PeriodUnit.IsCalendar() {
		r.fail("", "a %s period is not determined by a time", o.PeriodUnit)
	}
	if o.PeriodUnit != 0 && o.PeriodColumn == "" {
		r.fail("", "a period unit without a period column")
	}
	if o.Times > TimesAreCivil {
		r.fail("", "time reading %d is unknown", o.Times)
	}
	seen := map[string]bool{}
	for _, d := range o.Metrics {
		switch standard, ok := Lookup(d.ID()); {
		case d.IsZero():
			r.fail("", "a metric of the caller's own is the zero Definition")
		case ok && standard != d:
			r.fail("", "%s is an id of the catalogue, so no metric of the caller's own can have it", d)
		case seen[d.ID()]:
			r.fail("", "metric %s is given twice", d)
		}
		seen[d.ID()] = true
	}
}

// nameRoles notes the columns that the options name.
func (r *columnResolver) nameRoles() {
	o := &r.options
	if o.PeriodColumn != "" {
		r.name(o.PeriodColumn, namedColumn{role: rolePeriod})
	}
	if o.CurrencyColumn != "" {
		r.name(o.CurrencyColumn, namedColumn{role: roleCurrency})
	}
	for i, s := range o.Segments {
		r.name(s, namedColumn{role: roleSegment, segment: i})
	}
	r.segments = make([]int, len(o.Segments))
	for _, column := range slices.Sorted(maps.Keys(o.Rename)) {
		id := o.Rename[column]
		if id == "" {
			r.name(column, namedColumn{role: roleLeftOut})
			continue
		}
		d, ok := r.lookup(id)
		if !ok {
			r.fail(column, "there is no metric %.64q", id)
		}
		r.name(column, namedColumn{role: roleMetric, metric: d})
	}
}

func (r *columnResolver) name(column string, n namedColumn) {
	folded := foldColumn(column)
	if other, twice := r.named[folded]; twice {
		r.fail(column, "it is said to be %s and %s", other.role, n.role)
		return
	}
	n.name = column
	r.named[folded] = n
}

// lookup finds a standard metric or one of the caller's by its id.
func (r *columnResolver) lookup(id string) (metric.Definition, bool) {
	for _, d := range r.options.Metrics {
		if d.ID() == id {
			return d, true
		}
	}
	return Lookup(id)
}

// resolve finds out what column i is.
func (r *columnResolver) resolve(i int) {
	column := &r.list[i]
	folded := foldColumn(column.name)
	n, named := r.named[folded]
	if !named {
		r.resolveMetric(i, folded)
		return
	}
	if n.found {
		r.fail(column.name, "there are two columns of that name")
		return
	}
	n.found = true
	r.named[folded] = n
	column.role = n.role
	switch n.role {
	case rolePeriod:
		r.period = i
	case roleCurrency:
		r.currency = i
	case roleSegment:
		r.segments[n.segment] = i
	case roleMetric:
		r.addMetric(i, n.metric)
	}
}

func (r *columnResolver) resolveMetric(i int, folded string) {
	switch found := r.metricsNamed(folded); len(found) {
	case 0:
		r.unknown = append(r.unknown, r.list[i].name)
	case 1:
		r.addMetric(i, found[0])
	default:
		r.fail(r.list[i].name, "it may be %s or %s: rename it", found[0], found[1])
	}
}

func (r *columnResolver) addMetric(i int, d metric.Definition) {
	if d.IsZero() {
		return // It was renamed to something that does not exist.
	}
	for _, j := range r.Columns.metrics {
		if r.list[j].metric == d {
			r.fail(r.list[i].name, "metric %s has a column %.64q already", d, r.list[j].name)
			return
		}
	}
	r.list[i].role, r.list[i].metric = roleMetric, d
	r.Columns.metrics = append(r.Columns.metrics, i)
}

// metricsNamed returns the metrics whose id, or id with an underscore for the dot, is name.
func (r *columnResolver) metricsNamed(name string) []metric.Definition {
	if strings.Contains(name, ".") {
		if d, ok := r.lookup(name); ok {
			return []metric.Definition{d}
		}
		return nil
	}
	var found []metric.Definition
	for i := range len(name) {
		if name[i] != '_' {
			continue
		}
		if d, ok := r.lookup(name[:i] + "." + name[i+1:]); ok {
			found = append(found, d)
		}
	}
	return found
}

// checkFound reports the columns that the options name and the table lacks.
func (r *columnResolver) checkFound() {
	for _, folded := range slices.Sorted(maps.Keys(r.named)) {
		if n := r.named[folded]; !n.found {
			r.fail(n.name, "there is no such column, which is said to be %s", n.role)
		}
	}
}

// foldColumn makes the spellings of a column's name equal that differ in the case of ASCII
// letters, which are all that ids consist of.
func foldColumn(name string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}, name)
}

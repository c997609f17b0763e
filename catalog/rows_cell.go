package catalog

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"time"

	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

// cell is a value of a table, in one of a few forms.
type cell struct {
	kind    cellKind
	integer int64
	text    string
	other   any
}

type cellKind uint8

const (
	cellNull cellKind = iota
	cellText
	cellInteger
	cellDecimal  // other is a decimal.Decimal
	cellFloat32  // other is a float64
	cellFloat64  // other is a float64
	cellTruth    // integer is 0 or 1
	cellTime     // other is a time.Time
	cellDuration // integer is in nanoseconds
	cellList     // other is a []cell
	cellValue    // other is a metric.Value
	cellForeign  // text is the type, which is not known here
)

// kindName says what a cell holds, for messages.
func (c *cell) kindName() string {
	switch c.kind {
	case cellNull:
		return "NULL"
	case cellText:
		return "a text"
	case cellInteger:
		return "an integer"
	case cellDecimal:
		return "a decimal"
	case cellFloat32, cellFloat64:
		return "a floating point number"
	case cellTruth:
		return "a truth value"
	case cellTime:
		return "a time"
	case cellDuration:
		return "a duration"
	case cellList:
		return "a list"
	case cellValue:
		return "a " + c.other.(metric.Value).Kind().String()
	}
	return "a " + c.text
}

// setText sets a value of a source of texts.
func (c *cell) setText(text string) {
	if text == "" {
		*c = cell{}
		return
	}
	*c = cell{kind: cellText, text: text}
}

// set sets a value of any type. It keeps nothing that the caller may change.
func (c *cell) set(v any) {
	if !c.setPlain(v) {
		c.setReflected(v, indirect{})
	}
}

// setPlain sets a value of one of the types that drivers deliver.
func (c *cell) setPlain(v any) bool {
	switch v := v.(type) {
	case nil:
		*c = cell{}
	case string:
		*c = cell{kind: cellText, text: v}
	case []byte:
		c.setBytes(v)
	case int64:
		*c = cell{kind: cellInteger, integer: v}
	case float64:
		*c = cell{kind: cellFloat64, other: v}
	case float32:
		*c = cell{kind: cellFloat32, other: float64(v)}
	case bool:
		c.setTruth(v)
	case time.Time:
		*c = cell{kind: cellTime, other: v}
	case decimal.Decimal:
		*c = cell{kind: cellDecimal, other: v}
	case metric.Value:
		*c = cell{kind: cellValue, other: v}
	case time.Duration:
		*c = cell{kind: cellDuration, integer: int64(v)}
	case json.Number:
		*c = cell{kind: cellText, text: string(v)}
	case *big.Int:
		if v == nil {
			*c = cell{}
			return true
		}
		*c = cell{kind: cellDecimal, other: decimal.NewFromBigInt(v, 0)}
	default:
		return false
	}
	return true
}

// setBytes sets a text. No bytes at all are NULL, as database/sql has it.
func (c *cell) setBytes(b []byte) {
	if b == nil {
		*c = cell{}
		return
	}
	*c = cell{kind: cellText, text: string(b)}
}

func (c *cell) setTruth(v bool) {
	*c = cell{kind: cellTruth}
	if v {
		c.integer = 1
	}
}

// maxIndirections bounds how many pointers and driver.Valuers stand for each other.
const maxIndirections = 4

// indirect says how a value was come by.
type indirect struct {
	depth  int
	inList bool // a list in a list is not followed
}

func (c *cell) setReflected(v any, at indirect) {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			*c = cell{}
			return
		}
		elem := r.Elem().Interface()
		if _, given := metricValue(elem); given {
			v = elem
		} else if c.setPlain(elem) {
			return
		}
	}
	if given, ok := metricValue(v); ok {
		*c = cell{kind: cellValue, other: given}
		return
	}
	*c = cell{kind: cellForeign, text: fmt.Sprintf("%T", v)}
	if valuer, ok := v.(driver.Valuer); ok {
		inner, err := valuer.Value()
		if err != nil {
			c.text += " that has no value: " + err.Error()
			return
		}
		c.setInner(inner, at)
		return
	}
	switch r.Kind() {
	case reflect.Pointer:
		c.setInner(r.Elem().Interface(), at)
	case reflect.String:
		*c = cell{kind: cellText, text: r.String()}
	case reflect.Bool:
		c.setTruth(r.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		*c = cell{kind: cellInteger, integer: r.Int()}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.setUnsigned(r.Uint())
	case reflect.Float32:
		*c = cell{kind: cellFloat32, other: r.Float()}
	case reflect.Float64:
		*c = cell{kind: cellFloat64, other: r.Float()}
	case reflect.Slice:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			c.setBytes(r.Bytes())
		} else if !at.inList {
			c.setSlice(r)
		}
	}
}

func (c *cell) setInner(v any, at indirect) {
	at.depth++
	if !c.setPlain(v) && at.depth <= maxIndirections {
		c.setReflected(v, at)
	}
}

func (c *cell) setUnsigned(n uint64) {
	if n > math.MaxInt64 {
		*c = cell{kind: cellDecimal, other: decimal.NewFromUint64(n)}
		return
	}
	*c = cell{kind: cellInteger, integer: int64(n)}
}

func (c *cell) setSlice(r reflect.Value) {
	if r.IsNil() {
		*c = cell{}
		return
	}
	elements := make([]cell, r.Len())
	for i := range elements {
		elements[i].setElement(r.Index(i).Interface())
	}
	*c = cell{kind: cellList, other: elements}
}

// setElement sets an element of a list.
func (c *cell) setElement(v any) {
	if !c.setPlain(v) {
		c.setReflected(v, indirect{inList: true})
	}
}

// metricValue returns v as a value of a metric, if it is one already.
func metricValue(v any) (metric.Value, bool) {
	switch v := v.(type) {
	case metric.Count:
		return metric.ValueOf(v), true
	case metric.Money:
		return metric.ValueOf(v), true
	case metric.Ratio:
		return metric.ValueOf(v), true
	case metric.Number:
		return metric.ValueOf(v), true
	case metric.Duration:
		return metric.ValueOf(v), true
	case metric.Distribution[metric.Count]:
		return metric.ValueOf(v), true
	case metric.Distribution[metric.Money]:
		return metric.ValueOf(v), true
	case metric.Distribution[metric.Ratio]:
		return metric.ValueOf(v), true
	case metric.Distribution[metric.Number]:
		return metric.ValueOf(v), true
	case metric.Distribution[metric.Duration]:
		return metric.ValueOf(v), true
	}
	return metric.Value{}, false
}

// rowScanner receives the values of a source. Drivers may use the bytes that they hand out
// again, so texts are collected in one buffer, of which each row takes one copy.
type rowScanner struct {
	reader  *rowReader
	dest    []any
	buffer  []byte
	targets []scanTarget
}

// scanTarget has the method of database/sql's Scanner.
type scanTarget struct {
	scanner    *rowScanner
	cell       *cell
	start, end int // of a text in the buffer
}

// scanNothing takes the values of columns that are not read.
type scanNothing struct{}

// Scan does nothing.
func (scanNothing) Scan(any) error { return nil }

func newRowScanner(r *rowReader) *rowScanner {
	s := &rowScanner{reader: r, dest: make([]any, len(r.list)), targets: make([]scanTarget, len(r.list))}
	for i := range r.list {
		if role := r.list[i].role; role == roleUnknown || role == roleLeftOut {
			s.dest[i] = &scanNothing{}
			continue
		}
		s.targets[i] = scanTarget{scanner: s, cell: &r.cells[i]}
		s.dest[i] = &s.targets[i]
	}
	return s
}

// Scan takes a value of the current row.
func (t *scanTarget) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || b == nil {
		t.cell.set(v)
		return nil
	}
	t.start = len(t.scanner.buffer)
	t.scanner.buffer = append(t.scanner.buffer, b...)
	t.end = len(t.scanner.buffer)
	*t.cell = cell{kind: cellText}
	return nil
}

func (s *rowScanner) row(src RowSource, number int) (Row, error) {
	s.buffer = s.buffer[:0]
	clear(s.reader.cells)
	for i := range s.targets {
		s.targets[i].start, s.targets[i].end = 0, 0
	}
	if err := src.Scan(s.dest...); err != nil {
		return Row{Number: number}, &RowError{Row: number, Err: err}
	}
	text := string(s.buffer)
	for i := range s.targets {
		if t := &s.targets[i]; t.end > t.start {
			t.cell.text = text[t.start:t.end]
		}
	}
	return s.reader.row(number)
}

package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/shopspring/decimal"
)

// value reads a cell, which is not NULL, as a value of a kind.
func (o *RowOptions) value(kind metric.Kind, c *cell, m rowMoney) (metric.Value, error) {
	if c.kind == cellValue {
		return givenValue(c.other.(metric.Value), m) // Its kind is checked when it becomes a fact.
	}
	if element, ok := kind.Element(); ok {
		return o.distribution(element, c, m)
	}
	return o.scalar(kind, c, m)
}

// givenValue holds a value that needs no reading to the currency of its row.
func givenValue(v metric.Value, m rowMoney) (metric.Value, error) {
	if m.declared && !v.Currency().IsZero() && v.Currency() != m.currency {
		return metric.Value{}, fmt.Errorf("money %.48q in a row of %s", v.Text(), m.currency)
	}
	return v, nil
}

// scalar reads a single value.
func (o *RowOptions) scalar(kind metric.Kind, c *cell, m rowMoney) (metric.Value, error) {
	switch c.kind {
	case cellText:
		return o.textValue(kind, c.text, m)
	case cellInteger:
		if kind == metric.KindCount {
			return metric.ValueOf(metric.Count(c.integer)), nil
		}
		return o.numberValue(kind, decimal.NewFromInt(c.integer), m)
	case cellDecimal:
		return o.numberValue(kind, c.other.(decimal.Decimal), m)
	case cellFloat32:
		return o.floatValue(kind, c.other.(float64), 32, m)
	case cellFloat64:
		return o.floatValue(kind, c.other.(float64), 64, m)
	case cellDuration:
		if kind == metric.KindDuration {
			return metric.ValueOf(metric.FromStd(time.Duration(c.integer))), nil
		}
	}
	return metric.Value{}, fmt.Errorf("%s from %s", kind, c.kindName())
}

func (o *RowOptions) textValue(kind metric.Kind, text string, m rowMoney) (metric.Value, error) {
	switch kind {
	case metric.KindRatio:
		x, err := metric.ParseRatio(text)
		return rowValue(x, err)
	case metric.KindMoney:
		if strings.Contains(text, " ") {
			return o.namedMoney(text, m)
		}
	case metric.KindCount:
		if n, err := metric.ParseCount(text); err == nil {
			return metric.ValueOf(n), nil
		}
	case metric.KindDuration:
		if last := len(text) - 1; last >= 0 && (text[last] < '0' || text[last] > '9') {
			x, err := metric.ParseDuration(text)
			return rowValue(x, err)
		}
	}
	d, err := exact.ParseDecimal(text)
	if err != nil {
		return metric.Value{}, fmt.Errorf("%s %.48q: %w", kind, text, err)
	}
	return o.numberValue(kind, d, m)
}

// rowValue is metric.ValueOf for what a parser returns.
func rowValue[Q metric.Quantity](q Q, err error) (metric.Value, error) {
	if err != nil {
		return metric.Value{}, err
	}
	return metric.ValueOf(q), nil
}

// namedMoney reads an amount that names its currency.
func (o *RowOptions) namedMoney(text string, m rowMoney) (metric.Value, error) {
	money, err := metric.ParseMoney(text)
	switch {
	case err != nil:
		return metric.Value{}, err
	case o.MinorUnits:
		return metric.Value{}, fmt.Errorf("money %.48q names its currency, but amounts are in minor units", text)
	case m.declared && money.Currency() != m.currency:
		return metric.Value{}, fmt.Errorf("money %.48q in a row of %s", text, m.currency)
	}
	return metric.ValueOf(money), nil
}

// numberValue makes a value of a bare number.
func (o *RowOptions) numberValue(kind metric.Kind, d decimal.Decimal, m rowMoney) (metric.Value, error) {
	switch kind {
	case metric.KindCount:
		if n, ok := integerOf(d); ok {
			return metric.ValueOf(metric.Count(n)), nil
		}
		return metric.Value{}, fmt.Errorf("count %s is not an integer of 64 bits", plainNumber(d))
	case metric.KindMoney:
		return o.amountValue(d, m)
	case metric.KindRatio:
		x, err := metric.NewRatio(d)
		return rowValue(x, err)
	case metric.KindNumber:
		x, err := metric.NewNumber(d)
		return rowValue(x, err)
	case metric.KindDuration:
		x, err := metric.Seconds(d)
		return rowValue(x, err)
	}
	return metric.Value{}, fmt.Errorf("kind %s is not one number", kind)
}

func (o *RowOptions) amountValue(d decimal.Decimal, m rowMoney) (metric.Value, error) {
	if m.currency.IsZero() {
		return metric.Value{}, fmt.Errorf("money %s has no currency: name it in the text, in a column or in the options", plainNumber(d))
	}
	if !o.MinorUnits {
		x, err := metric.NewMoney(d, m.currency)
		return rowValue(x, err)
	}
	n, ok := integerOf(d)
	if !ok {
		return metric.Value{}, fmt.Errorf("money %s is not a whole number of minor units of 64 bits", plainNumber(d))
	}
	return metric.ValueOf(metric.MoneyFromMinor(n, m.currency)), nil
}

// floatValue makes a value of a binary floating point number, if that is allowed.
func (o *RowOptions) floatValue(kind metric.Kind, f float64, bits int, m rowMoney) (metric.Value, error) {
	switch {
	case !o.AllowFloat:
		return metric.Value{}, fmt.Errorf("%s from a floating point number, which is not exact: select it as text, or allow it", kind)
	case math.IsNaN(f) || math.IsInf(f, 0):
		return metric.Value{}, fmt.Errorf("%s from %g", kind, f)
	}
	d, err := exact.ParseDecimal(strconv.FormatFloat(f, 'g', -1, bits))
	if err != nil {
		return metric.Value{}, err
	}
	return o.numberValue(kind, d, m)
}

// integerOf returns the integer that d is. It never expands a huge exponent.
func integerOf(d decimal.Decimal) (int64, bool) {
	if !exact.InRange(d) {
		return 0, false
	}
	return exact.Minor(d, 0)
}

// plainNumber writes a number for messages.
func plainNumber(d decimal.Decimal) string {
	return fmt.Sprintf("%.48s", exact.AppendDecimal(nil, d))
}

// distribution reads a list of values.
func (o *RowOptions) distribution(element metric.Kind, c *cell, m rowMoney) (metric.Value, error) {
	elements, err := listOf(c)
	if err != nil {
		return metric.Value{}, fmt.Errorf("distribution: %w", err)
	}
	switch element {
	case metric.KindCount:
		d, err := distributionOf[metric.Count](o, element, elements, m)
		return rowValue(d, err)
	case metric.KindMoney:
		d, err := distributionOf[metric.Money](o, element, elements, m)
		return rowValue(d, err)
	case metric.KindRatio:
		d, err := distributionOf[metric.Ratio](o, element, elements, m)
		return rowValue(d, err)
	case metric.KindNumber:
		d, err := distributionOf[metric.Number](o, element, elements, m)
		return rowValue(d, err)
	}
	d, err := distributionOf[metric.Duration](o, element, elements, m)
	return rowValue(d, err)
}

func distributionOf[E interface {
	metric.Scalar
	metric.Quantity
}](o *RowOptions, kind metric.Kind, elements []cell, m rowMoney) (metric.Distribution[E], error) {
	values := make([]E, len(elements))
	for i := range elements {
		var v metric.Value
		var err error
		switch c := &elements[i]; c.kind {
		case cellNull:
			err = errors.New("NULL")
		case cellValue:
			v, err = givenValue(c.other.(metric.Value), m)
		default:
			v, err = o.scalar(kind, c, m)
		}
		if err == nil {
			values[i], err = metric.ValueAs[E](v)
		}
		if err != nil {
			return metric.Distribution[E]{}, fmt.Errorf("element %d: %w", i+1, err)
		}
	}
	return metric.NewDistribution(values...)
}

// listOf returns the elements of a list.
func listOf(c *cell) ([]cell, error) {
	switch c.kind {
	case cellList:
		return c.other.([]cell), nil
	case cellText:
		switch text := strings.TrimLeft(c.text, " \t\r\n"); {
		case strings.HasPrefix(text, "["):
			return parseJSONList(text)
		case strings.HasPrefix(text, "{"):
			return parseArray(text)
		}
		return nil, fmt.Errorf("%.48q is not a list", c.text)
	}
	return nil, fmt.Errorf("%s is not a list", c.kindName())
}

// parseJSONList reads a list of JSON. Its numbers are kept as text.
func parseJSONList(text string) ([]cell, error) {
	in := json.NewDecoder(bytes.NewReader([]byte(text)))
	in.UseNumber()
	var list []any
	if err := in.Decode(&list); err != nil {
		return nil, fmt.Errorf("%.48q: %w", text, err)
	}
	if _, err := in.Token(); err != io.EOF {
		return nil, fmt.Errorf("%.48q: something follows the list", text)
	}
	cells := make([]cell, len(list))
	for i, v := range list {
		cells[i].setElement(v)
	}
	return cells, nil
}

// parseArray reads an array of one dimension in the form in which PostgreSQL writes it:
//
//	{1,2.5,"1 day","say \"hi\"",NULL}
func parseArray(text string) ([]cell, error) {
	p := arrayParser{text: text, rest: text[1:]}
	if p.rest == "}" {
		return nil, nil
	}
	for {
		c, err := p.element()
		if err != nil {
			return nil, err
		}
		p.cells = append(p.cells, c)
		switch {
		case p.rest == "}":
			return p.cells, nil
		case !strings.HasPrefix(p.rest, ","):
			return nil, fmt.Errorf("array %.48q: after element %d: want a comma, or } at the end", text, len(p.cells))
		}
		p.rest = p.rest[1:]
	}
}

type arrayParser struct {
	text, rest string
	cells      []cell
}

func (p *arrayParser) fail(reason string) error {
	return fmt.Errorf("array %.48q: element %d: %s", p.text, len(p.cells)+1, reason)
}

func (p *arrayParser) element() (cell, error) {
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	end := strings.IndexAny(p.rest, `,{}"\`)
	switch {
	case end < 0:
		return cell{}, p.fail("the closing } is missing")
	case p.rest[end] != ',' && p.rest[end] != '}':
		return cell{}, p.fail("want a single value without quotes, or wholly in quotes")
	case end == 0:
		return cell{}, p.fail("empty")
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	if strings.EqualFold(text, "NULL") {
		return cell{}, nil
	}
	return cell{kind: cellText, text: text}, nil
}

func (p *arrayParser) quoted() (cell, error) {
	var b []byte
	for i := 1; i < len(p.rest); i++ {
		switch ch := p.rest[i]; {
		case ch == '"':
			p.rest = p.rest[i+1:]
			return cell{kind: cellText, text: string(b)}, nil
		case ch == '\\' && i+1 < len(p.rest):
			i++
			b = append(b, p.rest[i])
		default:
			b = append(b, ch)
		}
	}
	return cell{}, p.fail("the closing quote is missing")
}

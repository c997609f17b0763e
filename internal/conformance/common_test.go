package conformance

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/exact"
	"github.com/openlifecycle/lifecycle/metric/event"
)

// setWeekStart sets the day that weeks begin with by its name, also a short one, and
// reports whether there is such a day.
func setWeekStart[W ~uint8](w *W, name string) bool {
	name = strings.ToLower(strings.TrimSpace(name))
	for i, day := range []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"} {
		if len(name) >= 3 && strings.HasPrefix(day, name) {
			*w = W(i)
			return true
		}
	}
	return false
}

// valueOf reads a value of an attribute: a text, a number, a truth value, or a list of them.
func valueOf(raw json.RawMessage) (event.Value, bool) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return event.Value{}, false
	}
	switch v := v.(type) {
	case string:
		return event.StringValue(v), true
	case bool:
		return event.BoolValue(v), true
	case json.Number:
		n, err := exact.ParseDecimal(v.String())
		return event.DecimalValue(n), err == nil
	case []any:
		var raws []json.RawMessage
		var list []event.Value
		if json.Unmarshal(raw, &raws) != nil {
			return event.Value{}, false
		}
		for _, x := range raws {
			value, ok := valueOf(x)
			if !ok {
				return event.Value{}, false
			}
			list = append(list, value)
		}
		return event.ListValue(list...), true
	}
	return event.Value{}, false
}

// conditionOps are the operators of conditions by the names that tools give them.
var conditionOps = map[string]event.Op{
	"": event.Equal, "eq": event.Equal, "=": event.Equal, "==": event.Equal, "is": event.Equal, "exact": event.Equal, "equals": event.Equal,
	"neq": event.NotEqual, "ne": event.NotEqual, "!=": event.NotEqual, "is_not": event.NotEqual,
	"lt": event.Less, "<": event.Less, "lte": event.AtMost, "<=": event.AtMost, "gt": event.Greater, ">": event.Greater, "gte": event.AtLeast, ">=": event.AtLeast,
	"in": event.In, "not_in": event.NotIn, "is_set": event.Present, "is_not_set": event.Absent,
}

// conditionsOf reads attributes with the values that they must have, null for none, or a
// list of conditions with a property, an operator and a value.
func conditionsOf(raw json.RawMessage) (list []event.Condition, ok bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil {
		for name, want := range object {
			c := event.Condition{Attribute: name, Op: event.Absent}
			if string(want) != "null" {
				if c.Value, ok = valueOf(want); !ok {
					return nil, false
				}
				if c.Op = event.Equal; want[0] == '[' {
					c.Op = event.In
				}
			}
			list = append(list, c)
		}
		return list, true
	}
	var rows []map[string]json.RawMessage
	if json.Unmarshal(raw, &rows) != nil {
		return nil, false
	}
	for _, row := range rows {
		var c event.Condition
		for field, data := range row {
			switch field {
			case "property", "key", "attribute", "name":
				var name string
				if json.Unmarshal(data, &name) != nil {
					return nil, false
				}
				c.Attribute = strings.TrimPrefix(name, "properties.")
			case "op", "operator":
				var name string
				if json.Unmarshal(data, &name) != nil {
					return nil, false
				}
				if c.Op, ok = conditionOps[strings.ToLower(name)]; !ok {
					return nil, false
				}
			case "value":
				if c.Value, ok = valueOf(data); !ok {
					return nil, false
				}
			default:
				return nil, false
			}
		}
		if c.Attribute == "" {
			return nil, false
		}
		list = append(list, c)
	}
	slices.SortFunc(list, func(x, y event.Condition) int { return strings.Compare(x.Attribute, y.Attribute) })
	return list, true
}

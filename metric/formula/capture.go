package formula

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
)

// Capture is the text of a rule that computes a base metric from events. Exactly one of
// Count, Sum, Distinct, Values and Duration is set.
type Capture struct {
	Count    bool
	Sum      string // attribute
	Distinct string // "customer", "session" or an attribute
	Values   string // attribute
	Duration *DurationCapture

	Event      string
	Where      []string // conditions on Event, "type == nps"; all must hold
	UntilWhere []string // conditions on Duration.Until
	AtLeast    int      // events of one key that Distinct asks for; 0 means 1
}

// DurationCapture measures the time from the first From to the first Until of one object.
type DurationCapture struct {
	Object      string // "customer" or an attribute
	From, Until string
}

// capture checks the rule and puts it into the literal.
func (d *definer) capture() {
	c := d.spec.Capture
	if c == nil {
		return
	}
	if d.spec.Formula != "" {
		d.fail("capture", -1, "a derived metric has a formula and is not captured")
		return
	}
	rule := def.Capture{Event: c.Event, AtLeast: c.AtLeast}
	kinds := 0
	set := func(is bool, kind def.CaptureKind, of string) {
		if is {
			kinds++
			rule.Kind, rule.Of = kind, of
		}
	}
	set(c.Count, def.CaptureCount, "")
	set(c.Sum != "", def.CaptureSum, c.Sum)
	set(c.Distinct != "", def.CaptureDistinct, c.Distinct)
	set(c.Values != "", def.CaptureValues, c.Values)
	set(c.Duration != nil, def.CaptureDuration, "")
	if kinds != 1 {
		d.fail("capture", -1, "needs exactly one of count, sum, distinct, values and duration")
		return
	}
	if c.Duration != nil {
		if c.Event != "" {
			d.fail("capture", -1, "a duration names its two events itself, not event %.48q", c.Event)
		}
		rule.Event, rule.Until, rule.Object = c.Duration.From, c.Duration.Until, c.Duration.Object
	}
	var err error
	if rule.Where, err = parseConditions(c.Where); err != nil {
		d.fail("capture", -1, "where: %w", err)
	}
	if rule.UntilIf, err = parseConditions(c.UntilWhere); err != nil {
		d.fail("capture", -1, "until_where: %w", err)
	}
	d.captureFields(&rule)
	d.captureKind(&rule)
	d.metric.Capture = &rule
}

func (d *definer) captureFields(rule *def.Capture) {
	if !isName(rule.Event) {
		d.fail("capture", -1, "event %.48q is not a name", rule.Event)
	}
	if rule.Of != "" && !isName(rule.Of) {
		d.fail("capture", -1, "attribute %.48q is not a name", rule.Of)
	}
	if rule.Kind == def.CaptureDuration && (!isName(rule.Until) || !isName(rule.Object)) {
		d.fail("capture", -1, "a duration names its object and the event until which it lasts")
	}
	if rule.Kind != def.CaptureDuration && len(rule.UntilIf) > 0 {
		d.fail("capture", -1, "only a duration has until_where")
	}
	if rule.AtLeast < 0 || rule.AtLeast > 8 || rule.AtLeast > 0 && rule.Kind != def.CaptureDistinct {
		d.fail("capture", -1, "at_least is from 1 to 8 and goes with distinct")
	}
}

// captureKind holds the kind of rule to the kind of value and to its roll-up.
func (d *definer) captureKind(rule *def.Capture) {
	kind := d.spec.Kind
	fits := map[def.CaptureKind][]metric.Kind{
		def.CaptureCount:    {metric.KindCount},
		def.CaptureSum:      {metric.KindCount, metric.KindMoney, metric.KindNumber, metric.KindDuration},
		def.CaptureDistinct: {metric.KindCount},
		def.CaptureValues:   {metric.DistributionOf(metric.KindMoney), metric.DistributionOf(metric.KindNumber), metric.DistributionOf(metric.KindCount)},
		def.CaptureDuration: {metric.DistributionOf(metric.KindDuration)},
	}[rule.Kind]
	if !slices.Contains(fits, kind) {
		d.fail("capture", -1, "%s cannot be a %s", rule.String(), kind)
	}
	additive := rule.Kind == def.CaptureCount || rule.Kind == def.CaptureSum
	if !additive && (d.spec.RollUpTime != "never" || d.spec.RollUpPopulation == "sum" && rule.Kind != def.CaptureDistinct) {
		d.fail("rollup", -1, "only the events that were counted can merge this metric over time")
	}
}

// operators in the order in which they are looked for.
var operators = [...]string{"==", "!=", "<=", ">=", "<", ">"}

func parseConditions(texts []string) ([]def.Condition, error) {
	var list []def.Condition
	for _, text := range texts {
		c, err := parseCondition(text)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func parseCondition(text string) (def.Condition, error) {
	for _, op := range operators {
		attr, value, found := strings.Cut(text, op)
		if !found {
			continue
		}
		c := def.Condition{Attr: strings.TrimSpace(attr), Op: op, Value: strings.TrimSpace(value)}
		if !isName(c.Attr) || c.Value == "" || strings.ContainsAny(c.Value, "=<>!\"") {
			break
		}
		return c, nil
	}
	return def.Condition{}, fmt.Errorf("%.48q is not a condition such as type == nps", text)
}

package main

import (
	"bytes"
	"fmt"
	"go/format"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
	"github.com/openlifecycle/lifecycle/metric"
	"github.com/openlifecycle/lifecycle/stage"
)

// emit returns the generated files by path relative to the catalogue.
func (r *registry) emit() (map[string][]byte, error) {
	files := map[string][]byte{}
	add := func(name string, source []byte) error {
		if files[name] != nil {
			return fmt.Errorf("%s would be written twice", name)
		}
		formatted, err := format.Source(source)
		if err != nil {
			return fmt.Errorf("%s: %w\n%s", name, err, source)
		}
		files[name] = formatted
		return nil
	}
	if err := add("internal/std/all.go", r.emitAll()); err != nil {
		return nil, err
	}
	for _, d := range r.domains {
		if err := add("internal/std/"+d.name+".go", d.emitLiterals()); err != nil {
			return nil, err
		}
		if err := add(d.name+"/"+d.name+".go", d.emitPackage(r)); err != nil {
			return nil, err
		}
		if source := d.emitExamples(r); source != nil {
			if err := add(d.name+"/example_test.go", source); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func (r *registry) emitAll() []byte {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString(`
// Package std holds the literals of the standard catalogue.
package std

import "github.com/openlifecycle/lifecycle/internal/def"

// Domain is one part of the catalogue.
type Domain struct{ Name, Title, About string }

// Domains are all domains in the order of their names.
var Domains = [...]Domain{
`)
	for _, d := range r.domains {
		fmt.Fprintf(&b, "{%q, %q, %q},\n", d.name, d.title, oneLine(d.about))
	}
	b.WriteString("}\n\n// All are all metrics in the order of their ids.\nvar All = [...]*def.Metric{\n")
	ids := sortedKeys(r.metrics)
	for _, id := range ids {
		fmt.Fprintf(&b, "&%s,\n", literalName(id))
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func (d *domain) emitLiterals() []byte {
	var b bytes.Buffer
	b.WriteString(generated)
	b.WriteString("\npackage std\n\nimport (\n\"github.com/openlifecycle/lifecycle/internal/def\"\n\"github.com/openlifecycle/lifecycle/stage\"\n)\n")
	entries := slices.SortedFunc(slices.Values(d.entries), func(a, b *entry) int { return strings.Compare(a.spec.ID, b.spec.ID) })
	for _, e := range entries {
		fmt.Fprintf(&b, "\n// %s is %s.\nvar %[1]s = ", literalName(e.spec.ID), e.spec.ID)
		writeLiteral(&b, reflect.ValueOf(*metric.Literal(def.Key{}, e.definition)))
		b.WriteString("\n")
	}
	return b.Bytes()
}

// writeLiteral writes v as Go source made of constants and pointers to other literals.
func writeLiteral(b *bytes.Buffer, v reflect.Value) {
	switch x := v.Interface().(type) {
	case *def.Metric:
		b.WriteString("&" + literalName(x.ID))
		return
	case def.OpCode:
		b.WriteString("def." + opNames[x])
		return
	case def.Kind:
		b.WriteString(kindName(x))
		return
	case def.CaptureKind:
		b.WriteString("def." + captureNames[x])
		return
	case stage.Stage:
		b.WriteString("stage." + camel(x.String()))
		return
	case def.Op:
		writeOp(b, x)
		return
	}
	switch v.Kind() {
	case reflect.String:
		b.WriteString(strconv.Quote(v.String()))
	case reflect.Bool:
		fmt.Fprint(b, v.Bool())
	case reflect.Int, reflect.Int32, reflect.Int64:
		fmt.Fprint(b, v.Int())
	case reflect.Uint8:
		fmt.Fprint(b, v.Uint())
	case reflect.Pointer:
		b.WriteString("&")
		writeLiteral(b, v.Elem())
	case reflect.Slice:
		writeSlice(b, v)
	case reflect.Struct:
		writeStruct(b, v)
	default:
		panic("no literal for " + v.Type().String())
	}
}

func writeSlice(b *bytes.Buffer, v reflect.Value) {
	b.WriteString("[]" + strings.TrimPrefix(v.Type().String(), "[]") + "{")
	lines := v.Type().Elem().Kind() == reflect.Struct && v.Type().Elem() != reflect.TypeFor[def.Op]() && v.Type().Elem() != reflect.TypeFor[def.Const]()
	for i := range v.Len() {
		if lines {
			b.WriteString("\n")
		}
		var element bytes.Buffer
		writeLiteral(&element, v.Index(i))
		// The element type of a slice literal need not be repeated.
		b.WriteString(strings.TrimPrefix(element.String(), v.Type().Elem().String()))
		b.WriteString(", ")
	}
	if lines && v.Len() > 0 {
		b.WriteString("\n")
	}
	b.WriteString("}")
}

func writeStruct(b *bytes.Buffer, v reflect.Value) {
	b.WriteString(v.Type().String() + "{")
	outer := v.Type() == reflect.TypeFor[def.Metric]()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			continue
		}
		if outer {
			b.WriteString("\n")
		}
		b.WriteString(v.Type().Field(i).Name + ": ")
		writeLiteral(b, v.Field(i))
		b.WriteString(", ")
	}
	if outer {
		b.WriteString("\n")
	}
	b.WriteString("}")
}

func writeOp(b *bytes.Buffer, op def.Op) {
	if fmt.Fprintf(b, "{Code: def.%s", opNames[op.Code]); op.Arg != 0 {
		fmt.Fprintf(b, ", Arg: %d", op.Arg)
	}
	b.WriteString("}")
}

var opNames = [...]string{
	def.Input: "Input", def.Push: "Push", def.Add: "Add", def.Sub: "Sub", def.Mul: "Mul", def.Div: "Div",
	def.Neg: "Neg", def.Min: "Min", def.Max: "Max", def.Abs: "Abs", def.Mean: "Mean", def.Median: "Median",
	def.Percentile: "Percentile", def.Pow: "Pow", def.Eq: "Eq", def.Ne: "Ne", def.Lt: "Lt", def.Le: "Le",
	def.Gt: "Gt", def.Ge: "Ge", def.And: "And", def.Or: "Or", def.Not: "Not",
}

var captureNames = [...]string{
	def.CaptureCount: "CaptureCount", def.CaptureSum: "CaptureSum", def.CaptureDistinct: "CaptureDistinct",
	def.CaptureValues: "CaptureValues", def.CaptureDuration: "CaptureDuration",
}

func kindName(k def.Kind) string {
	if k >= def.Distribution {
		return "def.Distribution | " + kindName(k&^def.Distribution)
	}
	return "def." + [...]string{def.Count: "Count", def.Money: "Money", def.Ratio: "Ratio", def.Number: "Number", def.Duration: "Duration"}[k]
}

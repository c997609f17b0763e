package metric

import (
	"database/sql/driver"
	"iter"
	"strings"

	"github.com/openlifecycle/lifecycle/internal/def"
)

// Kind names the Go type of a metric's value.
//
// Kind is a comparable value type. The zero Kind is no kind.
type Kind uint8

// The kinds of single values. A distribution of one of them is [DistributionOf] it.
const (
	KindCount    = Kind(def.Count)
	KindMoney    = Kind(def.Money)
	KindRatio    = Kind(def.Ratio)
	KindNumber   = Kind(def.Number)
	KindDuration = Kind(def.Duration)

	kindDistribution = Kind(def.Distribution)
)

// Scalar is the set of types of single values.
type Scalar interface {
	Count | Money | Ratio | Number | Duration
}

// Quantity is the set of types that a metric's value can have.
type Quantity interface {
	Count | Money | Ratio | Number | Duration |
		Distribution[Count] | Distribution[Money] | Distribution[Ratio] |
		Distribution[Number] | Distribution[Duration]
}

// kindOf returns the kind of Q.
func kindOf[Q Quantity]() Kind {
	var q Q
	switch any(q).(type) {
	case Count:
		return KindCount
	case Money:
		return KindMoney
	case Ratio:
		return KindRatio
	case Number:
		return KindNumber
	case Duration:
		return KindDuration
	case Distribution[Count]:
		return DistributionOf(KindCount)
	case Distribution[Money]:
		return DistributionOf(KindMoney)
	case Distribution[Ratio]:
		return DistributionOf(KindRatio)
	case Distribution[Number]:
		return DistributionOf(KindNumber)
	case Distribution[Duration]:
		return DistributionOf(KindDuration)
	}
	return 0
}

// Kinds yields every kind: first the single values, then their distributions.
func Kinds() iter.Seq[Kind] {
	return func(yield func(Kind) bool) {
		for _, base := range [2]Kind{0, kindDistribution} {
			for k := KindCount; k <= KindDuration; k++ {
				if !yield(base | k) {
					return
				}
			}
		}
	}
}

// DistributionOf returns the kind of a distribution of values of kind k.
// It is the zero Kind unless k is the kind of a single value.
func DistributionOf(k Kind) Kind {
	if !k.isScalar() {
		return 0
	}
	return kindDistribution | k
}

// ParseKind reads what [Kind.String] writes: "money" or "distribution[money]".
func ParseKind(s string) (Kind, error) {
	name, distribution := s, false
	if inner, ok := strings.CutPrefix(s, "distribution["); ok {
		if inner, ok = strings.CutSuffix(inner, "]"); ok {
			name, distribution = inner, true
		}
	}
	for k := KindCount; k <= KindDuration; k++ {
		if k.scalarName() != name {
			continue
		}
		if distribution {
			return DistributionOf(k), nil
		}
		return k, nil
	}
	return 0, inputErrorf("kind %s is unknown", quote(s))
}

// IsValid reports whether k is one of [Kinds].
func (k Kind) IsValid() bool { return k.isScalar() || k.IsDistribution() }

// IsDistribution reports whether k is the kind of a distribution.
func (k Kind) IsDistribution() bool { _, ok := k.Element(); return ok }

// Element returns the kind of the values in a distribution of kind k, and false
// if k is not the kind of a distribution.
func (k Kind) Element() (Kind, bool) {
	e := k &^ kindDistribution
	if k&kindDistribution == 0 || !e.isScalar() {
		return 0, false
	}
	return e, true
}

// String returns the name, "money" or "distribution[money]"; "none" for the
// zero Kind.
func (k Kind) String() string {
	if e, ok := k.Element(); ok {
		return "distribution[" + e.scalarName() + "]"
	}
	if k == 0 {
		return "none"
	}
	return k.scalarName()
}

// MarshalText returns the name, and no text for the zero Kind.
func (k Kind) MarshalText() ([]byte, error) {
	if k == 0 {
		return []byte{}, nil
	}
	if !k.IsValid() {
		return nil, inputErrorf("kind %d is unknown", uint8(k))
	}
	return []byte(k.String()), nil
}

// UnmarshalText accepts what [ParseKind] does, and no text for the zero Kind.
func (k *Kind) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*k = 0
		return nil
	}
	v, err := ParseKind(string(text))
	if err != nil {
		return err
	}
	*k = v
	return nil
}

// Value implements [driver.Valuer] with the name.
func (k Kind) Value() (driver.Value, error) { return driverText(k.MarshalText()) }

// Scan implements the scanner of database/sql for text.
func (k *Kind) Scan(src any) error { return scanText("kind", src, k.UnmarshalText) }

func (k Kind) isScalar() bool { return k >= KindCount && k <= KindDuration }

func (k Kind) scalarName() string {
	switch k {
	case KindCount:
		return "count"
	case KindMoney:
		return "money"
	case KindRatio:
		return "ratio"
	case KindNumber:
		return "number"
	case KindDuration:
		return "duration"
	}
	return "unknown"
}

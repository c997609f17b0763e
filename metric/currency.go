package metric

import (
	"database/sql/driver"
	"iter"
	"slices"
	"strings"
)

// Currency is a currency or fund of ISO 4217.
//
// Currency is a comparable value type: it supports == and can be a map key. The
// zero Currency is no currency.
type Currency struct{ code [3]byte }

type currencyRecord struct {
	code      string
	number    uint16
	exponent  uint8
	name      string
	withdrawn uint16 // year; 0 for a current one
}

// ParseCurrency returns the currency with an alphabetic code of ISO 4217, in
// upper case: "USD".
//
// It knows the current currencies and funds that have a minor unit, and those
// withdrawn since 2021, which the history of a customer may still hold
// ([Currency.IsCurrent]). It does not know precious metals, bond market units,
// XDR, XSU, XUA, the testing code XTS and the code XXX for no currency.
func ParseCurrency(code string) (Currency, error) {
	if _, ok := findCurrency(code); !ok {
		if _, ok := findCurrency(strings.ToUpper(code)); ok && len(code) == 3 {
			return Currency{}, inputErrorf("currency %s is not in upper case", quote(code))
		}
		return Currency{}, inputErrorf("currency %s is not a code of ISO 4217", quote(code))
	}
	return Currency{code: [3]byte{code[0], code[1], code[2]}}, nil
}

// Currencies yields the current currencies and funds in order of their codes.
func Currencies() iter.Seq[Currency] {
	return func(yield func(Currency) bool) {
		for i := range iso4217 {
			c := iso4217[i].code
			if iso4217[i].withdrawn == 0 && !yield(Currency{code: [3]byte{c[0], c[1], c[2]}}) {
				return
			}
		}
	}
}

func findCurrency(code string) (*currencyRecord, bool) {
	i, ok := slices.BinarySearchFunc(iso4217[:], code, func(r currencyRecord, code string) int {
		return strings.Compare(r.code, code)
	})
	if !ok {
		return nil, false
	}
	return &iso4217[i], true
}

func (c Currency) record() currencyRecord {
	if r, ok := findCurrency(c.Code()); ok {
		return *r
	}
	return currencyRecord{}
}

// IsZero reports whether c is no currency.
func (c Currency) IsZero() bool { return c == Currency{} }

// Code returns the alphabetic code, "USD", and no text for no currency.
func (c Currency) Code() string {
	if c.IsZero() {
		return ""
	}
	return string(c.code[:])
}

// String returns the code, and no text for no currency.
func (c Currency) String() string { return c.Code() }

// orNone returns the code for a message.
func (c Currency) orNone() string {
	if c.IsZero() {
		return "no currency"
	}
	return c.Code()
}

// Exponent returns the number of decimals of the smallest unit: 2 for USD, whose
// cent is 10^-2 dollars, 0 for JPY, 3 for KWD, 4 for CLF.
func (c Currency) Exponent() int { return int(c.record().exponent) }

// Name returns the English name of ISO 4217, "US Dollar".
func (c Currency) Name() string { return c.record().name }

// Number returns the numeric code of ISO 4217, 840 for USD. It is written with
// three digits. A withdrawn currency and its successor may share one.
func (c Currency) Number() int { return int(c.record().number) }

// IsCurrent reports whether the currency is in use, and not withdrawn.
func (c Currency) IsCurrent() bool { return !c.IsZero() && c.record().withdrawn == 0 }

// Compare orders currencies by their codes, no currency first.
func (c Currency) Compare(d Currency) int { return strings.Compare(c.Code(), d.Code()) }

// MarshalText returns the code, and no text for no currency.
func (c Currency) MarshalText() ([]byte, error) { return []byte(c.Code()), nil }

// UnmarshalText accepts what [ParseCurrency] does, and no text for no currency.
func (c *Currency) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*c = Currency{}
		return nil
	}
	v, err := ParseCurrency(string(text))
	if err != nil {
		return err
	}
	*c = v
	return nil
}

// Value implements [driver.Valuer] with the code.
func (c Currency) Value() (driver.Value, error) { return c.Code(), nil }

// Scan implements the scanner of database/sql for text.
func (c *Currency) Scan(src any) error { return scanText("currency", src, c.UnmarshalText) }

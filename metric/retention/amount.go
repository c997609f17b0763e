package retention

import (
	"cmp"

	"github.com/openlifecycle/lifecycle/metric"
)

// amount is the value of a return, in the smallest unit of a currency if it is money.
type amount struct {
	value    int64
	currency uint16 // as packCurrency gives it; 0 for none
}

func (a amount) compare(b amount) int {
	return cmp.Or(cmp.Compare(a.currency, b.currency), cmp.Compare(a.value, b.value))
}

const letters = 'Z' - 'A' + 1

// packCurrency returns a number for a currency, 0 for none, in the order of codes.
func packCurrency(c metric.Currency) uint16 {
	if c.IsZero() {
		return 0
	}
	n := 0
	for _, letter := range []byte(c.Code()) {
		n = letters*n + int(letter-'A')
	}
	return uint16(n + 1)
}

// unpackCurrency returns the currency that has a number, and false if none has.
func unpackCurrency(packed uint16) (metric.Currency, bool) {
	if packed == 0 {
		return metric.Currency{}, true
	}
	n := int(packed) - 1
	code := string([]byte{byte('A' + n/letters/letters%letters), byte('A' + n/letters%letters), byte('A' + n%letters)})
	c, err := metric.ParseCurrency(code)
	return c, err == nil && packCurrency(c) == packed
}

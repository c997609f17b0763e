package purchase_test

import (
	"testing"
	"time"

	"github.com/openlifecycle/lifecycle/metric/purchase"
)

var none time.Time

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func newLog(t testing.TB, o purchase.Options) *purchase.Log {
	t.Helper()
	l, err := purchase.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func marshal(t testing.TB, l *purchase.Log) []byte {
	t.Helper()
	data, err := l.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

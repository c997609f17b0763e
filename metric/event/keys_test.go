package event_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/metric/event"
)

func TestKeys(t *testing.T) {
	var keys event.Keys
	if _, known := keys.Lookup("a"); known {
		t.Error("empty keys know a key")
	}
	if keys.Code("") != event.NoCode {
		t.Error("the empty key has a code")
	}
	const n = 5000
	codes := make(map[event.Code]string)
	for i := range n {
		key := fmt.Sprint("customer-", i)
		code := keys.Code(key)
		if other, taken := codes[code]; taken {
			t.Fatalf("%s and %s have one code", key, other)
		}
		codes[code] = key
		if code.Bucket() != event.Bucket(key) || event.CodeOf(code.Bucket(), code.Position()) != code {
			t.Fatalf("the code of %s is %d:%d", key, code.Bucket(), code.Position())
		}
	}
	for code, key := range codes {
		found, known := keys.Lookup(key)
		if keys.Key(code) != key || keys.Code(key) != code || !known || found != code || !keys.Has(code) {
			t.Fatalf("%s is not found by its code, or the code not by it", key)
		}
	}
	if keys.Len() != n {
		t.Errorf("%d keys, want %d", keys.Len(), n)
	}
	if keys.Has(event.NoCode) || keys.Has(event.CodeOf(7, keys.LenBucket(7))) {
		t.Error("a code that was not given is known")
	}
	total, last := 0, [2]string{}
	for code, key := range keys.All() {
		at := [2]string{fmt.Sprintf("%03d", code.Bucket()), key}
		if slices.Compare(at[:], last[:]) <= 0 {
			t.Fatalf("%v comes after %v", at, last)
		}
		last = at
		total++
	}
	if total != n {
		t.Errorf("All yields %d keys", total)
	}
}

// Many keys at once are what one after the other would be.
func TestAppendCodes(t *testing.T) {
	var one, many event.Keys
	var list []string
	for i := range 3000 {
		list = append(list, fmt.Sprint(i*i%1000))
	}
	list[5], list[70] = "", ""
	want := make([]event.Code, len(list))
	for i, key := range list {
		want[i] = one.Code(key)
	}
	got := many.AppendCodes([]event.Code{event.NoCode}, list)
	if !slices.Equal(got[1:], want) || got[0] != event.NoCode {
		t.Error("AppendCodes and Code differ")
	}
	if again := many.AppendCodes(nil, list); !slices.Equal(again, want) {
		t.Error("codes change")
	}
}

func TestTranslation(t *testing.T) {
	var a, b event.Keys
	for i := range 100 {
		a.Code(fmt.Sprint("a", i))
		b.Code(fmt.Sprint("a", i*2))
	}
	tr := a.Translation(&b)
	for code, key := range b.All() {
		if a.Key(tr.Code(code)) != key {
			t.Errorf("%s becomes %s", key, a.Key(tr.Code(code)))
		}
	}
	if a.Len() != 150 {
		t.Errorf("%d keys, want 150", a.Len())
	}
	if same := a.Translation(&a); same.Code(3) != 3 || tr.Code(event.NoCode) != event.NoCode {
		t.Error("what needs no translation is translated")
	}
}

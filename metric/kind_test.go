package metric

import (
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/internal/def"
)

func TestKindsEqualThoseOfDefinitions(t *testing.T) {
	for _, tt := range []struct {
		kind Kind
		def  def.Kind
		text string
	}{
		{KindCount, def.Count, "count"},
		{KindMoney, def.Money, "money"},
		{KindRatio, def.Ratio, "ratio"},
		{KindNumber, def.Number, "number"},
		{KindDuration, def.Duration, "duration"},
		{DistributionOf(KindCount), def.Distribution | def.Count, "distribution[count]"},
		{DistributionOf(KindMoney), def.Distribution | def.Money, "distribution[money]"},
		{DistributionOf(KindRatio), def.Distribution | def.Ratio, "distribution[ratio]"},
		{DistributionOf(KindNumber), def.Distribution | def.Number, "distribution[number]"},
		{DistributionOf(KindDuration), def.Distribution | def.Duration, "distribution[duration]"},
	} {
		if uint8(tt.kind) != uint8(tt.def) {
			t.Errorf("%s is %d, in definitions %d", tt.kind, tt.kind, tt.def)
		}
		if got := tt.kind.String(); got != tt.text {
			t.Errorf("String() = %q, want %q", got, tt.text)
		}
		if got, err := ParseKind(tt.text); err != nil || got != tt.kind {
			t.Errorf("ParseKind(%q) = %d, %v", tt.text, got, err)
		}
	}
	if n := len(slices.Collect(Kinds())); n != 10 {
		t.Errorf("%d kinds, want 10", n)
	}
}

func TestKindOfTypes(t *testing.T) {
	for _, tt := range []struct{ got, want Kind }{
		{kindOf[Count](), KindCount},
		{kindOf[Money](), KindMoney},
		{kindOf[Ratio](), KindRatio},
		{kindOf[Number](), KindNumber},
		{kindOf[Duration](), KindDuration},
		{kindOf[Distribution[Count]](), DistributionOf(KindCount)},
		{kindOf[Distribution[Money]](), DistributionOf(KindMoney)},
		{kindOf[Distribution[Ratio]](), DistributionOf(KindRatio)},
		{kindOf[Distribution[Number]](), DistributionOf(KindNumber)},
		{kindOf[Distribution[Duration]](), DistributionOf(KindDuration)},
	} {
		if tt.got != tt.want {
			t.Errorf("got %s, want %s", tt.got, tt.want)
		}
	}
}

func TestKindElement(t *testing.T) {
	for k := range Kinds() {
		e, ok := k.Element()
		if ok != k.IsDistribution() || ok && DistributionOf(e) != k || !k.IsValid() {
			t.Errorf("%s: element %s, %t", k, e, ok)
		}
		if ok && DistributionOf(k) != 0 {
			t.Errorf("there is a distribution of %s", k)
		}
	}
	for _, k := range []Kind{0, 6, 15, 16, 22, 32, 33, 255} {
		if k.IsValid() || k.IsDistribution() || DistributionOf(k) != 0 {
			t.Errorf("kind %d is taken for a valid one", k)
		}
		if _, err := k.MarshalText(); (err == nil) != (k == 0) {
			t.Errorf("kind %d: MarshalText error %v", k, err)
		}
	}
	for _, s := range []string{"", "Count", "counts", "distribution", "distribution[]", "distribution[count", "distribution[distribution[count]]", "none", "unknown"} {
		if k, err := ParseKind(s); err == nil {
			t.Errorf("ParseKind(%q) = %s", s, k)
		}
	}
}

package exchange

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/openlifecycle/lifecycle/catalog"
)

func BenchmarkWrite(b *testing.B) {
	for _, f := range formats {
		b.Run(f.extension, func(b *testing.B) {
			b.SetBytes(int64(len(f.written(b, catalog.All()))))
			for b.Loop() {
				if err := f.write(io.Discard, catalog.All()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for _, f := range formats {
		b.Run(f.extension, func(b *testing.B) {
			text := f.written(b, catalog.All())
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := f.read(bytes.NewReader(text)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDefineAll(b *testing.B) {
	specs, err := ReadJSON(bytes.NewReader(formats[0].written(b, slices.Values(allOfCatalogue()))))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := DefineAll(specs, nil); err != nil {
			b.Fatal(err)
		}
	}
}

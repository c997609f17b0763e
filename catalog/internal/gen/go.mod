module github.com/openlifecycle/lifecycle/catalog/internal/gen

go 1.26.0

require (
	github.com/openlifecycle/lifecycle v0.0.0
	go.yaml.in/yaml/v3 v3.0.6
)

require github.com/shopspring/decimal v1.6.0

replace github.com/openlifecycle/lifecycle => ../../..

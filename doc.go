// Package lifecycle is the standardized catalogue of customer-lifecycle metrics.
package lifecycle

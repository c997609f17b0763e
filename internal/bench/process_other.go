//go:build !linux

package main

import "time"

// Memory and the time of processors are measured on Linux only: elsewhere they read 0.

func resetPeak() float64 { return 0 }
func peak() float64      { return 0 }

func processorTime() time.Duration { return 0 }

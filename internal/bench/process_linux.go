package main

import (
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// processorTime returns the time that processors spent for this process: it tells more
// than the time passed where others use the machine.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// resetPeak makes the kernel forget the most memory this process had, and returns what it has
// now, in MB.
func resetPeak() float64 {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	return status("VmRSS:")
}

// peak returns the most memory this process had since resetPeak, in MB.
func peak() float64 { return status("VmHWM:") }

func status(name string) float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 64)
			return kb / 1024
		}
	}
	return 0
}

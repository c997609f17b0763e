// Command bench measures calculators of the library against DuckDB, and finds out first
// that both give the same results.
//
// It draws data from a seed, runs each job with each contender in a process of its own,
// compares the results row by row, and only then reports times and memory:
//
//	go run . -rows 10000000 -threads 1,2 -runs 5
//
// README.md says what the jobs, the contenders and the figures are. The module is separate
// so that DuckDB does not reach those who import the library.
//
//	main.go, measure.go, report.go, variants.go   the program
//	child.go, process_*.go                        processes and their memory
//	data.go                                       rows
//	job.go, table.go                              jobs, contenders, and results to compare
//	duck.go, duck_none.go, query.go               DuckDB
//	library*.go                                   the library's calculators
//	partition.go, naive.go                        what loops and naive programs share
//	one file for each job                         its SQL, its loop, its naive program
package main

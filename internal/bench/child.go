package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// Each contender runs in a process of its own, this program started again: so the memory of one
// is not taken for another's, and none of them pays for another's garbage. The processes
// live until all runs are done, so that timed runs can be interleaved.

// childArgument is the first argument of a process that runs one contender. It is followed by the
// name of the contender, the job, the surface, the rows, the seed, and the position of DuckDB's query.
const childArgument = "contender"

// reply is what a child writes, a line of JSON, when it is ready and after each command.
type reply struct {
	MS    float64 // what the run took
	Base  float64 // resident memory before the first run, the input included, in MB
	Peak  float64 // the most during the first run
	Query int     // position of the query that was chosen
	Name  string  // of the query
	Error string
}

func childMain(args []string) {
	out := json.NewEncoder(os.Stdout)
	c, err := childLoad(args)
	if err != nil {
		out.Encode(reply{Error: err.Error()})
		return
	}
	defer c.close()
	out.Encode(reply{})
	in := bufio.NewScanner(os.Stdin)
	state := childState{contender: c}
	for in.Scan() {
		r, err := state.do(in.Text())
		if err != nil {
			r.Error = err.Error()
		}
		out.Encode(r)
	}
}

func childLoad(args []string) (contender, error) {
	if len(args) != 6 {
		return nil, fmt.Errorf("want six arguments, have %q", args)
	}
	j, err := jobNamed(args[1])
	if err != nil {
		return nil, err
	}
	rows, err := strconv.Atoi(args[3])
	if err != nil {
		return nil, err
	}
	seed, err := strconv.ParseUint(args[4], 10, 64)
	if err != nil {
		return nil, err
	}
	query, err := strconv.Atoi(args[5])
	if err != nil {
		return nil, err
	}
	c, err := j.contender(args[0], query)
	if err != nil {
		return nil, err
	}
	return c, c.load(generate(j.shape, rows, seed, false), surface(args[2]))
}

// childState is a contender that has its input. Its first run is the one to tell about memory: what
// nobody needs is given back before. Before others garbage is collected, but memory is
// kept, as DuckDB keeps what it had from the run before.
type childState struct {
	contender contender
	ran       bool
}

// do obeys "run THREADS", "choose THREADS" and "result PATH".
func (p *childState) do(command string) (reply, error) {
	verb, argument, _ := strings.Cut(command, " ")
	switch verb {
	case "run":
		threads, err := strconv.Atoi(argument)
		if err != nil {
			return reply{}, err
		}
		var r reply
		if p.ran {
			runtime.GC()
		} else {
			debug.FreeOSMemory()
			r.Base = resetPeak()
		}
		runtime.GOMAXPROCS(threads)
		took, err := p.contender.run(threads)
		runtime.GOMAXPROCS(runtime.NumCPU())
		if !p.ran {
			r.Peak, p.ran = peak(), true
		}
		r.MS = took.Seconds() * 1000
		return r, err
	case "choose":
		threads, err := strconv.Atoi(argument)
		if err != nil {
			return reply{}, err
		}
		peer, ok := p.contender.(interface {
			choose(threads int) (int, string, error)
		})
		if !ok {
			return reply{}, fmt.Errorf("nothing to choose from")
		}
		i, name, err := peer.choose(threads)
		return reply{Query: i, Name: name}, err
	case "result":
		t, err := p.contender.result()
		if err != nil {
			return reply{}, err
		}
		return reply{}, os.WriteFile(argument, t.encode(), 0o600)
	}
	return reply{}, fmt.Errorf("no command %q", command)
}

// A child is the parent's end of such a process.
type child struct {
	name    string
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

func startChild(name string, j *job, form surface, s *settings, query int) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{name: name}
	c.command = exec.Command(self, childArgument, name, j.name, string(form), strconv.Itoa(s.rows), strconv.FormatUint(s.seed, 10), strconv.Itoa(query))
	c.command.Stderr = os.Stderr
	if c.in, err = c.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.out = json.NewDecoder(out)
	if err := c.command.Start(); err != nil {
		return nil, err
	}
	if _, err := c.reply(); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

func (c *child) reply() (reply, error) {
	var r reply
	if err := c.out.Decode(&r); err != nil {
		return r, fmt.Errorf("%s: ended without an answer: %w", c.name, err)
	}
	if r.Error != "" {
		return r, fmt.Errorf("%s: %s", c.name, r.Error)
	}
	return r, nil
}

func (c *child) do(verb, argument string) (reply, error) {
	if _, err := fmt.Fprintln(c.in, verb, argument); err != nil {
		return reply{}, err
	}
	return c.reply()
}

func (c *child) run(threads int) (reply, error) { return c.do("run", strconv.Itoa(threads)) }

// result fetches what the last run found, by way of the file.
func (c *child) result(path string) (*table, error) {
	if _, err := c.do("result", path); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return decodeTable(b)
}

// stop lets the process end by itself, as it does when there are no more commands.
func (c *child) stop() {
	c.in.Close()
	c.command.Wait()
}

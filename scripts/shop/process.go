package shop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// Process is one program of the shop. It dies with us: the kernel kills it when our process ends, however that happens.
type Process struct {
	name string
	args []string
	env  []string
	log  string // file its output goes to

	mu   sync.Mutex // guards cmd and done
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
}

// NewProcess answers a process over a program, given by its path. Its log gets the program's name, in the folder logs.
func NewProcess(logs, name string, args ...string) *Process {
	return &Process{name: name, args: args, log: filepath.Join(logs, filepath.Base(name)+".log")}
}

// Start runs the program; its output is appended to its log file.
func (p *Process) Start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("open log of %s: %w", p.name, err)
	}
	defer out.Close()
	cmd := exec.Command(p.name, p.args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), p.env...)
	// A group of its own: Ctrl-C in the terminal reaches us alone, and we stop the parts in their order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	p.cmd, p.done = cmd, make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { // joined by Kill and Stop, which wait for done
		_ = cmd.Wait()
		close(done)
	}(p.cmd, p.done)
	return nil
}

// Kill ends the program at once, as a power cut would, and waits until it is gone.
func (p *Process) Kill() { p.signal(syscall.SIGKILL) }

// endsWithin is how long a program may take to end when it is asked to: with all that it still has to write down, on a slow machine.
const endsWithin = 30 * time.Second

// Stop asks the program to end, insists after half a minute, and waits until it is gone.
func (p *Process) Stop() { p.signal(syscall.SIGTERM) }

func (p *Process) signal(sig syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(sig)
	select {
	case <-p.done:
	case <-time.After(endsWithin):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
	p.cmd = nil
}

// Done is closed when the running program has ended by itself or otherwise; nil when none runs.
func (p *Process) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return nil
	}
	return p.done
}

// PID is the process id, 0 when none runs.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// exitCode is that of a program that has ended by itself.
func (p *Process) exitCode() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cmd.ProcessState.ExitCode()
}

// run runs a program that ends by itself, and answers what it said when that was not well.
func (p *Process) run(ctx context.Context, what string) error {
	if err := p.Start(); err != nil {
		return err
	}
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Kill()
		return ctx.Err()
	}
	if code := p.exitCode(); code != 0 {
		return fmt.Errorf("%s: exit code %d\n%s", what, code, p.Tail())
	}
	return nil
}

// Tail is the end of the program's log.
func (p *Process) Tail() string {
	f, err := os.Open(p.log)
	if err != nil {
		return ""
	}
	defer f.Close()
	const most = 2000
	if info, err := f.Stat(); err == nil && info.Size() > most {
		_, _ = f.Seek(-most, io.SeekEnd)
	}
	b, _ := io.ReadAll(f)
	return string(b)
}

// until tries again, every few milliseconds, until try succeeds or ctx ends; the last failure is answered.
func until(ctx context.Context, what string, try func(context.Context) error) error {
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait until %s: %w", what, errors.Join(ctx.Err(), err))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

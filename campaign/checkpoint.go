package campaign

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"flowcert/internal/atomicfile"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/probe"
	"flowcert/train"
)

// CheckpointFile holds a fit that was interrupted, in the folder of the model to be: the
// digest of what is fitted to what, a newline, and the state of the training.
const CheckpointFile = "fit.checkpoint"

// checkpointEvery is what a fit that is killed may lose. Writing takes milliseconds.
const checkpointEvery = time.Minute

// checkpoint is that of a fit.
type checkpoint struct {
	dir, task string
	// state is that of an interrupted fit after a number of steps; nil without one.
	state   []byte
	step    int
	written time.Time
}

// openCheckpoint reads the checkpoint in dir, if there is one. One of another fit than
// that of the description is a *usage.Error: it may have taken hours.
func openCheckpoint(dir string, d model.Description) (checkpoint, error) {
	description, err := json.Marshal(d)
	if err != nil {
		return checkpoint{}, err
	}
	c := checkpoint{dir: dir, task: sha256Of(description), written: probe.Now()}
	path := filepath.Join(dir, CheckpointFile)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, usage.Errorf("read the checkpoint of a fit: %w; delete it to start anew", err)
	}
	task, state, _ := bytes.Cut(content, []byte("\n"))
	stored, err := train.DecodeCheckpoint(state)
	switch {
	case err != nil:
		return c, usage.Errorf("%q was cut short or changed since it was written: delete it to start anew", path)
	case string(task) != c.task:
		return c, usage.Errorf("%q is of a fit with other settings, seed or data: repeat the command that was interrupted, or delete the file to start anew", path)
	}
	c.state, c.step = state, stored.Step
	return c, nil
}

// keep writes a state now and then, and a final one in any case.
func (c *checkpoint) keep(state func() ([]byte, error), final bool) error {
	now := probe.Now()
	if !final && now.Sub(c.written) < checkpointEvery {
		return nil
	}
	c.written = now
	encoded, err := state()
	if err != nil {
		return err
	}
	content := append([]byte(c.task+"\n"), encoded...)
	return refused(c.dir, atomicfile.Write(c.dir, atomicfile.File{Name: CheckpointFile, Content: content}))
}

// removeCheckpoint takes away the checkpoint in dir, if there is one.
func removeCheckpoint(dir string) error {
	err := os.Remove(filepath.Join(dir, CheckpointFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

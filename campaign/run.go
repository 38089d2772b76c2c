package campaign

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/data"
	"flowcert/internal/usage"
	"flowcert/model"
	"flowcert/setting"
)

// Cell is one complete cell of a campaign.
type Cell struct {
	// Folder is DATA/MODEL/seed-N below the campaign's folder, with slashes.
	Folder string `json:"folder"`
	Data   string `json:"data"`
	Model  string `json:"model"`
	Seed   uint64 `json:"seed"`
	// Certificate is the path of the cell's certificate.
	Certificate string `json:"certificate"`
	// Kept says that the cell was complete before this run.
	Kept bool `json:"kept"`
}

// task is a cell to be made or kept.
type task struct {
	Cell
	job    Job
	digest string
}

// Run fits and certifies every model of a plan on every data set with every seed,
// each into DIR/DATA/MODEL/seed-N. A cell's folder appears only when it is
// complete; cells that are complete already, of the same plan and with their files
// intact, are kept. A model that fails does not keep the other cells from being
// made; a system that refuses to read or write files does.
//
// Run returns the complete cells in the plan's order, also beside an error. What is
// wrong with the plan, its data or dir is a *usage.Error, before any work. When ctx
// is cancelled, Run stops at once with the context's error.
func Run(ctx context.Context, p Plan, dir string, o Options) ([]Cell, error) {
	if err := Writable(dir); err != nil {
		return nil, err
	}
	defer removeEmpty(dir, existing(dir))
	tasks, err := p.tasks(dir)
	if err != nil {
		return nil, err
	}
	var cells []Cell
	var failures []error
	var y yardsticks
	o.meter = o.measuring()
	for i, t := range tasks {
		numbered := o
		numbered.Progress = func(stage string, step, steps int) {
			o.progress(fmt.Sprintf("[%d/%d] %s", i+1, len(tasks), stage), step, steps)
		}
		if err := ctx.Err(); err != nil {
			return cells, err
		}
		err := t.run(ctx, dir, &y, numbered)
		if err == nil {
			cells = append(cells, t.Cell)
			continue
		}
		if ctx.Err() != nil {
			return cells, err
		}
		failures = append(failures, fmt.Errorf("%s: %w", t.Folder, err))
		var refused syscall.Errno
		if errors.As(err, &refused) {
			break
		}
	}
	return cells, errors.Join(failures...)
}

// tasks looks up everything that a plan names, and that there is room for it in dir.
func (p Plan) tasks(dir string) ([]task, error) {
	var tasks []task
	for _, d := range p.Data {
		set, err := catalog.OpenData(d.Name, data.CSVOptions{Drop: d.Drop})
		if err != nil {
			return nil, p.errorf(d.line, "%w", err)
		}
		for _, seed := range p.Seeds {
			split, err := set.Split(seed)
			if err != nil {
				return nil, p.errorf(d.line, "%w", err)
			}
			for _, m := range p.Models {
				entry, settings, err := m.resolve()
				if err != nil {
					return nil, p.errorf(m.line, "%w", err)
				}
				job := Job{Entry: entry, Settings: settings, Set: set, Name: d.Name, Drop: d.Drop, Seed: seed}
				digest, err := job.digest(split)
				if err != nil {
					return nil, err
				}
				folder := fmt.Sprintf("%s/%s/seed-%d", d.As, m.As, seed)
				if err := vacant(filepath.Join(dir, filepath.FromSlash(folder))); err != nil {
					return nil, err
				}
				tasks = append(tasks, task{
					Cell: Cell{Folder: folder, Data: d.As, Model: m.As, Seed: seed,
						Certificate: filepath.Join(dir, filepath.FromSlash(folder), cert.File)},
					job: job, digest: digest,
				})
			}
		}
	}
	return tasks, nil
}

// resolve looks the model up and gives every setting a value.
func (m ModelItem) resolve() (model.Entry, setting.Values, error) {
	entry, err := catalog.OpenModel(m.Name)
	if err != nil {
		return model.Entry{}, nil, err
	}
	given, err := model.ParseSettings(m.Settings)
	if err != nil {
		return model.Entry{}, nil, err
	}
	settings, err := entry.Resolve(given)
	return entry, settings, err
}

// run keeps the cell if it is complete, and makes it otherwise: in a folder beside
// its place, which is moved there at the end.
func (t *task) run(ctx context.Context, dir string, y *yardsticks, o Options) error {
	place := filepath.Join(dir, filepath.FromSlash(t.Folder))
	if t.Kept = complete(place, t.digest); t.Kept {
		o.progress(t.Folder+" is complete and kept", 0, 0)
		return t.sign(ctx, place, o)
	}
	if err := removeUnfinished(place); err != nil {
		return err
	}
	parent, name := filepath.Split(place)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	building, err := os.MkdirTemp(parent, "."+name+"-*")
	if err != nil {
		return err
	}
	defer func() {
		os.RemoveAll(building)
		removeEmpty(parent, dir)
	}()
	if err := t.job.Fit(ctx, building, o); err != nil {
		return err
	}
	stored, err := model.Open(building, catalog.Library())
	if err != nil {
		return err
	}
	if _, err := certify(ctx, building, stored, t.job.Set, y, o); err != nil {
		return err
	}
	if err := writeRecord(building, t.digest); err != nil {
		return err
	}
	// MkdirTemp is for secrets; a record is read by others.
	if err := os.Chmod(building, 0o755); err != nil {
		return err
	}
	if err := os.RemoveAll(place); err != nil {
		return err
	}
	return os.Rename(building, place)
}

// sign signs the certificate of a kept cell that o's key has not signed yet.
func (t *task) sign(ctx context.Context, place string, o Options) error {
	if o.Key == nil {
		return nil
	}
	path := filepath.Join(place, cert.File)
	r, err := cert.Verify(path, o.Key.Public().(ed25519.PublicKey))
	if err == nil && r.Holds() {
		return nil
	}
	if err := cert.Sign(ctx, path, o.Key); err != nil {
		return err
	}
	// The record lists all other files.
	if err := os.Remove(filepath.Join(place, RecordFile)); err != nil {
		return err
	}
	return writeRecord(place, t.digest)
}

// vacant fails with a *usage.Error if something other than a cell is at place, or if
// no cell can be put there.
func vacant(place string) error {
	if err := Writable(filepath.Dir(place)); err != nil {
		return err
	}
	if _, err := os.Lstat(place); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(place, RecordFile)); err != nil {
		return usage.Errorf("%q is in the way and is no record of a campaign: move it or choose another folder", place)
	}
	return nil
}

// removeUnfinished takes away what runs that were killed left beside a cell's place.
func removeUnfinished(place string) error {
	parent, name := filepath.Split(place)
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+name+"-") {
			err = errors.Join(err, os.RemoveAll(filepath.Join(parent, e.Name())))
		}
	}
	return err
}

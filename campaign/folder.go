package campaign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"syscall"

	"flowcert/cert"
	"flowcert/internal/atomicfile"
	"flowcert/internal/usage"
)

// Writable fails with a *usage.Error unless files can be made in the folder dir,
// or dir itself can be made. It leaves nothing behind.
func Writable(dir string) error {
	if dir == "" {
		return usage.Errorf("the name of the folder to write to is empty: give it one")
	}
	ground := existing(dir)
	info, err := os.Stat(ground)
	if err == nil && !info.IsDir() {
		return usage.Errorf("cannot write to folder %q: %q is a file; choose another folder", dir, ground)
	}
	var probe string
	if err == nil {
		probe, err = os.MkdirTemp(ground, ".flowcert-*")
	}
	if err != nil {
		return usage.Errorf("cannot write to folder %q: %w; choose another folder", dir, cause(err))
	}
	return os.Remove(probe)
}

// existing returns the nearest of dir and the folders above it that is there.
func existing(dir string) string {
	for dir = filepath.Clean(dir); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return dir
		}
	}
}

// cause is what went wrong with a file, without the file's name, which may be one
// that the user has never seen.
func cause(err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return file.Err
	}
	return err
}

// staged has write fill an empty folder below dir, and then moves the files into
// dir, which is made if need be. If write fails, dir is as it was. That the system
// refuses to write is a *usage.Error: only the user can make room.
func staged(dir string, write func(staging string) error) error {
	return refused(dir, fill(dir, write))
}

// refused returns err as a *usage.Error if the system refused to write into dir.
func refused(dir string, err error) error {
	var refusal syscall.Errno
	if errors.As(err, &refusal) {
		return usage.Errorf("cannot write to folder %q: %w; make room, or choose another folder", dir, refusal)
	}
	return err
}

func fill(dir string, write func(staging string) error) error {
	defer removeEmpty(dir, existing(dir))
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	staging, err := os.MkdirTemp(dir, ".part-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(staging)
	if err := write(staging); err != nil {
		return err
	}
	files, err := os.ReadDir(staging)
	if err != nil {
		return err
	}
	// certificate.json and model.json name files that sort after them.
	slices.Reverse(files)
	for _, f := range files {
		if err := os.Rename(filepath.Join(staging, f.Name()), filepath.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// removeEmpty removes folder and those above it up to root, as far as they are
// empty.
func removeEmpty(folder, root string) {
	for folder = filepath.Clean(folder); folder != filepath.Clean(root); folder = filepath.Dir(folder) {
		if os.Remove(folder) != nil {
			return
		}
	}
}

// removeCertificate takes away the certificate in dir that is about to be replaced,
// or whose model is.
func removeCertificate(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		if name == cert.File || name == cert.SignatureFile || isLabel(name) || evidenceFile.MatchString(name) {
			err = errors.Join(err, os.Remove(filepath.Join(dir, name)))
		}
	}
	return err
}

// evidenceFile is the name that package cert gives to evidence.
var evidenceFile = regexp.MustCompile(`^evidence-[0-9a-f]{16}\.safetensors$`)

// writeJSON writes v to a file that appears only when complete.
func writeJSON(path string, v any) error {
	content, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %q: %w", path, err)
	}
	return writeFile(path, append(content, '\n'))
}

// writeFile writes a file that appears only when complete.
func writeFile(path string, content []byte) error {
	return atomicfile.Write(filepath.Dir(path), atomicfile.File{Name: filepath.Base(path), Content: content})
}

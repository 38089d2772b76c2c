// Package atomicfile writes files that appear only when they are complete.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// File is the name of a file in a folder, and what it shall hold.
type File struct {
	Name    string
	Content []byte
}

// Write puts the files into the folder dir, in place of older ones of their names.
// All are written under other names first and renamed, in their order, when the
// last is on the disk: a write that fails changes no file, unless it is a rename
// that fails after others. The folder is made if need be, and removed again if
// nothing comes to be in it.
func Write(dir string, files ...File) (err error) {
	_, missing := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	var staged []string
	defer func() {
		for _, name := range staged {
			os.Remove(name) // gone already if all went well
		}
		if err != nil && errors.Is(missing, fs.ErrNotExist) {
			os.Remove(dir) // fails if it holds something
		}
	}()
	for _, f := range files {
		name, err := stage(dir, f)
		if err != nil {
			return err
		}
		staged = append(staged, name)
	}
	for i, f := range files {
		if err := os.Rename(staged[i], filepath.Join(dir, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

// stage writes a file under another name, which it returns.
func stage(dir string, file File) (_ string, err error) {
	f, err := os.CreateTemp(dir, "."+file.Name+".*")
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = f.Write(file.Content)
	if err == nil {
		// CreateTemp is for secrets; these files are read by others.
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

package campaign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"

	"flowcert/data"
	"flowcert/model"
)

// RecordFile says what a cell's folder is, and that it is complete.
const RecordFile = "cell.json"

// record is the content of cell.json.
type record struct {
	// Cell is the digest of what was to be done, whatever program did it.
	Cell string `json:"cell"`
	// Files are the digests of the other files of the folder.
	Files map[string]string `json:"files"`
}

// digest identifies what the job does: the model with its settings and seed, and
// the rows that it is fitted to.
func (j Job) digest(split data.Split) (string, error) {
	d := model.Description{Seed: j.Seed, Data: j.described(split)}
	if err := d.Describe(j.Entry, j.Settings); err != nil {
		return "", err
	}
	content, err := json.Marshal(d)
	return sha256Of(content), err
}

// writeRecord states that dir holds the complete cell of a digest.
func writeRecord(dir, digest string) error {
	files, err := fileDigests(dir)
	if err != nil {
		return err
	}
	return writeJSON(filepath.Join(dir, RecordFile), record{digest, files})
}

// complete tells whether dir holds the cell of a digest, with all files as they
// were written.
func complete(dir, digest string) bool {
	content, err := os.ReadFile(filepath.Join(dir, RecordFile))
	if err != nil {
		return false
	}
	var r record
	if json.Unmarshal(content, &r) != nil || r.Cell != digest {
		return false
	}
	for name, want := range r.Files {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || sha256Of(content) != want {
			return false
		}
	}
	return true
}

// fileDigests returns the digest of every file in dir by its name.
func fileDigests(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	digests := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		digests[e.Name()] = sha256Of(content)
	}
	return digests, nil
}

func sha256Of(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

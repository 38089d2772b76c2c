package probe

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// Environment is where a measurement was made, and by which program.
type Environment struct {
	// Program is the module and its version, and ProgramSHA256 the digest of the
	// running executable.
	Program       string `json:"program"`
	ProgramSHA256 string `json:"program_sha256"`
	Go            string `json:"go"`
	OS            string `json:"os"`
	Arch          string `json:"arch"`
	// Processor is the name that the system gives, or the architecture where it
	// gives none. Cores is the number of logical processors this process may use.
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
}

// Environment describes this machine and the running program. It fails if the
// executable cannot be read.
func (r Roots) Environment() (Environment, error) {
	digest, err := executableDigest()
	if err != nil {
		return Environment{}, fmt.Errorf("environment: %w", err)
	}
	return Environment{
		Program:       program(),
		ProgramSHA256: digest,
		Go:            runtime.Version(),
		OS:            runtime.GOOS,
		Arch:          runtime.GOARCH,
		Processor:     r.processor(),
		Cores:         runtime.NumCPU(),
	}, nil
}

func executableDigest() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// program returns the main module and its version, with the revision it was built
// from where the build recorded one.
func program() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	words := []string{info.Main.Path, info.Main.Version}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			words = append(words, s.Value)
		case s.Key == "vcs.modified" && s.Value == "true":
			words = append(words, "(modified)")
		}
	}
	return strings.Join(strings.Fields(strings.Join(words, " ")), " ")
}

func (r Roots) processor() string {
	file, err := r.Proc.Open("cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		if name := strings.TrimSpace(value); strings.TrimSpace(key) == "model name" && name != "" {
			return name
		}
	}
	return runtime.GOARCH
}

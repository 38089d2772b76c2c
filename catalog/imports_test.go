package catalog_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// allowed are the packages of this module that each package may import. Imports
// run one way: a new edge is a decision, taken here.
var allowed = map[string][]string{
	"internal/atomicfile": {},
	"internal/document":   {"internal/usage"},
	"internal/kernel":     {},
	"internal/kernel/gen": {},
	"internal/interval":   {},
	"internal/numeric":    {},
	"internal/parallel":   {},
	"internal/random":     {},
	"internal/taylor":     {"internal/interval"},
	"internal/usage":      {},
	"setting":             {"internal/usage"},

	"ad":            {"internal/interval", "internal/kernel", "internal/random", "internal/taylor"},
	"nn":            {"ad", "setting", "internal/kernel", "internal/random"},
	"flow":          {"ad", "nn", "setting", "internal/kernel", "internal/random"},
	"flow/flowtest": {"ad", "flow", "internal/kernel", "internal/numeric", "internal/random"},

	"density":             {"ad", "flow", "internal/interval", "internal/kernel", "internal/parallel", "internal/random", "internal/taylor", "internal/usage"},
	"density/densitytest": {"density", "internal/numeric", "internal/random"},

	"data":   {"internal/random", "internal/usage"},
	"train":  {"ad", "density", "flow", "setting", "internal/kernel", "internal/parallel", "internal/random", "internal/usage"},
	"target": {"ad", "internal/random", "setting"},
	"recipe": {"flow", "nn", "setting", "train", "internal/document", "internal/usage"},
	"model":  {"density", "flow", "recipe", "setting", "train", "internal/atomicfile", "internal/usage"},

	"proof":   {"internal/interval", "internal/parallel", "internal/taylor"},
	"measure": {"internal/random"},
	"probe":   {"measure"},
	"cert":    {"internal/atomicfile", "internal/usage", "measure"},
	"claim":   {"ad", "cert", "data", "density", "measure", "model", "probe", "proof", "internal/numeric", "internal/random", "setting"},
	"export":  {"cert"},
	"report":  {"cert", "measure"},

	"bench/compare": {},
	"bench/excess":  {"catalog", "data", "density", "measure", "model", "internal/atomicfile"},

	"catalog":      {"claim", "data", "flow", "model", "recipe", "probe", "target", "internal/usage"},
	"campaign":     {"catalog", "cert", "claim", "data", "density", "model", "probe", "report", "target", "train", "internal/atomicfile", "internal/kernel", "internal/usage", "setting", "internal/document"},
	"selftest":     {"ad", "campaign", "catalog", "cert", "claim", "data", "density", "flow", "measure", "model", "probe", "recipe", "setting", "internal/usage"},
	"cmd/flowcert": {"selftest", "internal/kernel", "measure", "nn", "recipe", "train", "campaign", "catalog", "cert", "data", "density", "export", "model", "probe", "report", "target", "internal/usage", "setting"},
}

// training are the packages that a reader who only verifies must not need.
var training = []string{"ad", "nn", "flow", "density", "train", "data", "model", "internal/kernel"}

func TestImportsRunOneWay(t *testing.T) {
	imports := moduleImports(t, "..")
	if len(imports) < len(allowed)/2 {
		t.Fatalf("found only the packages %v", slices.Sorted(maps.Keys(imports)))
	}
	for _, pkg := range slices.Sorted(maps.Keys(imports)) {
		may, listed := allowed[pkg]
		if !listed {
			t.Errorf("package %s is not in the table of allowed imports", pkg)
		}
		for _, imported := range imports[pkg] {
			if !slices.Contains(may, imported) {
				t.Errorf("%s imports %s, which the table does not allow", pkg, imported)
			}
		}
	}
}

func TestVerifyNeedsNoTrainingCode(t *testing.T) {
	imports := moduleImports(t, "..")
	for _, pkg := range []string{"cert", "export", "report"} {
		for _, reached := range reach(imports, pkg) {
			if slices.Contains(training, reached) {
				t.Errorf("%s reaches %s", pkg, reached)
			}
		}
	}
	if reached := reach(imports, "claim"); !slices.Contains(reached, "density") {
		t.Errorf("the search is blind: claim reaches only %v", reached)
	}
}

// reach returns every package that pkg imports, directly or not.
func reach(imports map[string][]string, pkg string) []string {
	var reached []string
	for next := slices.Clone(imports[pkg]); len(next) > 0; next = next[1:] {
		if !slices.Contains(reached, next[0]) {
			reached = append(reached, next[0])
			next = append(next, imports[next[0]]...)
		}
	}
	return reached
}

// moduleImports returns, for every package below root, the packages of this
// module that its files import, test files aside.
func moduleImports(t *testing.T, root string) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata") {
			return filepath.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(folder)
		if _, seen := imports[pkg]; !seen {
			imports[pkg] = nil
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if inner, ok := strings.CutPrefix(imported, "flowcert/"); ok && !slices.Contains(imports[pkg], inner) {
				imports[pkg] = append(imports[pkg], inner)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

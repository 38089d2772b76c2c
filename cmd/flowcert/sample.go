package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"gonum.org/v1/gonum/mat"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/internal/usage"
	"flowcert/model"
)

// mostValues is how many numbers are drawn at a time: 2 GiB of them.
const mostValues = 1 << 28

func sampleCommand() *cobra.Command {
	var n int
	var seed uint64
	var workers uint
	var given string
	cmd := &cobra.Command{
		Use:   "sample DIR -n N",
		Short: "Draw points from a fitted model, as CSV",
		Long: `Draw N points from the model that "flowcert fit" stored in the folder DIR and
print them as CSV with the names of the columns it was fitted to. The same seed
gives the same points, and the first points of a longer list.`,
		Example: `  flowcert sample mine -n 1000 > synthetic.csv
  flowcert sample mine -n 5 --seed 7`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeFolders,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, description, err := model.Load(args[0], catalog.Library())
			if err != nil {
				return err
			}
			if most := mostValues / m.Dim(); n < 1 || n > most {
				return usage.Errorf("the number of points -n is %d: want 1 to %d at a time, and more with another --seed", n, most)
			}
			points, condition := description.Partition()
			o := density.Options{Workers: int(workers)}
			if o.Condition, err = readGiven(given, description.Names(condition), n); err != nil {
				return err
			}
			return untilInterrupted(cmd.Context(), func() error {
				x, err := m.Sample(n, seed, o)
				if err != nil {
					return fmt.Errorf("sample %q: %w", args[0], err)
				}
				return writeCSV(cmd.OutOrStdout(), description.Names(points), x)
			})
		},
	}
	cmd.Flags().IntVarP(&n, "number", "n", 0, "how many points to draw")
	cmd.Flags().Uint64Var(&seed, "seed", 1, "seed of the random numbers")
	cmd.MarkFlagRequired("number")
	cmd.Flags().StringVar(&given, "given", "", "for a conditional model: file with the columns that it is conditional on, in one row for all points or a row for each")
	workersFlag(cmd, &workers)
	return cmd
}

// readGiven reads the condition of n points from a file; nil if there are no columns.
func readGiven(file string, columns []string, n int) (*mat.Dense, error) {
	switch {
	case len(columns) == 0 && file == "":
		return nil, nil
	case len(columns) == 0:
		return nil, usage.Errorf("the model is not conditional: leave out --given %q", file)
	case file == "":
		return nil, usage.Errorf("the model is conditional on %s: give a file with them by --given", strings.Join(columns, ", "))
	}
	condition, err := data.ReadRows(file, columns, data.CSVOptions{})
	if err != nil {
		return nil, err
	}
	if rows, _ := condition.Dims(); rows != 1 && rows != n {
		return nil, usage.Errorf("%q has %d rows to condition %d points on: want one for all, or one for each", file, rows, n)
	}
	return condition, nil
}

// writeCSV writes a header and one line per row of x, in digits that read back
// as the same numbers.
func writeCSV(w io.Writer, header []string, x *mat.Dense) error {
	out := csv.NewWriter(w)
	if err := out.Write(header); err != nil {
		return err
	}
	rows, cols := x.Dims()
	record := make([]string, cols)
	for i := range rows {
		for j := range record {
			record[j] = strconv.FormatFloat(x.At(i, j), 'g', -1, 64)
		}
		if err := out.Write(record); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

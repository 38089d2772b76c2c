package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/spf13/cobra"

	"flowcert/catalog"
	"flowcert/data"
	"flowcert/density"
	"flowcert/model"
)

func scoreCommand() *cobra.Command {
	var drop []string
	var asJSON bool
	var workers uint
	cmd := &cobra.Command{
		Use:   "score DIR FILE",
		Short: "Print the log-density of every row of a file, as CSV",
		Long: `Score every row of FILE with the model that "flowcert fit" stored in the folder
DIR: one log-density per row, in nats, in the data's own units. The lowest scores
are the most unusual rows.

With a header the model's columns are found by name; without one they must be all
there, in order.`,
		Example: `  flowcert score mine new.csv > scores.csv
  flowcert score mine new.csv --json`,
		Args:              arguments(2, 2),
		ValidArgsFunction: completeFolderAndFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, description, err := model.Load(args[0], catalog.Library())
			if err != nil {
				return err
			}
			x, err := data.ReadRows(args[1], description.Columns, data.CSVOptions{Drop: drop})
			if err != nil {
				return err
			}
			points, condition := description.Partition()
			return untilInterrupted(cmd.Context(), func() error {
				scores, err := m.LogDensity(data.Columns(x, points), density.Options{Workers: int(workers), Condition: data.Columns(x, condition)})
				if err != nil {
					return fmt.Errorf("score %q: %w", args[1], err)
				}
				if asJSON {
					return writeJSON(cmd.OutOrStdout(), scoresOf(scores))
				}
				return writeScores(cmd.OutOrStdout(), scores)
			})
		},
	}
	dropFlag(cmd, &drop)
	workersFlag(cmd, &workers)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// scoreList is the scores of a file as JSON.
type scoreList struct {
	Kind density.Kind `json:"kind"`
	Unit string       `json:"unit"`
	// LogDensity has one entry per row; null is a density of 0, whose logarithm
	// JSON cannot write.
	LogDensity []*float64 `json:"log_density"`
}

func scoresOf(s density.Scores) scoreList {
	list := scoreList{s.Kind, "nats", make([]*float64, len(s.LogDensity))}
	for i, v := range s.LogDensity {
		if !math.IsInf(v, -1) {
			list.LogDensity[i] = &v
		}
	}
	return list
}

func writeScores(w io.Writer, s density.Scores) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"log_density"}); err != nil {
		return err
	}
	for _, v := range s.LogDensity {
		if err := out.Write([]string{strconv.FormatFloat(v, 'g', -1, 64)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

package main

import (
	"crypto/ed25519"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"flowcert/catalog"
	"flowcert/cert"
	"flowcert/model"
)

// Flags and completions that several commands share.

func workersFlag(cmd *cobra.Command, workers *uint) {
	cmd.Flags().UintVar(workers, "workers", 0, "goroutines to compute with, 0 for all processors; never changes a result")
}

func jsonFlag(cmd *cobra.Command, asJSON *bool) {
	cmd.Flags().BoolVar(asJSON, "json", false, "print JSON instead of text")
}

// dataFlag is a required --data.
func dataFlag(cmd *cobra.Command, name *string) {
	optionalDataFlag(cmd, name)
	cmd.MarkFlagRequired("data")
}

func optionalDataFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "data", "", "a data set of \"flowcert list data\", or a CSV file")
	cmd.RegisterFlagCompletionFunc("data", completeData)
}

func dropFlag(cmd *cobra.Command, drop *[]string) {
	cmd.Flags().StringArrayVar(drop, "drop", nil, "column of the file to leave out, by name or by number from 1; may be repeated")
}

// thoroughFlag asks for what takes minutes for each certificate.
func thoroughFlag(cmd *cobra.Command, thorough *bool) {
	cmd.Flags().BoolVar(thorough, "thorough", false, "train again with other seeds to tell the error of training, time larger, wider and deeper models, and search longer for proofs")
}

// keyFlag is the key that certificates are signed with; signingKey reads it.
func keyFlag(cmd *cobra.Command, key *string) {
	cmd.Flags().StringVar(key, "key", "", "sign with this private key, NAME.key of \"flowcert keygen\"; without it certificates are unsigned")
	cmd.MarkFlagFilename("key", "key")
}

// signingKey reads a private key; without a path there is none.
func signingKey(path string) (ed25519.PrivateKey, error) {
	if path == "" {
		return nil, nil
	}
	return cert.ReadPrivateKey(path)
}

// certificateAt is the file that an argument CERT names: itself, or the certificate in a
// folder.
func certificateAt(path string) string {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, cert.File)
	}
	return path
}

// completeFolders completes the first argument to a folder.
func completeFolders(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeFolderAndFile completes the first argument to a folder and the second
// to a file.
func completeFolderAndFile(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 1 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return completeFolders(cmd, args, word)
}

// completeModels completes the first argument to a model of the catalogue.
func completeModels(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, e := range catalog.Models() {
		names = append(names, e.Name+"\t"+e.Title)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeSettings completes to a setting of the model that is the first argument.
func completeSettings(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	entry, err := model.Find(catalog.Models(), args[0])
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var settings []string
	for _, s := range entry.Settings {
		settings = append(settings, s.Name+"=\t"+s.Meaning)
	}
	return settings, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// completeData completes to a data set of the catalogue or a file.
func completeData(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var names []string
	for _, s := range catalog.Data() {
		info := s.Info()
		names = append(names, info.Name+"\t"+info.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}

// writeJSON writes v as indented JSON.
func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

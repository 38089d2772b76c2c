package main

import (
	"crypto/ed25519"
	"fmt"

	"github.com/spf13/cobra"

	"flowcert/cert"
	"flowcert/internal/usage"
)

func keygenCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "keygen NAME",
		Short: "Make a key to sign certificates with",
		Long: `Make an Ed25519 key: NAME.key, which signs and is to be kept secret, and NAME.pub,
by which others check. Files that exist are not overwritten.

The key's identifier is printed. Tell it to those who shall trust the key: it is
the SHA-256 of the public key in DER.`,
		Example: `  flowcert keygen me
  flowcert certify mine --data mine.csv --key me.key
  flowcert verify mine/certificate.json --key me.pub`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args[0] == "" {
				return usage.Errorf("the name of the key is empty: give it one")
			}
			public, err := cert.WriteKeys(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), cert.KeyID(public))
			return nil
		},
	}
}

// noteSigned says whether certificates were signed.
func noteSigned(d *display, key ed25519.PrivateKey) {
	if key == nil {
		d.note("unsigned: give --key to sign, \"flowcert keygen\" makes one")
		return
	}
	d.note("signed by the key %s", cert.KeyID(key.Public().(ed25519.PublicKey)))
}

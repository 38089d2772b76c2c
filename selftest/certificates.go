package selftest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"flowcert/cert"
	"flowcert/claim"
	"flowcert/measure"
	"flowcert/probe"
)

// oldScale is the SHA-256 of scale 1, by which certificates were graded before.
const oldScale = "5e80013c1955596e40d8ce85ab31881bd1e69aeb200a252ecdfb34cfd763031d"

// energyLine is the line that rests on the counters of certified.
const energyLine = "energy.training"

// certified returns the evidence of a sound flow, with made-up counters of its training:
// 12 J by the package's, which wraps, and 3 J by the memory's.
func certified(ctx context.Context, w *workshop) (*cert.Builder, error) {
	e, err := realNVP()(ctx, w)
	if err != nil {
		return nil, err
	}
	counter := func(zone string, microjoules ...float64) measure.Counter {
		return measure.Counter{Zone: zone, Range: 1e10, Seconds: []float64{0, 1, 2}, Microjoules: microjoules}
	}
	e.Training = &probe.Window{WallSeconds: 2, Source: probe.RAPL, Counters: []measure.Counter{
		counter("package-0", 9.995e9, 1e6, 7e6), counter("package-0/dram", 4e6, 5e6, 7e6),
	}}
	return build(ctx, e, []claim.Claim{claim.Likelihood(), claim.Samples(), claim.RoundTrip(), claim.LogDet(), claim.Training()})
}

// forgery alters a certificate, made of the evidence in b, and the bytes of its side file.
type forgery func(c *cert.Certificate, side *[]byte, b *cert.Builder) error

// forged is a control that verifying finds: the certificate is altered, its seals are
// redone, and it is written with the side file.
func forged(kind Kind, name, planted, line string, forge forgery) Control {
	return Control{kind, name, planted, []string{line}, func(ctx context.Context, w *workshop) ([]finding, error) {
		b, err := certified(ctx, w)
		if err != nil {
			return nil, err
		}
		c, side, err := b.Certificate()
		if err != nil {
			return nil, err
		}
		if err := forge(c, &side, b); err != nil {
			return nil, err
		}
		path, err := write(w, c, side)
		if err != nil {
			return nil, err
		}
		return verified(path, nil)
	}}
}

// verified returns what verifying finds and, of the lines, those that are left open.
func verified(path string, lines []string, trusted ...ed25519.PublicKey) ([]finding, error) {
	r, err := cert.Verify(path, trusted...)
	if err != nil {
		return nil, err
	}
	found := stated(r.Certificate, lines)
	for _, f := range r.Findings {
		found = append(found, finding{f.Part, f.Problem})
	}
	return found, nil
}

// issued writes the sound certificate into a new folder and returns its path.
func issued(ctx context.Context, w *workshop) (path string, err error) {
	b, err := certified(ctx, w)
	if err != nil {
		return "", err
	}
	dir, err := w.folder()
	if err != nil {
		return "", err
	}
	return b.Write(dir)
}

// unaltered is the certificate as it was made.
func unaltered(kind Kind, name string, lines ...string) Control {
	return Control{kind, name, "", lines, func(ctx context.Context, w *workshop) ([]finding, error) {
		path, err := issued(ctx, w)
		if err != nil {
			return nil, err
		}
		return verified(path, lines)
	}}
}

// energyControls are joules that do not follow from the counter reads beside them.
func energyControls() []Control {
	const series = "training.rapl_counter_microjoules"
	return []Control{
		unaltered(Energy, "joules of stored counter reads", energyLine),
		forged(Energy, "joules that are a constant", "100 J stand where the counter reads give 15 J.", energyLine,
			func(c *cert.Certificate, _ *[]byte, _ *cert.Builder) error {
				*rowOf(c, energyLine).Value = 100
				return nil
			}),
		forged(Energy, "joules of a counter that stands still", "Every read of the counters says the same.", energyLine,
			otherEvidence(func(name string, values []float64) []float64 {
				if name == series {
					for i := range values {
						values[i] = 5e6
					}
				}
				return values
			})),
		forged(Energy, "joules without their series", "The counter reads are missing from the evidence.", energyLine,
			otherEvidence(func(name string, values []float64) []float64 {
				if strings.HasPrefix(name, "training.rapl_counter_") {
					return nil
				}
				return values
			})),
	}
}

// otherEvidence changes arrays, or leaves those out for which change returns nil, and
// states their digests rightly; the rows stay.
func otherEvidence(change func(name string, values []float64) []float64) forgery {
	return func(c *cert.Certificate, side *[]byte, b *cert.Builder) error {
		other := cert.NewBuilder(c.Subject, c.Data, c.Environment)
		for name, values := range b.Arrays() {
			if changed := change(name, append([]float64(nil), values...)); changed != nil {
				other.Record(name, changed)
			}
		}
		leaveOpen(other)
		made, bytes, err := other.Certificate()
		if err != nil {
			return err
		}
		c.Evidence, *side = made.Evidence, bytes
		return nil
	}
}

// certificateControls are certificates that were altered.
func certificateControls() []Control {
	const likelihood, invertible = "fit.log_likelihood", "guarantees.invertible.checked"
	return []Control{
		unaltered(Certificates, "unaltered certificate", likelihood, invertible),
		forged(Certificates, "certificate with a digit altered", "The test log-likelihood is 0.001 nats higher, and the seals are redone.", likelihood,
			func(c *cert.Certificate, _ *[]byte, _ *cert.Builder) error {
				*rowOf(c, likelihood).Value += 0.001
				return nil
			}),
		forged(Certificates, "certificate with a row withheld", "A row that has evidence says that it is not assessed.", invertible,
			func(c *cert.Certificate, _ *[]byte, _ *cert.Builder) error {
				r := rowOf(c, invertible)
				*r = cert.Row{ID: r.ID, Block: r.Block, Statement: r.Statement, Unit: r.Unit, Strength: cert.NotAssessed, Reason: "there was no time"}
				return nil
			}),
		forged(Certificates, "certificate with a row taken out", "A row is missing, with its seal.", invertible,
			func(c *cert.Certificate, _ *[]byte, _ *cert.Builder) error {
				at := rowIndex(c, invertible)
				c.Rows = append(c.Rows[:at], c.Rows[at+1:]...)
				return nil
			}),
		forged(Certificates, "certificate with other evidence", "One bit of the evidence is flipped.", "evidence",
			func(_ *cert.Certificate, side *[]byte, _ *cert.Builder) error {
				(*side)[len(*side)-1] ^= 1
				return nil
			}),
		forged(Certificates, "old scale file", "The grades refer to scale 1, with the digest that it had.", "scale",
			func(c *cert.Certificate, _ *[]byte, _ *cert.Builder) error {
				c.Scale = cert.Scale{Version: "1", SHA256: oldScale}
				return nil
			}),
	}
}

// signatureControls are certificates that are signed.
func signatureControls() []Control {
	signed := func(name, planted string, trusted byte) Control {
		return Control{Signatures, name, planted, []string{"signature"}, func(ctx context.Context, w *workshop) ([]finding, error) {
			path, err := issued(ctx, w)
			if err != nil {
				return nil, err
			}
			if err := cert.Sign(ctx, path, key(1)); err != nil {
				return nil, err
			}
			return verified(path, nil, key(trusted).Public().(ed25519.PublicKey))
		}}
	}
	return []Control{
		signed("signature by the trusted key", "", 1),
		signed("signature by a key that is not trusted", "The certificate is signed by another key than the one that is trusted.", 2),
	}
}

// key is a key of these controls, for nothing else.
func key(number byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{number}, ed25519.SeedSize))
}

func rowIndex(c *cert.Certificate, id string) int {
	for i := range c.Rows {
		if c.Rows[i].ID == id {
			return i
		}
	}
	panic(fmt.Sprintf("selftest: no row %q", id))
}

func rowOf(c *cert.Certificate, id string) *cert.Row { return &c.Rows[rowIndex(c, id)] }

// write seals the certificate anew, as SPEC.md says, and writes it with the side file.
// The forger's own code does it: package cert writes what follows from evidence only.
func write(w *workshop, c *cert.Certificate, side []byte) (path string, err error) {
	type part struct {
		name  string
		value any
	}
	parts := []part{{"format", c.Format}, {"subject", c.Subject}, {"data", c.Data}, {"environment", c.Environment}, {"scale", c.Scale}}
	for _, r := range c.Rows {
		parts = append(parts, part{r.ID, r})
	}
	parts = append(parts, part{"evidence", c.Evidence})
	c.Seals = nil
	for _, p := range parts {
		text, err := encode(p.value, "")
		if err != nil {
			return "", err
		}
		sum := sha256.Sum256(bytes.TrimSuffix(text, []byte("\n")))
		c.Seals = append(c.Seals, cert.Seal{Part: p.name, SHA256: hex.EncodeToString(sum[:])})
	}
	text, err := encode(c, "  ")
	if err != nil {
		return "", err
	}
	dir, err := w.folder()
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, cert.File)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", err
	}
	return path, os.WriteFile(filepath.Join(dir, c.Evidence.File), side, 0o600)
}

// encode writes canonical JSON.
func encode(v any, indent string) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return out.Bytes(), err
}

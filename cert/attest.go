package cert

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"flowcert/internal/atomicfile"
	"flowcert/internal/usage"
)

// SignatureFile is the name of the signature of File, beside it. Of a certificate
// under another name NAME.json it is NAME.dsse.json.
const SignatureFile = "certificate.dsse.json"

// What a signature is of: an in-toto statement (in-toto Attestation Framework v1) in
// a DSSE envelope (DSSE v1.0.2).
const (
	PayloadType   = "application/vnd.in-toto+json"
	StatementType = "https://in-toto.io/Statement/v1"
	// PredicateType changes whenever Format does.
	PredicateType = "urn:flowcert:certificate:1"
)

// Statement is an in-toto statement: what a predicate is said of.
type Statement struct {
	Type          string     `json:"_type"`
	Subject       []Resource `json:"subject"`
	PredicateType string     `json:"predicateType"`
	Predicate     any        `json:"predicate"`
}

// Resource is something that has a digest: an in-toto resource descriptor.
type Resource struct {
	Name   string `json:"name"`
	Digest Digest `json:"digest"`
}

// Digest is the one digest that this project uses, as in-toto writes it.
type Digest struct {
	SHA256 string `json:"sha256"`
}

// Artifacts are the model's files that a certificate speaks of. The digest of
// model.json is the one that the file states of itself.
func (c *Certificate) Artifacts() []Resource {
	return []Resource{
		{"model.json#description", Digest{c.Subject.DescriptionSHA256}},
		{"weights.safetensors", Digest{c.Subject.WeightsSHA256}},
	}
}

// predicate is what a signature says beside the digests.
type predicate struct {
	Format string `json:"format"`
	Issued string `json:"issued"`
	// Refuted are the claims that the certificate states as refuted, so that a reader
	// of signatures alone sees them.
	Refuted []string `json:"refuted"`
}

// statement returns what a signature of c, whose bytes are text, is of.
func (c *Certificate) statement(text []byte) ([]byte, error) {
	files := []Resource{{File, Digest{digest(text)}}, {c.Evidence.File, Digest{c.Evidence.SHA256}}}
	return encode(Statement{
		Type:          StatementType,
		Subject:       append(files, c.Artifacts()...),
		PredicateType: PredicateType,
		Predicate:     predicate{c.Format, c.Environment.Issued, append([]string{}, Report{Certificate: c}.Refuted()...)},
	}, false)
}

// Sign signs the certificate at path and writes the signature beside it, in place of
// an older one. It signs only what holds; its errors are Open's, and a *usage.Error
// where the signature cannot be written.
func Sign(ctx context.Context, path string, key ed25519.PrivateKey) error {
	text, r, err := verifyContent(path)
	if err == nil && !r.Holds() {
		err = r.failure(path)
	}
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	payload, err := r.Certificate.statement(text)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	signer, err := dsse.NewEnvelopeSigner(signing{key})
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	envelope, err := signer.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	signature, err := encode(envelope, true)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	dir, name := filepath.Split(signaturePath(path))
	if err := atomicfile.Write(filepath.Clean(dir), atomicfile.File{Name: name, Content: signature}); err != nil {
		return usage.Errorf("write signature: %w: choose a folder that can be written", err)
	}
	return nil
}

// signaturePath is where the signature of the certificate at path is.
func signaturePath(path string) string {
	return strings.TrimSuffix(path, ".json") + ".dsse.json"
}

// Signature is what is known of who signed a certificate.
type Signature struct {
	// KeyIDs are those of the keys that the signature file names; none if there is no
	// signature. Without a trusted key they are claims.
	KeyIDs []string
	// Trusted are those of them that were trusted and whose signatures fit.
	Trusted []string
}

// signature checks the signature of the certificate at path, whose bytes are text:
// always that it is of these bytes, and by whom where keys are trusted.
func (v *verification) signature(path string, text []byte, trusted []ed25519.PublicKey) error {
	const part = "signature"
	file, err := os.ReadFile(signaturePath(path))
	if errors.Is(err, fs.ErrNotExist) {
		if len(trusted) > 0 {
			v.find(part, "the certificate is unsigned, and a signature by a trusted key was asked for")
		}
		return nil
	}
	if err != nil {
		return usage.Errorf("verify: read the signature: %w: make it a file that can be read", err)
	}
	envelope, payload, err := decodeEnvelope(file)
	if err != nil {
		v.find(part, "%s cannot be read: %v", filepath.Base(signaturePath(path)), err)
		return nil
	}
	for _, s := range envelope.Signatures {
		v.Signature.KeyIDs = append(v.Signature.KeyIDs, s.KeyID)
	}
	want, err := v.Certificate.statement(text)
	if err != nil {
		return err
	}
	if !bytes.Equal(payload, want) {
		v.find(part, "it is of other bytes: %s", statementDifference(payload, want))
	}
	if len(trusted) == 0 {
		return nil
	}
	v.Signature.Trusted = accepted(envelope, trusted)
	if len(v.Signature.Trusted) > 0 {
		return nil
	}
	named := slices.ContainsFunc(trusted, func(k ed25519.PublicKey) bool {
		return slices.Contains(v.Signature.KeyIDs, KeyID(k))
	})
	if named {
		v.find(part, "it names a trusted key, but was not made with it, or changed since")
	} else {
		v.find(part, "it is by the key %s, which is not trusted", strings.Join(v.Signature.KeyIDs, ", "))
	}
	return nil
}

// accepted returns the IDs of the trusted keys whose signatures fit.
func accepted(envelope *dsse.Envelope, trusted []ed25519.PublicKey) []string {
	var verifiers []dsse.Verifier
	for _, key := range trusted {
		verifiers = append(verifiers, verifying{key})
	}
	verifier, err := dsse.NewEnvelopeVerifier(verifiers...)
	if err != nil {
		return nil
	}
	keys, err := verifier.Verify(context.Background(), envelope)
	if err != nil {
		return nil
	}
	var ids []string
	for _, k := range keys {
		ids = append(ids, k.KeyID)
	}
	return ids
}

// decodeEnvelope reads an envelope in the one form of this format: other fields,
// fields twice and other bytes of the same content are refused.
func decodeEnvelope(file []byte) (*dsse.Envelope, []byte, error) {
	in := json.NewDecoder(bytes.NewReader(file))
	in.DisallowUnknownFields()
	var envelope dsse.Envelope
	if err := in.Decode(&envelope); err != nil {
		return nil, nil, plain(err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("text after the envelope")
	}
	if canonical, err := encode(envelope, true); err != nil || !bytes.Equal(file, canonical) {
		return nil, nil, errors.New("it is not in the one form of signatures")
	}
	if envelope.PayloadType != PayloadType {
		return nil, nil, fmt.Errorf("the payload's type is %q, want %q", envelope.PayloadType, PayloadType)
	}
	if len(envelope.Signatures) == 0 {
		return nil, nil, errors.New("it holds no signature")
	}
	payload, err := envelope.DecodeB64Payload()
	return &envelope, payload, err
}

// statementDifference says in what the statement that was signed differs from the
// one that the files give.
func statementDifference(signed, want []byte) string {
	var s, w Statement
	if err := json.Unmarshal(signed, &s); err != nil {
		return "the payload is no in-toto statement"
	}
	if err := json.Unmarshal(want, &w); err != nil {
		panic(err) // it was encoded from the type
	}
	switch {
	case s.Type != w.Type:
		return fmt.Sprintf("a statement of type %q, want %q", s.Type, w.Type)
	case s.PredicateType != w.PredicateType:
		return fmt.Sprintf("a predicate of type %q, want %q", s.PredicateType, w.PredicateType)
	case len(s.Subject) != len(w.Subject):
		return fmt.Sprintf("it names %d files, want %d", len(s.Subject), len(w.Subject))
	}
	for i, r := range s.Subject {
		if r != w.Subject[i] {
			return fmt.Sprintf("%s with the SHA-256 %s was signed, here is %s with %s",
				r.Name, r.Digest.SHA256, w.Subject[i].Name, w.Subject[i].Digest.SHA256)
		}
	}
	return "what it says beside the digests does not follow from the certificate"
}

// signing is a private key as package dsse wants it.
type signing struct{ key ed25519.PrivateKey }

func (s signing) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(s.key, data), nil
}

func (s signing) KeyID() (string, error) {
	return KeyID(s.key.Public().(ed25519.PublicKey)), nil
}

// verifying is a public key as package dsse wants it.
type verifying struct{ key ed25519.PublicKey }

func (v verifying) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(v.key, data, sig) {
		return errors.New("the signature does not fit")
	}
	return nil
}

func (v verifying) KeyID() (string, error)   { return KeyID(v.key), nil }
func (v verifying) Public() crypto.PublicKey { return v.key }

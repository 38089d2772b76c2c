package cert

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"flowcert/internal/usage"
)

// testKey is a key for tests only: its seed is one byte over and over.
func testKey(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func public(key ed25519.PrivateKey) ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

// signedFixture writes the fixture with a signature by a key.
func signedFixture(t *testing.T, key ed25519.PrivateKey) (path string) {
	t.Helper()
	path = write(t, fixture())
	if err := Sign(t.Context(), path, key); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSignature(t *testing.T) {
	mine, other := testKey(1), testKey(2)
	path := signedFixture(t, mine)
	for name, c := range map[string]struct {
		trusted []ed25519.PublicKey
		want    string // of the finding; "" where it holds
	}{
		"no key":     {nil, ""},
		"the key":    {[]ed25519.PublicKey{public(mine)}, ""},
		"either key": {[]ed25519.PublicKey{public(other), public(mine)}, ""},
		"other key":  {[]ed25519.PublicKey{public(other)}, "it is by the key " + KeyID(public(mine)) + ", which is not trusted"},
	} {
		r, err := Verify(path, c.trusted...)
		if err != nil {
			t.Fatal(err)
		}
		if r.Holds() != (c.want == "") || !r.Holds() && (r.Findings[0].Part != "signature" || r.Findings[0].Problem != c.want) {
			t.Errorf("%s: found %v, want %q", name, r.Findings, c.want)
		}
		if trusted := len(r.Signature.Trusted) == 1; trusted != (c.trusted != nil && c.want == "") || len(r.Signature.KeyIDs) != 1 {
			t.Errorf("%s: signature %+v", name, r.Signature)
		}
	}
	r, err := Verify(write(t, fixture()), public(mine))
	if err != nil || r.Holds() || !strings.Contains(r.Findings[0].Problem, "unsigned") {
		t.Errorf("unsigned: found %v (%v)", r.Findings, err)
	}
}

// TestForgedSignatures changes a signature or what it is of, and verifies with the
// key that made it and without any.
func TestForgedSignatures(t *testing.T) {
	key := testKey(1)
	resign := func(e *dsse.Envelope, s Statement) {
		payload, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := dsse.NewEnvelopeSigner(signing{key})
		if err != nil {
			t.Fatal(err)
		}
		signed, err := signer.SignPayload(t.Context(), e.PayloadType, payload)
		if err != nil {
			t.Fatal(err)
		}
		*e = *signed
	}
	for name, c := range map[string]struct {
		change func(e *dsse.Envelope, s Statement)
		// want with the key given; alone says that it is found without any key too.
		want  string
		alone bool
	}{
		"another signature": {func(e *dsse.Envelope, _ Statement) {
			e.Signatures[0].Sig = strings.Repeat("A", 86) + "=="
		}, "was not made with it", false},
		"the name of a trusted key": {func(e *dsse.Envelope, _ Statement) {
			signer, _ := dsse.NewEnvelopeSigner(signing{testKey(2)})
			payload, _ := e.DecodeB64Payload()
			forged, _ := signer.SignPayload(t.Context(), e.PayloadType, payload)
			e.Signatures[0].Sig = forged.Signatures[0].Sig
		}, "was not made with it", false},
		"another payload": {func(e *dsse.Envelope, s Statement) {
			s.Subject[0].Digest.SHA256 = strings.Repeat("00", 32)
			kept := e.Signatures
			resign(e, s)
			e.Signatures = kept
		}, "certificate.json with the SHA-256 0000", true},
		"another file": {func(e *dsse.Envelope, s Statement) {
			s.Subject[3].Digest.SHA256 = strings.Repeat("00", 32)
			resign(e, s)
		}, "weights.safetensors with the SHA-256 0000", true},
		"a file less": {func(e *dsse.Envelope, s Statement) {
			s.Subject = s.Subject[:3]
			resign(e, s)
		}, "it names 3 files, want 4", true},
		"another statement": {func(e *dsse.Envelope, s Statement) {
			s.Type = "https://in-toto.io/Statement/v0.1"
			resign(e, s)
		}, "a statement of type", true},
		"another predicate": {func(e *dsse.Envelope, s Statement) {
			s.PredicateType = "https://example.org/praise"
			resign(e, s)
		}, "a predicate of type", true},
		"another date": {func(e *dsse.Envelope, s Statement) {
			s.Predicate = predicate{Format, "2036-11-23T12:00:00Z", []string{}}
			resign(e, s)
		}, "beside the digests", true},
		"another payload type": {func(e *dsse.Envelope, s Statement) {
			e.PayloadType = "text/plain"
			resign(e, s)
		}, `type is "text/plain"`, true},
		"no signature": {func(e *dsse.Envelope, _ Statement) { e.Signatures = nil }, "holds no signature", true},
	} {
		t.Run(name, func(t *testing.T) {
			path := signedFixture(t, key)
			file, err := os.ReadFile(signaturePath(path))
			if err != nil {
				t.Fatal(err)
			}
			envelope, payload, err := decodeEnvelope(file)
			if err != nil {
				t.Fatal(err)
			}
			var s Statement
			if err := json.Unmarshal(payload, &s); err != nil {
				t.Fatal(err)
			}
			c.change(envelope, s)
			if file, err = encode(envelope, true); err != nil {
				t.Fatal(err)
			}
			wantSignatureFinding(t, path, file, c.want, public(key))
			if r, err := Verify(path); err != nil || r.Holds() == c.alone {
				t.Errorf("without a key: found %v (%v)", r.Findings, err)
			}
		})
	}
}

// TestOtherFormOfSignature writes the same signature in other bytes.
func TestOtherFormOfSignature(t *testing.T) {
	key := testKey(1)
	path := signedFixture(t, key)
	file, err := os.ReadFile(signaturePath(path))
	if err != nil {
		t.Fatal(err)
	}
	text := string(file)
	for name, c := range map[string]struct{ altered, want string }{
		"empty":          {"", "ends in the middle"},
		"cut":            {text[:len(text)/2], "ends in the middle"},
		"a space":        {strings.Replace(text, ": ", ":  ", 1), "one form"},
		"a field twice":  {strings.Replace(text, `"payloadType"`, `"payloadType": "text/plain", "payloadType"`, 1), "one form"},
		"unknown field":  {strings.Replace(text, `"payloadType"`, `"version": 2, "payloadType"`, 1), `unknown field "version"`},
		"text after it":  {text + "{}", "text after"},
		"no end of line": {strings.TrimSuffix(text, "\n"), "one form"},
	} {
		t.Run(name, func(t *testing.T) {
			if c.altered == text {
				t.Fatal("vacuous: nothing was changed")
			}
			wantSignatureFinding(t, path, []byte(c.altered), c.want)
			wantSignatureFinding(t, path, []byte(c.altered), c.want, public(key))
		})
	}
}

func wantSignatureFinding(t *testing.T, path string, file []byte, want string, trusted ...ed25519.PublicKey) {
	t.Helper()
	if err := os.WriteFile(signaturePath(path), file, 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Verify(path, trusted...)
	if err != nil {
		t.Fatal(err)
	}
	if r.Holds() || r.Findings[0].Part != "signature" || !strings.Contains(r.Findings[0].Problem, want) {
		t.Errorf("found %v, want %q", r.Findings, want)
	}
}

func TestSignRefusesWhatDoesNotHold(t *testing.T) {
	path := forge(t, fixture(), func(c *Certificate) { rowOf(t, c, "fit.gain").N++ })
	if err := Sign(t.Context(), path, testKey(1)); err == nil || !strings.Contains(err.Error(), "fit.gain") {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(signaturePath(path)); err == nil {
		t.Error("there is a signature")
	}
}

func TestKeys(t *testing.T) {
	name := filepath.Join(t.TempDir(), "me")
	made, err := WriteKeys(name)
	if err != nil {
		t.Fatal(err)
	}
	private, err := ReadPrivateKey(name + privateKeyEnding)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ReadPublicKey(name + publicKeyEnding)
	if err != nil {
		t.Fatal(err)
	}
	if !read.Equal(made) || !made.Equal(public(private)) {
		t.Error("the halves do not belong together")
	}
	if info, err := os.Stat(name + privateKeyEnding); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key has the mode %v (%v)", info.Mode(), err)
	}
	var unusable *usage.Error
	if _, err := WriteKeys(name); !errors.As(err, &unusable) {
		t.Errorf("overwritten: %v", err)
	}
	if err := os.Remove(name + privateKeyEnding); err != nil {
		t.Fatal(err)
	}
	// The public key is in the way of a new one, whose private half must not be left.
	if _, err := WriteKeys(name); !errors.As(err, &unusable) {
		t.Errorf("overwritten: %v", err)
	}
	if _, err := os.Stat(name + privateKeyEnding); err == nil {
		t.Error("a private key without a public one is left behind")
	}
	if _, err := ReadPrivateKey(name + publicKeyEnding); !errors.As(err, &unusable) || !strings.Contains(err.Error(), `want a "PRIVATE KEY"`) {
		t.Errorf("a public key to sign with: %v", err)
	}
	if _, err := ReadPublicKey(filepath.Join(t.TempDir(), "absent")); !errors.As(err, &unusable) {
		t.Errorf("no key: %v", err)
	}
}

// TestKeyID compares with what openssl and sha256sum make of the key of RFC 8410,
// section 10.1.
func TestKeyID(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rfc8410.pub")
	const key = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
	if err := os.WriteFile(path, []byte(key), 0o644); err != nil {
		t.Fatal(err)
	}
	read, err := ReadPublicKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := KeyID(read), "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// FuzzEnvelope reads signature files, whose bytes a forger chooses.
func FuzzEnvelope(f *testing.F) {
	f.Add([]byte("{\n  \"payloadType\": \"" + PayloadType + "\",\n  \"payload\": \"e30=\",\n  \"signatures\": [\n    {\n      \"keyid\": \"a\",\n      \"sig\": \"AA==\"\n    }\n  ]\n}\n"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		envelope, payload, err := decodeEnvelope(file)
		if err != nil {
			return
		}
		if again, err := encode(envelope, true); err != nil || !bytes.Equal(again, file) {
			t.Errorf("read, but written otherwise (%v)", err)
		}
		_ = statementDifference(payload, []byte("{}"))
		accepted(envelope, []ed25519.PublicKey{public(testKey(1))})
	})
}

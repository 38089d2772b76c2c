package cert

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"flowcert/internal/usage"
)

// The endings of key files: the private key, which signs, and the public one, by
// which others check.
const (
	privateKeyEnding = ".key"
	publicKeyEnding  = ".pub"
)

// PEM types of PKCS #8 and of X.509's SubjectPublicKeyInfo (RFC 7468).
const (
	privateBlock = "PRIVATE KEY"
	publicBlock  = "PUBLIC KEY"
)

// WriteKeys makes an Ed25519 key and writes it as NAME.key (PEM, PKCS #8, for the
// owner's eyes only) and NAME.pub (PEM). Where either exists, or cannot be written,
// it is a *usage.Error and nothing is left behind.
func WriteKeys(name string) (ed25519.PublicKey, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	path := name + privateKeyEnding
	if err := writeKey(path, 0o600, privateBlock, secret); err != nil {
		return nil, err
	}
	if err := writeKey(name+publicKeyEnding, 0o644, publicBlock, publicBytes(public)); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	return public, nil
}

func writeKey(path string, mode fs.FileMode, block string, der []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return usage.Errorf("write key: %q exists and is not overwritten: give another name, or move it away", path)
	}
	if err != nil {
		return usage.Errorf("write key: %w: give the name of files that can be written", err)
	}
	err = errors.Join(pem.Encode(file, &pem.Block{Type: block, Bytes: der}), file.Sync(), file.Close())
	if err != nil {
		return usage.Errorf("write key: %w: make room, or give another name", errors.Join(err, os.Remove(path)))
	}
	return nil
}

// ReadPrivateKey reads a key that WriteKeys wrote. A file that is none is a
// *usage.Error.
func ReadPrivateKey(path string) (ed25519.PrivateKey, error) {
	der, err := readKey(path, privateBlock, "the private key, NAME"+privateKeyEnding)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, usage.Errorf("read key %q: %w: give a file as \"flowcert keygen\" makes them", path, err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, usage.Errorf("read key %q: want an Ed25519 key, as \"flowcert keygen\" makes them", path)
	}
	return private, nil
}

// ReadPublicKey reads the public half of a key. A file that is none is a *usage.Error.
func ReadPublicKey(path string) (ed25519.PublicKey, error) {
	der, err := readKey(path, publicBlock, "the public key, NAME"+publicKeyEnding)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, usage.Errorf("read key %q: %w: give a file as \"flowcert keygen\" makes them", path, err)
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, usage.Errorf("read key %q: want an Ed25519 key, as \"flowcert keygen\" makes them", path)
	}
	return public, nil
}

// readKey returns the content of the one PEM block of a file.
func readKey(path, block, wanted string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, usage.Errorf("read key: %w: give %s", err, wanted)
	}
	found, rest := pem.Decode(text)
	if found == nil || len(rest) > 0 {
		return nil, usage.Errorf("read key %q: want one PEM block: give %s", path, wanted)
	}
	if found.Type != block {
		return nil, usage.Errorf("read key %q: it holds a %q, want a %q: give %s", path, found.Type, block, wanted)
	}
	return found.Bytes, nil
}

// KeyID names a public key: the SHA-256, in hexadecimal, of its
// SubjectPublicKeyInfo in DER, which is what this prints:
//
//	openssl pkey -pubin -in NAME.pub -outform DER | sha256sum
func KeyID(key ed25519.PublicKey) string { return digest(publicBytes(key)) }

func publicBytes(key ed25519.PublicKey) []byte {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		panic(err) // it knows Ed25519
	}
	return der
}

package config

import (
	"fmt"
	"os"
	"strings"
)

// ReadSecret is the first line of the file at path, without the space around it. An empty first line is an error: an empty
// password is never meant. The error names the path and nothing of the contents.
func ReadSecret(path string) (Secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "", fmt.Errorf("read secret: the first line of %s is empty", path)
	}
	return Secret(line), nil
}

// Bearer is the device's token, from token or token_file; empty without an error when neither is set.
func (c Central) Bearer() (Secret, error) {
	if c.Token != "" || c.TokenFile == "" {
		return c.Token, nil
	}
	return ReadSecret(c.TokenFile)
}

// Password is the agent's own at an external broker; empty without an error when no file is set.
func (b Broker) Password() (Secret, error) {
	if b.PasswordFile == "" {
		return "", nil
	}
	return ReadSecret(b.PasswordFile)
}

// Password is the account's, from its file.
func (u BrokerUser) Password() (Secret, error) { return ReadSecret(u.PasswordFile) }

package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// plainly has every command say in the words of its users what is wrong with its command line, and what to do.
func plainly(cmd *cobra.Command) {
	for _, below := range cmd.Commands() {
		plainly(below)
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%s; see %s --help", flagFault(err.Error()), cmd.CommandPath())
	})
	if fits := cmd.Args; fits != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if fits(cmd, args) != nil {
				return argsFault(cmd, args)
			}
			return flagsFault(cmd)
		}
	}
}

// argsFault is about how many arguments there are.
func argsFault(cmd *cobra.Command, args []string) error {
	path := cmd.CommandPath()
	takes := strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(cmd.UseLine(), " [flags]"), path))
	switch {
	case takes != "":
		return fmt.Errorf("write %s %s; see %s --help", path, takes, path)
	case cmd.HasSubCommands():
		return fmt.Errorf("%s has no %q; see %s --help", path, args[0], path)
	case cmd.Flags().Lookup("config") != nil:
		return fmt.Errorf("%s takes no %q; a file is named with --config", path, args[0])
	}
	return fmt.Errorf("%s takes no %q; see %s --help", path, args[0], path)
}

// flagsFault names the flags that a command needs and has not been given, or that do not go together.
func flagsFault(cmd *cobra.Command) error {
	err, wrong := cmd.ValidateRequiredFlags(), "%s needs %s; see %s --help"
	if err == nil {
		err, wrong = cmd.ValidateFlagGroups(), "%s takes only one of %s; see %s --help"
	}
	if err == nil {
		return nil
	}
	var names []string
	given := regexp.MustCompile(`"([^"]+)"|\[([^\]]+)\] were all set`).FindAllStringSubmatch(err.Error(), -1)
	for _, name := range given {
		for _, one := range strings.Fields(name[1] + name[2]) {
			names = append(names, "--"+one)
		}
	}
	return fmt.Errorf(wrong, cmd.CommandPath(), strings.Join(names, " and "), cmd.CommandPath())
}

// flagFault leaves out of what is wrong with a flag what only programmers understand.
func flagFault(err string) string {
	wrong := regexp.MustCompile(`^invalid argument (".*") for "([^"]+)" flag: (.*)$`).FindStringSubmatch(err)
	switch {
	case wrong == nil:
		return regexp.MustCompile(`^unknown (shorthand )?flag: `).ReplaceAllString(err, "there is no flag ")
	case strings.Contains(wrong[3], "duration"):
		return fmt.Sprintf("%s %s is not a length of time like 90s or 10m", wrong[2], wrong[1])
	case strings.Contains(wrong[3], "Uint"):
		return fmt.Sprintf("%s %s is not a whole number from 0 on", wrong[2], wrong[1])
	}
	return fmt.Sprintf("%s can not be %s", wrong[2], wrong[1])
}

package dev.selvedge.cli;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code selvedge completion}: a script for the shell. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh.",
      "For this shell:  source <(selvedge completion)"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  CompletionCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    CommandLine root = spec.root().commandLine();
    console.out().print(AutoComplete.bash("selvedge", root));
    console.out().println();
  }
}

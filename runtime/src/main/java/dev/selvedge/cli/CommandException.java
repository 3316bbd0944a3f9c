package dev.selvedge.cli;

/** A command cannot do what it was asked: how it exits and what it says. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;
  private final String code;
  private final String text;

  /**
   * @param exitCode one of {@link ExitCode}
   * @param code a word for programs
   * @param text for people
   */
  CommandException(int exitCode, String code, String text) {
    super(text, null, false, false);
    this.exitCode = exitCode;
    this.code = code;
    this.text = text;
  }

  static CommandException usage(String text) {
    return new CommandException(ExitCode.USAGE, "usage", text);
  }

  int exitCode() {
    return exitCode;
  }

  String code() {
    return code;
  }

  String text() {
    return text;
  }
}

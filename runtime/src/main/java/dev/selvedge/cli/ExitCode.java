package dev.selvedge.cli;

/** How a command ends. {@code docs/operations.md} has the same list. */
final class ExitCode {
  static final int OK = 0;

  /** It was understood and could not be done. */
  static final int FAILED = 1;

  /** The command line or the configuration is wrong. */
  static final int USAGE = 2;

  /** No node answers. */
  static final int UNREACHABLE = 3;

  /** No token, or not the cluster's. */
  static final int UNAUTHORIZED = 4;

  /** What it names is not there. */
  static final int NOT_FOUND = 5;

  private ExitCode() {}
}

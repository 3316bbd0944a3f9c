package dev.selvedge.cli;

import dev.selvedge.config.Config;

/** The node of this process. */
final class LocalNode implements NodeStarter {
  @Override
  public RunningNode start(Config config) {
    throw new CommandException(ExitCode.FAILED, "not-built", "this build has no node in it");
  }
}

package dev.selvedge.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The command itself, and the list of its subcommands. */
@Command(
    name = "selvedge",
    description = "A reactive, serverless-style edge function runtime.",
    mixinStandardHelpOptions = true,
    versionProvider = Selvedge.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "The launcher's own: 'selvedge cache' makes a cache of classes beside the jar, with which nodes start faster.",
      "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 no node answers, 4 no or a wrong token, 5 not found."
    })
final class Selvedge {
  private Selvedge() {}

  /**
   * Runs a command line.
   *
   * @return the exit code
   */
  static int run(Console console, NodeStarter starter, String... args) {
    Failures failures = new Failures(console.err());
    return commands(console, starter)
        .setOut(new java.io.PrintWriter(console.out(), true))
        .setErr(new java.io.PrintWriter(console.err(), true))
        .setParameterExceptionHandler(failures::usage)
        .setExecutionExceptionHandler(failures::execution)
        .execute(args.length == 0 ? new String[] {"--help"} : args);
  }

  static CommandLine commands(Console console, NodeStarter starter) {
    CommandLine sessions =
        new CommandLine(new SessionCommands.Sessions(console))
            .addSubcommand(new SessionCommands.Close(console));
    CommandLine routes =
        new CommandLine(new RouteCommands.Routes(console))
            .addSubcommand(new RouteCommands.Add(console))
            .addSubcommand(RouteCommands.Remove.route(console));
    CommandLine listeners =
        new CommandLine(new RouteCommands.Listeners(console))
            .addSubcommand(new RouteCommands.AddListener(console))
            .addSubcommand(RouteCommands.Remove.listener(console));
    return new CommandLine(new Selvedge())
        .addSubcommand(new DevCommand(console, starter))
        .addSubcommand(new StartCommand(console, starter))
        .addSubcommand(new NewCommand(console, ProjectTemplate.ofJar()))
        .addSubcommand(new FunctionCommands.Deploy(console))
        .addSubcommand(new FunctionCommands.Functions(console))
        .addSubcommand(new FunctionCommands.Rollback(console))
        .addSubcommand(new FunctionCommands.Undeploy(console))
        .addSubcommand(new FunctionCommands.Call(console))
        .addSubcommand(sessions)
        .addSubcommand(new SessionCommands.Groups(console))
        .addSubcommand(new SessionCommands.Send(console))
        .addSubcommand(new SessionCommands.Publish(console))
        .addSubcommand(routes)
        .addSubcommand(new PoolsCommand(console))
        .addSubcommand(PoolCommands.pool(console))
        .addSubcommand(listeners)
        .addSubcommand(new NodeCommands.Nodes(console))
        .addSubcommand(new NodeCommands.Drain(console))
        .addSubcommand(BenchCommands.all(console))
        .addSubcommand(new CompletionCommand(console));
  }

  /** What the jar's manifest says. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Selvedge.class.getPackage().getImplementationVersion();
      return new String[] {"selvedge " + (version == null ? "(not packaged)" : version)};
    }
  }
}

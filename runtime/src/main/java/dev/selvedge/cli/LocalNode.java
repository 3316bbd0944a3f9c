package dev.selvedge.cli;

import dev.selvedge.config.Config;
import dev.selvedge.node.SelvedgeNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The node of this process. */
final class LocalNode implements NodeStarter {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Override
  public RunningNode start(Config config) throws Exception {
    return new Running(SelvedgeNode.start(config).await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
  }

  private record Running(SelvedgeNode node) implements RunningNode {
    @Override
    public String id() {
      return node.id();
    }

    @Override
    public int clientPort() {
      return node.clientPort();
    }

    @Override
    public int tlsPort() {
      return node.tlsPort();
    }

    @Override
    public int adminPort() {
      return node.adminPort();
    }

    @Override
    public void deploy(Path jar) throws Exception {
      node.deployFile(jar).await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void ready() {
      node.ready();
    }

    @Override
    public void stop(Duration grace) throws Exception {
      node.stop(grace).await(grace.plus(PATIENCE).toSeconds(), TimeUnit.SECONDS);
    }
  }
}

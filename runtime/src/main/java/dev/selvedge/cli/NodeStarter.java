package dev.selvedge.cli;

import dev.selvedge.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/** Starts the node of this process. The methods block, and throw what went wrong. */
@FunctionalInterface
interface NodeStarter {
  RunningNode start(Config config) throws Exception;

  /** A node that serves. */
  interface RunningNode {
    String id();

    /** The port that clients connect to; 0 without the role {@code edge}. */
    int clientPort();

    /** The port that clients connect to with TLS; 0 for none. */
    int tlsPort();

    int adminPort();

    /** Deploys a jar as {@code selvedge deploy} does; returns when it is served. */
    void deploy(Path jar) throws Exception;

    /**
     * Says that all that was to be done first is done: {@code /readyz} answers 200 from here on.
     */
    void ready();

    /** Drains, closes clients with a retryable code, leaves the cluster. */
    void stop(Duration grace) throws Exception;
  }
}

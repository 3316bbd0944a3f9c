package dev.selvedge.admin;

import dev.selvedge.config.ConfigException;
import dev.selvedge.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The admin API's listener. One a node; a failed start leaves nothing behind. */
public final class AdminServer {
  /**
   * How it listens.
   *
   * @param port 0 for any free one
   * @param token the bearer token; asked at each request, so that a node may adopt its cluster's
   * @param uploads a directory for jars on their way in; made if it is missing
   */
  public record Settings(String host, int port, Supplier<String> token, Path uploads) {}

  private final Vertx vertx;
  private final Settings settings;
  private final HttpServer server;

  public AdminServer(Vertx vertx, Operations operations, Metrics metrics, Settings settings) {
    this.vertx = vertx;
    this.settings = settings;
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(settings.host())
            .setPort(settings.port())
            .setIdleTimeout(120)
            .setHandle100ContinueAutomatically(true)
            .setCompressionSupported(false);
    this.server = vertx.createHttpServer(options);
    server.requestHandler(AdminRoutes.router(vertx, operations, metrics, settings));
  }

  /** Listens; gives the port. */
  public Future<Integer> start() {
    return vertx
        .executeBlocking(() -> Files.createDirectories(settings.uploads()))
        .compose(directory -> server.listen())
        .map(HttpServer::actualPort)
        .recover(failure -> Future.failedFuture(explained(failure)));
  }

  private Throwable explained(Throwable failure) {
    // The native transport has an exception of its own; both end in the system's words.
    return String.valueOf(failure.getMessage()).contains("already in use")
        ? new ConfigException(
            "admin.port", settings.port(), "a port that is free on " + settings.host())
        : failure;
  }

  /** Stops listening and closes the connections. */
  public Future<Void> close() {
    return server.close();
  }
}

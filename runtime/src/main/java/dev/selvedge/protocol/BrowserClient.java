package dev.selvedge.protocol;

import dev.selvedge.edge.Exchange;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The client for browsers, a file that comes with the runtime. */
final class BrowserClient {
  static final String PATH = "/selvedge.js";

  private final StaticFile file = new StaticFile("selvedge.js", read());

  /** Any page of any site may load it. */
  void serve(Exchange exchange) {
    file.serve(exchange, java.util.Map.of("access-control-allow-origin", "*"));
  }

  private static Buffer read() {
    try (InputStream in = BrowserClient.class.getResourceAsStream("/web/selvedge.js")) {
      if (in == null) {
        throw new IllegalStateException("/web/selvedge.js is not in the jar");
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.selvedge.protocol;

import dev.selvedge.edge.Assets;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The client for browsers, a file that comes with the runtime. */
final class BrowserClient {
  static final String PATH = "/selvedge.js";

  /** Any page of any site may load it. */
  private static final Map<String, String> ANY_ORIGIN = Map.of("access-control-allow-origin", "*");

  private final Optional<Buffer> file = Optional.of(read());

  void serve(Exchange exchange) {
    if (!Assets.answer(new CorsExchange(exchange, ANY_ORIGIN), "/", name -> file)) {
      throw new HttpError(
          405,
          "bad-method",
          "method: " + exchange.method() + " (expected: GET, HEAD)",
          Map.of("allow", "GET, HEAD"));
    }
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

package dev.selvedge.relay;

import dev.selvedge.edge.ClientExchange;
import dev.selvedge.edge.Exchange;
import dev.selvedge.edge.HttpError;
import dev.selvedge.router.RequestView;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as the router sees it. It holds on to the exchange only until {@link #forget}, so
 * that a tunnel does not keep its handshake for as long as it lives.
 */
public final class ExchangeView implements RequestView {
  private final String method;
  private final String path;
  private final @Nullable String host;
  private @Nullable Exchange exchange;

  /**
   * @throws HttpError 400 for a path that has no safe form
   */
  public ExchangeView(Exchange exchange) {
    this.exchange = exchange;
    this.method = exchange.method();
    this.path = withoutParameters(exchange.path());
    this.host = nameOf(exchange.header("host"));
  }

  /** No more questions about the request will be asked. */
  void forget() {
    exchange = null;
  }

  private static @Nullable String nameOf(@Nullable String host) {
    if (host == null) {
      return null;
    }
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  /**
   * Some members cut {@code ;…} off a segment before they look at it, so {@code /admin;x} must lead
   * where {@code /admin} does, and {@code /..;/} nowhere.
   */
  private static String withoutParameters(String path) {
    if (path.indexOf(';') < 0) {
      return path;
    }
    StringBuilder plain = new StringBuilder(path.length());
    for (String segment : path.substring(1).split("/", -1)) {
      int semicolon = segment.indexOf(';');
      String name = semicolon < 0 ? segment : segment.substring(0, semicolon);
      if (semicolon >= 0 && (name.isEmpty() || name.equals(".") || name.equals(".."))) {
        throw new HttpError(400, "bad-target", "the path holds parameters without a name");
      }
      plain.append('/').append(name);
    }
    return plain.toString();
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public @Nullable String host() {
    return host;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query(String name) {
    return exchange == null ? null : exchange.query().get(name);
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    if (exchange == null) {
      return null;
    }
    if (lowerCaseName.equals("cookie") && exchange instanceof ClientExchange client) {
      List<String> lines = client.lines().getAll("cookie");
      return lines.isEmpty() ? null : String.join("; ", lines);
    }
    return exchange.header(lowerCaseName);
  }

  @Override
  public String clientAddress() {
    return exchange == null ? "" : exchange.remoteAddress();
  }
}

package dev.selvedge.relay;

import dev.selvedge.edge.Exchange;
import dev.selvedge.router.RequestView;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An exchange as the router sees it. */
public record ExchangeView(Exchange exchange) implements RequestView {
  @Override
  public String method() {
    return exchange.method();
  }

  @Override
  public @Nullable String host() {
    String host = exchange.header("host");
    if (host == null) {
      return null;
    }
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public @Nullable String query(String name) {
    return exchange.query().get(name);
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return exchange.header(lowerCaseName);
  }

  @Override
  public String clientAddress() {
    return exchange.remoteAddress();
  }
}

package dev.selvedge.router;

import org.jspecify.annotations.Nullable;

/** What routes and pools look at in a request. Answers at once and does not change. */
public interface RequestView {
  String method();

  /** The Host header's value, lower case, without a port; null if there is none. */
  @Nullable String host();

  /** The path in normal form: percent-decoded, no {@code .}, {@code ..} or {@code //}. */
  String path();

  /** The decoded value of a query parameter, the first if it is repeated; null without. */
  @Nullable String query(String name);

  /** A header's value, repeated ones joined by {@code ", "} ({@code cookie}: by {@code "; "}). */
  @Nullable String header(String lowerCaseName);

  /** The client's IP address, behind trusted proxies the one that they vouch for. */
  String clientAddress();
}

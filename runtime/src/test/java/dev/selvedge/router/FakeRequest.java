package dev.selvedge.router;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request with just what a test gives it. */
final class FakeRequest implements RequestView {
  private final String path;
  private final Map<String, String> headers = new HashMap<>();
  private final Map<String, String> query = new HashMap<>();
  private String client = "192.0.2.1";

  FakeRequest(String path) {
    this.path = path;
  }

  static FakeRequest plain() {
    return new FakeRequest("/");
  }

  FakeRequest with(String lowerCaseName, String value) {
    headers.put(lowerCaseName, value);
    return this;
  }

  FakeRequest asking(String parameter, String value) {
    query.put(parameter, value);
    return this;
  }

  FakeRequest from(String address) {
    client = address;
    return this;
  }

  @Override
  public String method() {
    return "GET";
  }

  @Override
  public @Nullable String host() {
    return headers.get("host");
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public @Nullable String query(String name) {
    return query.get(name);
  }

  @Override
  public @Nullable String header(String lowerCaseName) {
    return headers.get(lowerCaseName);
  }

  @Override
  public String clientAddress() {
    return client;
  }
}

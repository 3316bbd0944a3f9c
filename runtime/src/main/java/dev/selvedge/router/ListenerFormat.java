package dev.selvedge.router;

import dev.selvedge.config.Section;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A listener of layer 4 in {@code selvedge.yaml} ({@code listeners: {NAME: …}}) and in the API. */
public final class ListenerFormat {
  private static final Set<String> KEYS =
      Set.of("host", "port", "pool", "proxy-protocol", "trusted-proxies");
  private static final Pattern HOST = Pattern.compile("[0-9A-Za-z._:-]{1,253}");

  private ListenerFormat() {}

  /** Throws {@link dev.selvedge.config.ConfigException} on the first thing that is wrong. */
  public static ListenerSpec read(String path, String name, @Nullable Object value) {
    Names.check(path, name);
    Section listener = Section.of(path, value, KEYS);
    if (!listener.has("port")) {
      throw listener.wrong("port", "0..65535");
    }
    String pool = String.valueOf(listener.value("pool"));
    Names.check(listener.path("pool"), pool);
    boolean proxyProtocol = listener.truth("proxy-protocol", false);
    List<String> trusted = listener.list("trusted-proxies", Section::cidr);
    if (proxyProtocol && trusted.isEmpty()) {
      throw listener.wrong(
          "proxy-protocol", "false, or trusted-proxies that name who may send a PROXY header");
    }
    if (!proxyProtocol && !trusted.isEmpty()) {
      throw listener.wrong("trusted-proxies", "no key of that name, or proxy-protocol: true");
    }
    return new ListenerSpec(
        name,
        listener.text("host", "0.0.0.0", HOST, "an address to listen on"),
        listener.number("port", 0, 0, 65_535),
        pool,
        proxyProtocol,
        trusted);
  }

  public static JsonObject write(ListenerSpec listener) {
    JsonObject json =
        new JsonObject()
            .put("host", listener.host())
            .put("port", listener.port())
            .put("pool", listener.pool());
    if (listener.proxyProtocol()) {
      json.put("proxy-protocol", true)
          .put("trusted-proxies", new JsonArray(listener.trustedProxies()));
    }
    return json;
  }
}

package dev.selvedge.router;

import dev.selvedge.config.Section;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A route in {@code selvedge.yaml} (an item of {@code routes:}) and in the admin API. Without a
 * name it is named after its first host, its path, its methods and the names of its headers.
 */
public final class RouteFormat {
  private static final Set<String> KEYS =
      Set.of(
          "name",
          "host",
          "hosts",
          "path",
          "methods",
          "headers",
          "pool",
          "function",
          "deny",
          "redirect",
          "rewrite",
          "origins");
  private static final Pattern HOST =
      Pattern.compile("(?:\\*\\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern METHOD = Pattern.compile("[A-Za-z][A-Za-z-]{0,31}");
  private static final Pattern PATH = Pattern.compile("(?:/[^/\\x00-\\x20?#%\\\\]+)+/?|/");
  private static final Pattern LOCATION = Pattern.compile("[!-~]{1,2048}");
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private RouteFormat() {}

  /**
   * Throws {@link dev.selvedge.config.ConfigException} on the first thing that is wrong.
   *
   * @param path what the keys are named after in complaints, such as {@code routes[2]}
   */
  public static Route read(String path, @Nullable Object value) {
    Section route = Section.of(path, value, KEYS);
    List<String> hosts = hosts(route);
    String prefix = prefix(route, "path", "/");
    List<String> methods =
        route.texts("methods", METHOD, "methods such as GET").stream()
            .map(method -> method.toUpperCase(Locale.ROOT))
            .toList();
    Map<String, String> headers = route.map("headers", name -> name.toLowerCase(Locale.ROOT));
    RouteTarget target = target(route);
    boolean toPool = target instanceof RouteTarget.ToPool;
    onlyForPools(route, "rewrite", toPool);
    onlyForPools(route, "origins", toPool);
    return new Route(
        name(route, hosts, prefix, methods, headers),
        hosts,
        prefix,
        methods,
        headers,
        target,
        route.has("rewrite") ? Optional.of(prefix(route, "rewrite", "/")) : Optional.empty(),
        route.list("origins", Section::origin));
  }

  private static String name(
      Section route,
      List<String> hosts,
      String path,
      List<String> methods,
      Map<String, String> headers) {
    if (!route.has("name")) {
      List<String> words = new ArrayList<>(hosts.stream().limit(1).toList());
      words.add(path);
      words.addAll(methods);
      headers.keySet().stream().sorted().forEach(words::add);
      return Names.of(String.join(" ", words));
    }
    String name = String.valueOf(route.value("name"));
    Names.check(route.path("name"), name);
    return name;
  }

  private static List<String> hosts(Section route) {
    if (route.has("host") && route.has("hosts")) {
      throw route.wrong("host", "host or hosts, not both");
    }
    String key = route.has("hosts") ? "hosts" : "host";
    return route.texts(key, HOST, "a host name without a port, or *.example.org").stream()
        .map(host -> host.toLowerCase(Locale.ROOT))
        .toList();
  }

  private static String prefix(Section route, String key, String standard) {
    String expected = "a decoded path such as /shop, without //, ., .., ?, # and %";
    String path = route.text(key, standard, PATH, expected);
    for (String segment : path.split("/")) {
      if (segment.equals(".") || segment.equals("..")) {
        throw route.wrong(key, expected);
      }
    }
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static RouteTarget target(Section route) {
    return switch (route.oneOf("pool", "function", "deny", "redirect")) {
      case "pool" -> new RouteTarget.ToPool(named(route, "pool"));
      case "function" -> new RouteTarget.ToFunction(named(route, "function"));
      case "deny" -> deny(route);
      default -> redirect(route);
    };
  }

  private static String named(Section route, String key) {
    String name = String.valueOf(route.value(key));
    Names.check(route.path(key), name);
    return name;
  }

  private static RouteTarget deny(Section route) {
    return Boolean.TRUE.equals(route.value("deny"))
        ? new RouteTarget.Deny(403)
        : new RouteTarget.Deny(route.number("deny", 403, 400, 599));
  }

  private static RouteTarget redirect(Section route) {
    String expected = "a URL or a path; {path} and {query} in it stand for the request's";
    if (route.value("redirect") instanceof String) {
      return new RouteTarget.Redirect(302, route.text("redirect", "", LOCATION, expected));
    }
    Section redirect = route.section("redirect", Set.of("to", "status"));
    int status = redirect.number("status", 302, 301, 308);
    if (!REDIRECTS.contains(status)) {
      throw redirect.wrong("status", "301, 302, 303, 307 or 308");
    }
    if (!redirect.has("to")) {
      throw redirect.wrong("to", expected);
    }
    return new RouteTarget.Redirect(status, redirect.text("to", "", LOCATION, expected));
  }

  private static void onlyForPools(Section route, String key, boolean toPool) {
    if (route.has(key) && !toPool) {
      throw route.wrong(key, "nothing: it is for routes to a pool");
    }
  }

  // ---- and back

  public static JsonObject write(Route route) {
    JsonObject json =
        new JsonObject()
            .put("name", route.name())
            .put("hosts", new JsonArray(route.hosts()))
            .put("path", route.path())
            .put("methods", new JsonArray(route.methods()))
            .put("headers", new JsonObject(new java.util.TreeMap<String, Object>(route.headers())));
    write(route.target(), json);
    route.rewrite().ifPresent(rewrite -> json.put("rewrite", rewrite));
    if (!route.origins().isEmpty()) {
      json.put("origins", new JsonArray(route.origins()));
    }
    return json;
  }

  private static void write(RouteTarget target, JsonObject json) {
    if (target instanceof RouteTarget.ToPool to) {
      json.put("pool", to.pool());
    } else if (target instanceof RouteTarget.ToFunction to) {
      json.put("function", to.function());
    } else if (target instanceof RouteTarget.Deny deny) {
      json.put("deny", deny.status());
    } else if (target instanceof RouteTarget.Redirect redirect) {
      json.put(
          "redirect",
          new JsonObject().put("to", redirect.location()).put("status", redirect.status()));
    }
  }
}

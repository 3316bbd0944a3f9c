package dev.selvedge.deploy;

import dev.selvedge.config.ConfigException;
import dev.selvedge.config.OutboundPolicy;
import dev.selvedge.config.Section;
import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** The text of a manifest: YAML in the jar, JSON with the same keys in the catalog. */
final class ManifestFormat {
  static final String PATH = "META-INF/function.yaml";

  static final List<String> PROTOCOLS = List.of("raw", "socketio", "signalr");

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Pattern CLASS =
      Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*(\\.[\\p{L}_$][\\p{L}\\p{N}_$]*)*");
  private static final Pattern ROUTE =
      Pattern.compile("/|(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]{1,63}){1,8}");
  private static final Pattern NAMESPACE = Pattern.compile("/[^,\\s\\p{Cntrl}]{1,127}");
  private static final Pattern ORIGIN = Pattern.compile("\\*|https?://[^/\\s]{1,255}");
  private static final Pattern PROTOCOL = Pattern.compile("raw|socketio|signalr");

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "main",
          "routes",
          "protocols",
          "namespaces",
          "threading",
          "instances",
          "limits",
          "origins",
          "config");
  private static final Set<String> LIMIT_KEYS =
      Set.of(
          "inbound-credit",
          "outbound-limit",
          "outbound-policy",
          "max-frame",
          "max-message",
          "heartbeat",
          "idle",
          "compression",
          "poll-wait",
          "linger");

  private ManifestFormat() {}

  /** The keys of a YAML manifest with the overrides in their place, not yet checked. */
  static JsonObject load(String yaml, Overrides overrides) {
    if (!(parse(yaml) instanceof Map<?, ?> map)) {
      throw bad(PATH + " holds no keys (expected: at least name and main)", null);
    }
    JsonObject keys = checked(() -> json("", map));
    overrides.name().ifPresent(name -> keys.put("name", name));
    if (!overrides.routes().isEmpty()) {
      keys.put("routes", new JsonArray(overrides.routes()));
    }
    return keys;
  }

  private static @Nullable Object parse(String yaml) {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(10);
    options.setCodePointLimit(256 * 1024);
    try {
      return new Yaml(new SafeConstructor(options)).load(yaml);
    } catch (YAMLException bad) {
      throw bad(PATH + " is no YAML: " + String.valueOf(bad.getMessage()).strip(), bad);
    }
  }

  private static DeployException bad(String message, @Nullable Throwable cause) {
    return new DeployException(Reason.BAD_MANIFEST, message, cause);
  }

  private static <T> T checked(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (ConfigException wrong) {
      throw bad(PATH + ": " + wrong.getMessage(), wrong);
    }
  }

  private static JsonObject json(String path, Map<?, ?> map) {
    JsonObject json = new JsonObject();
    map.forEach(
        (key, value) ->
            json.put(
                String.valueOf(key),
                jsonValue(path.isEmpty() ? "" + key : path + "." + key, value)));
    return json;
  }

  /** YAML knows values that JSON does not, such as dates. */
  private static @Nullable Object jsonValue(String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      return json(path, map);
    }
    if (value instanceof List<?> list) {
      JsonArray items = new JsonArray();
      list.forEach(item -> items.add(jsonValue(path + "[" + items.size() + "]", item)));
      return items;
    }
    if (value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean) {
      return value;
    }
    throw Section.bad(path, value, "a JSON value; put quotes around it to make it a text");
  }

  /** Checks the keys and fills in the defaults. */
  static Manifest read(JsonObject keys) {
    return checked(() -> manifest(Section.of("", keys, KEYS)));
  }

  private static Manifest manifest(Section keys) {
    String name =
        keys.requiredText(
            "name", NAME, "a lower-case letter, then up to 62 letters a-z, digits and hyphens");
    String main = keys.requiredText("main", CLASS, "the full name of a class in the jar");
    return new Manifest(
        name,
        main,
        texts(
                keys,
                "routes",
                ROUTE,
                "paths such as /chat or /shop/cart, without a slash at the end")
            .orElse(List.of("/" + name)),
        texts(keys, "protocols", PROTOCOL, "raw, socketio or signalr").orElse(PROTOCOLS),
        texts(keys, "namespaces", NAMESPACE, "names such as /admin, without spaces or commas")
            .orElse(List.of()),
        keys.word("threading", Threading.EVENT_LOOP, Threading.class),
        number(keys, "instances", 1024),
        limits(keys.section("limits", LIMIT_KEYS)),
        texts(keys, "origins", ORIGIN, "origins such as https://example.org, or *")
            .orElse(List.of()),
        config(keys));
  }

  private static Limits limits(Section limits) {
    return new Limits(
        number(limits, "inbound-credit", 10_000),
        size(limits, "outbound-limit", 1024),
        policy(limits),
        size(limits, "max-frame", 125),
        size(limits, "max-message", 125),
        duration(limits, "heartbeat", Duration.ofHours(1)),
        duration(limits, "idle", Duration.ofHours(240)),
        given(limits, "compression", () -> limits.truth("compression", false)),
        duration(limits, "poll-wait", Duration.ofMinutes(5)),
        duration(limits, "linger", Duration.ofHours(1)));
  }

  /** Where the manifest is silent, something else has the say. */
  private static <T> Optional<T> given(Section section, String key, Supplier<T> value) {
    return section.has(key) ? Optional.of(value.get()) : Optional.empty();
  }

  private static Optional<List<String>> texts(
      Section section, String key, Pattern form, String expected) {
    return given(
        section, key, () -> section.texts(key, form, expected).stream().distinct().toList());
  }

  private static Optional<Integer> number(Section section, String key, int most) {
    return given(section, key, () -> section.number(key, 1, 1, most));
  }

  private static Optional<Integer> size(Section section, String key, int least) {
    return given(section, key, () -> section.size(key, least, least, 1 << 30));
  }

  private static Optional<Duration> duration(Section section, String key, Duration most) {
    return given(section, key, () -> section.duration(key, most, Duration.ZERO, most));
  }

  private static Optional<OutboundPolicy> policy(Section limits) {
    String key = "outbound-policy";
    return given(
        limits, key, () -> limits.word(key, OutboundPolicy.DISCONNECT, OutboundPolicy.class));
  }

  private static JsonObject config(Section keys) {
    Object config = keys.value("config");
    if (config == null) {
      return new JsonObject();
    }
    if (!(config instanceof JsonObject values)) {
      throw keys.wrong("config", "keys with values");
    }
    return values;
  }

  /** What {@link #read} reads back as the same manifest. */
  static JsonObject write(Manifest manifest) {
    JsonObject json =
        new JsonObject()
            .put("name", manifest.name())
            .put("main", manifest.main())
            .put("routes", new JsonArray(manifest.routes()))
            .put("protocols", new JsonArray(manifest.protocols()))
            .put("threading", manifest.threading().text());
    if (!manifest.namespaces().isEmpty()) {
      json.put("namespaces", new JsonArray(manifest.namespaces()));
    }
    manifest.instances().ifPresent(count -> json.put("instances", count));
    JsonObject limits = write(manifest.limits());
    if (!limits.isEmpty()) {
      json.put("limits", limits);
    }
    if (!manifest.origins().isEmpty()) {
      json.put("origins", new JsonArray(manifest.origins()));
    }
    return manifest.config().isEmpty() ? json : json.put("config", manifest.config());
  }

  private static JsonObject write(Limits limits) {
    JsonObject json = new JsonObject();
    put(json, "inbound-credit", limits.inboundCredit());
    put(json, "outbound-limit", limits.outboundLimitBytes());
    put(json, "outbound-policy", limits.outboundPolicy().map(Section::wordOf));
    put(json, "max-frame", limits.maxFrameBytes());
    put(json, "max-message", limits.maxMessageBytes());
    put(json, "heartbeat", limits.heartbeat().map(ManifestFormat::millis));
    put(json, "idle", limits.idle().map(ManifestFormat::millis));
    put(json, "compression", limits.compression());
    put(json, "poll-wait", limits.longPollWait().map(ManifestFormat::millis));
    put(json, "linger", limits.linger().map(ManifestFormat::millis));
    return json;
  }

  private static String millis(Duration time) {
    return time.toMillis() + "ms";
  }

  private static void put(JsonObject json, String key, Optional<?> value) {
    value.ifPresent(present -> json.put(key, present));
  }
}

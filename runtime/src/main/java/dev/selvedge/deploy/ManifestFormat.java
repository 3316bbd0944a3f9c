package dev.selvedge.deploy;

import dev.selvedge.config.OutboundPolicy;
import dev.selvedge.deploy.DeployException.Reason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private static final Pattern THREADING = Pattern.compile("event-loop|virtual|worker");
  private static final Pattern PROTOCOL = Pattern.compile("raw|socketio|signalr");
  private static final Pattern POLICY = Pattern.compile("disconnect|drop-oldest|conflate");

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
  static Map<String, @Nullable Object> load(String yaml, Overrides overrides) {
    Map<String, @Nullable Object> keys = new LinkedHashMap<>();
    if (!(parse(yaml) instanceof Map<?, ?> map)) {
      throw new DeployException(
          Reason.BAD_MANIFEST, PATH + " holds no keys (expected: at least name and main)");
    }
    map.forEach((key, value) -> keys.put(String.valueOf(key), value));
    overrides.name().ifPresent(name -> keys.put("name", name));
    if (!overrides.routes().isEmpty()) {
      keys.put("routes", overrides.routes());
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
      throw new DeployException(
          Reason.BAD_MANIFEST,
          PATH + " is no YAML: " + String.valueOf(bad.getMessage()).strip(),
          bad);
    }
  }

  /** Checks the keys and fills in the defaults. */
  static Manifest read(Object keys) {
    Fields fields = Fields.of("", keys, KEYS);
    String name =
        fields.requiredText(
            "name", NAME, "a lower-case letter, then up to 62 letters a-z, digits and hyphens");
    List<String> routes =
        fields
            .texts("routes", ROUTE, "paths such as /chat or /shop/cart, without a slash at the end")
            .orElse(List.of("/" + name));
    return new Manifest(
        name,
        fields.requiredText("main", CLASS, "the full name of a class in the jar"),
        routes,
        fields.texts("protocols", PROTOCOL, "raw, socketio or signalr").orElse(PROTOCOLS),
        fields
            .texts("namespaces", NAMESPACE, "names such as /admin, without spaces or commas")
            .orElse(List.of()),
        fields
            .text("threading", THREADING, "event-loop, virtual or worker")
            .flatMap(Threading::of)
            .orElse(Threading.EVENT_LOOP),
        fields.number("instances", 1, 1024),
        limits(fields.section("limits", LIMIT_KEYS)),
        fields
            .texts("origins", ORIGIN, "origins such as https://example.org, or *")
            .orElse(List.of()),
        fields.json("config"));
  }

  private static Limits limits(Fields fields) {
    return new Limits(
        fields.number("inbound-credit", 1, 10_000),
        fields.size("outbound-limit", 1024, 1 << 30),
        fields
            .text("outbound-policy", POLICY, "disconnect, drop-oldest or conflate")
            .map(text -> OutboundPolicy.valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'))),
        fields.size("max-frame", 125, 1 << 30),
        fields.size("max-message", 125, 1 << 30),
        fields.duration("heartbeat", Duration.ofHours(1)),
        fields.duration("idle", Duration.ofHours(240)),
        fields.flag("compression"),
        fields.duration("poll-wait", Duration.ofMinutes(5)),
        fields.duration("linger", Duration.ofHours(1)));
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
    put(
        json,
        "outbound-policy",
        limits.outboundPolicy().map(p -> p.name().toLowerCase(Locale.ROOT).replace('_', '-')));
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

package dev.selvedge.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.EdgeConfig.WebSocketConfig;
import dev.selvedge.config.OutboundPolicy;
import dev.selvedge.config.SessionConfig;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestFormatTest {
  private static Manifest read(String yaml) {
    return ManifestFormat.read(ManifestFormat.load(yaml, Overrides.NONE));
  }

  @Test
  void whatIsNotSaidHasADefault() {
    Manifest manifest = read("name: chat\nmain: a.B\n");

    assertEquals(List.of("/chat"), manifest.routes());
    assertEquals(List.of("raw", "socketio", "signalr"), manifest.protocols());
    assertEquals(Threading.EVENT_LOOP, manifest.threading());
    assertEquals(Optional.empty(), manifest.instances());
    assertEquals(SessionConfig.DEFAULT, manifest.limits().over(SessionConfig.DEFAULT));
    assertEquals(WebSocketConfig.DEFAULT, manifest.limits().over(WebSocketConfig.DEFAULT));
    assertTrue(manifest.config().isEmpty());
  }

  private static final String FULL =
      """
      name: deli-counter
      main: shop.Deli$Counter
      routes: [/deli, /, /a/b-c]
      protocols: raw
      namespaces: [/admin, /news/today]
      threading: virtual
      instances: 3
      origins: ["https://example.org", "*"]
      limits:
        inbound-credit: 8
        outbound-limit: 64KiB
        outbound-policy: drop-oldest
        max-frame: 1000
        max-message: 2MiB
        heartbeat: 500ms
        idle: 2m
        compression: true
        poll-wait: 5s
        linger: 1h
      config:
        greeting: hello
        list: [1, 2.5, null, {a: true}]
      """;

  @Test
  void everyKeyIsRead() {
    Manifest manifest = read(FULL);

    assertEquals(List.of("/deli", "/", "/a/b-c"), manifest.routes());
    assertEquals(List.of("raw"), manifest.protocols());
    assertEquals(List.of("/admin", "/news/today"), manifest.namespaces());
    assertEquals(Threading.VIRTUAL, manifest.threading());
    assertEquals(Optional.of(3), manifest.instances());
    assertEquals(
        new SessionConfig(8, 64 * 1024, OutboundPolicy.DROP_OLDEST),
        manifest.limits().over(SessionConfig.DEFAULT));
    assertEquals(
        new WebSocketConfig(1000, 2 << 20, Duration.ofMillis(500), Duration.ofMinutes(2), true),
        manifest.limits().over(WebSocketConfig.DEFAULT));
    assertEquals(Optional.of(Duration.ofSeconds(5)), manifest.limits().longPollWait());
    assertEquals(Optional.of(Duration.ofHours(1)), manifest.limits().linger());
    assertEquals("hello", manifest.config().getString("greeting"));
    assertEquals(true, manifest.config().getJsonArray("list").getJsonObject(3).getBoolean("a"));
  }

  @Test
  void theCatalogReadsBackWhatItWrote() {
    Manifest manifest = read(FULL);

    String written = ManifestFormat.write(manifest).encode();

    assertEquals(manifest, ManifestFormat.read(new JsonObject(written)));
  }

  @Test
  void overridesTakeThePlaceOfTheManifestsWords() {
    Overrides overrides = new Overrides(Optional.of("other"), List.of("/x"));

    Manifest manifest =
        ManifestFormat.read(ManifestFormat.load("name: chat\nmain: a.B", overrides));

    assertEquals("other", manifest.name());
    assertEquals(List.of("/x"), manifest.routes());
  }

  @Test
  void anOverriddenNameMovesTheDefaultRoute() {
    Overrides overrides = new Overrides(Optional.of("other"), List.of());

    Manifest manifest =
        ManifestFormat.read(ManifestFormat.load("name: chat\nmain: a.B", overrides));

    assertEquals(List.of("/other"), manifest.routes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "main: a.B | name: (missing) | lower-case",
        "name: Chat{n}main: a.B | name: Chat | lower-case",
        "name: chat | main: (missing) | full name of a class",
        "name: chat{n}main: a b | main: a b | full name of a class",
        "name: chat{n}main: a.B{n}colour: red | colour: red | one of the keys",
        "name: chat{n}main: a.B{n}routes: chat | routes: chat | paths such as",
        "name: chat{n}main: a.B{n}routes: [/a, /b/] | routes[1]: /b/ | paths such as",
        "name: chat{n}main: a.B{n}routes: [/a/../b] | routes[0]: /a/../b | paths such as",
        "name: chat{n}main: a.B{n}protocols: [raw, mqtt] | protocols[1]: mqtt | raw, socketio",
        "name: chat{n}main: a.B{n}threading: fibre | threading: fibre | event-loop, virtual",
        "name: chat{n}main: a.B{n}instances: 0 | instances: 0 | 1..1024",
        "name: chat{n}main: a.B{n}instances: many | instances: many | 1..1024",
        "name: chat{n}main: a.B{n}origins: [example.org] | origins[0]: example.org | origins such",
        "name: chat{n}main: a.B{n}limits: 7 | limits: 7 | a section with the keys",
        "name: chat{n}main: a.B{n}limits: {speed: 1} | limits.speed: 1 | one of the keys",
        "name: chat{n}main: a.B{n}limits: {idle: soon} | limits.idle: soon | a duration such as",
        "name: chat{n}main: a.B{n}limits: {max-frame: 2GiB} | limits.max-frame: 2GiB | a size",
        "name: chat{n}main: a.B{n}limits: {compression: 1} | limits.compression: 1 | true or",
        "name: chat{n}main: a.B{n}limits: {idle: 5} | limits.idle: 5 | a duration such as",
        "name: chat{n}main: a.B{n}limits: {linger: 1d} | limits.linger: 1d | 0..1h",
        "name: chat{n}main: a.B{n}config: 7 | config: 7 | keys with values",
        "name: chat{n}main: a.B{n}config: {day: 2020-01-01} | config.day | a JSON value",
        "just text | holds no keys | name and main",
        "name: [ | is no YAML | line",
        "name: a{n}name: b | is no YAML | duplicate key",
        "name: !!java.net.URL [\"http://x\"] | is no YAML | tag is not allowed",
      })
  void aBadManifestIsAnErrorThatNamesKeyValueAndExpectation(
      String yaml, String named, String expected) {
    DeployException error =
        assertThrows(DeployException.class, () -> read(yaml.replace("{n}", "\n")));

    assertEquals(DeployException.Reason.BAD_MANIFEST, error.reason());
    assertTrue(error.getMessage().contains(named), error.getMessage());
    assertTrue(error.getMessage().contains(expected), error.getMessage());
  }
}

package dev.selvedge.router;

import dev.selvedge.config.Section;
import dev.selvedge.router.PoolSpec.AtLimit;
import dev.selvedge.router.PoolSpec.Key;
import dev.selvedge.router.PoolSpec.Kind;
import dev.selvedge.router.PoolSpec.Sticky;
import dev.selvedge.router.PoolSpec.Tie;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code sticky:} of a pool: a section, or {@code false} for none. */
final class StickyFormat {
  private static final Set<String> KEYS =
      Set.of("by", "cookie", "idle", "life", "same-site", "at-limit", "strict");
  // RFC 6265 §4.1.1: a cookie's name is a token.
  private static final Pattern COOKIE = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
  private static final Pattern SAME_SITE = Pattern.compile("lax|strict|none");
  private static final Duration MOST = Duration.ofDays(366);

  private StickyFormat() {}

  static Sticky read(Section pool, Sticky standard, Kind kind) {
    boolean off = Boolean.FALSE.equals(pool.value("sticky"));
    boolean given = pool.has("sticky") && !Boolean.TRUE.equals(pool.value("sticky")) && !off;
    Section sticky =
        given ? pool.section("sticky", KEYS) : Section.of("sticky", new JsonObject(), KEYS);
    List<Tie> standardTies = off || kind == Kind.TCP ? List.of() : standard.by();
    return new Sticky(
        sticky.has("by") ? ties(sticky, kind) : standardTies,
        sticky.text("cookie", standard.cookieName(), COOKIE, "a cookie's name"),
        sticky.duration("idle", standard.idle(), Duration.ZERO, MOST),
        sticky.duration("life", standard.life(), Duration.ZERO, MOST),
        sticky.text("same-site", standard.sameSite(), SAME_SITE, "lax, strict or none"),
        sticky.word("at-limit", standard.atLimit(), AtLimit.class),
        sticky.truth("strict", standard.strict()));
  }

  private static List<Tie> ties(Section sticky, Kind kind) {
    return sticky.list(
        "by",
        (path, item) -> {
          Tie tie = tie(path, item);
          boolean source = tie instanceof Tie.ByKey by && by.key() instanceof Key.Source;
          if (kind == Kind.TCP && !source) {
            throw Section.bad(path, item, "source: a pool of kind tcp sees no requests");
          }
          return tie;
        });
  }

  private static Tie tie(String path, @Nullable Object item) {
    if ("cookie".equals(item)) {
      return new Tie.SignedCookie();
    }
    if ("session-id".equals(item)) {
      return new Tie.SessionId();
    }
    try {
      return new Tie.ByKey(KeyFormat.read(path, item));
    } catch (dev.selvedge.config.ConfigException noKey) {
      throw Section.bad(path, item, "cookie, session-id, " + KeyFormat.EXPECTED);
    }
  }

  /** What is off keeps its other words, so that it reads as the same. */
  static JsonObject write(Sticky sticky) {
    JsonArray by = new JsonArray();
    sticky.by().forEach(tie -> by.add(word(tie)));
    return new JsonObject()
        .put("by", by)
        .put("cookie", sticky.cookieName())
        .put("idle", PoolFormat.text(sticky.idle()))
        .put("life", PoolFormat.text(sticky.life()))
        .put("same-site", sticky.sameSite())
        .put("at-limit", Section.wordOf(sticky.atLimit()))
        .put("strict", sticky.strict());
  }

  private static String word(Tie tie) {
    if (tie instanceof Tie.ByKey by) {
      return KeyFormat.write(by.key());
    }
    return tie instanceof Tie.SignedCookie ? "cookie" : "session-id";
  }
}

package dev.selvedge.router;

import dev.selvedge.config.Section;
import dev.selvedge.router.MemberSpec.AdminState;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A member of a pool in {@code selvedge.yaml} and in the admin API: its address alone, or a section
 * with the keys below.
 */
public final class MemberFormat {
  private static final Set<String> KEYS =
      Set.of(
          "address",
          "weight",
          "priority",
          "state",
          "max-tunnels",
          "max-requests",
          "max-new-per-second");
  private static final int MOST = 10_000_000;

  private MemberFormat() {}

  /** Throws {@link dev.selvedge.config.ConfigException} on anything that is wrong. */
  public static MemberSpec read(String path, @Nullable Object value) {
    if (value instanceof String address) {
      return MemberSpec.of(Section.hostAndPort(path, address));
    }
    Section member = Section.of(path, value, KEYS);
    return new MemberSpec(
        Section.hostAndPort(member.path("address"), member.value("address")),
        member.number("weight", 1, 1, 256),
        member.number("priority", 0, 0, 1_000),
        member.word("state", AdminState.UP, AdminState.class),
        member.number("max-tunnels", 0, 0, MOST),
        member.number("max-requests", 0, 0, MOST),
        member.number("max-new-per-second", 0, 0, MOST));
  }

  public static JsonObject write(MemberSpec member) {
    return new JsonObject()
        .put("address", member.address())
        .put("weight", member.weight())
        .put("priority", member.priority())
        .put("state", Section.wordOf(member.state()))
        .put("max-tunnels", member.maxTunnels())
        .put("max-requests", member.maxRequests())
        .put("max-new-per-second", member.maxNewPerSecond());
  }
}

package dev.selvedge.session;

import java.util.List;

/** Events with an offset, for tests of protocols. */
public final class Marked {
  private Marked() {}

  public static Outbound event(String name, String offset) {
    return Outbound.event(name, List.of()).marked(Mark.parse(offset).orElseThrow());
  }
}

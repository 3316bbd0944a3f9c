package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.NodeId;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionIdTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void bothFormsLeadToNodeAndLane() {
    for (int i = 0; i < 1_000; i++) {
      NodeId node = NodeId.random(RANDOM);
      int lane = RANDOM.nextInt(1_000);
      same(SessionId.random(node, lane, RANDOM));
      same(SessionId.randomShort(node, lane, RANDOM));
    }
    same(SessionId.randomShort(new NodeId("aaaaaaaa"), 0, RANDOM));
    same(SessionId.randomShort(new NodeId("99999999"), 999, RANDOM));
  }

  private static void same(SessionId id) {
    SessionId parsed = SessionId.parse(id.toString()).orElseThrow();
    assertEquals(id, parsed);
    assertEquals(id.node(), parsed.node());
    assertEquals(id.lane(), parsed.lane());
    assertEquals(id.toString(), parsed.toString());
  }

  @Test
  void shortIdsHaveTwentyCharactersAndDiffer() {
    Set<String> seen = new HashSet<>();
    NodeId node = NodeId.random(RANDOM);
    for (int i = 0; i < 10_000; i++) {
      String text = SessionId.randomShort(node, 3, RANDOM).toString();
      assertTrue(text.matches("[A-Za-z0-9_-]{20}"), text);
      assertTrue(seen.add(text), text);
    }
  }

  @Test
  void aShortIdWithOneOtherCharacterIsAnotherId() {
    SessionId id = SessionId.randomShort(NodeId.random(RANDOM), 1, RANDOM);
    String text = id.toString();
    String changed = text.substring(0, 19) + (text.endsWith("A") ? "B" : "A");
    assertNotEquals(Optional.of(id), SessionId.parse(changed));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "____________________",
        "!!!!!!!!!!!!!!!!!!!!",
        "aaaaaaaa-0-short",
        "aaaaaaaa-0000-AAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAA-0-AAAAAAAAAAAAAAAAAAAAAA",
      })
  void whatIsNoIdIsNone(String text) {
    assertEquals(Optional.empty(), SessionId.parse(text));
  }
}

package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.protocol.socketio.redis.PeerNamespaces.Member;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerNamespacesTest {
  @Test
  void theMainNamespaceIsThatOfTheFunctionAtTheRoot() {
    PeerNamespaces namespaces =
        new PeerNamespaces(
            List.of(
                new Member("chat", List.of("/"), List.of("/rooms")),
                new Member("admin", List.of("/admin"), List.of())));

    assertEquals(Set.of("/", "/rooms", "/admin"), namespaces.all());
    assertEquals(Set.of("/", "/rooms"), namespaces.of("chat"));
    assertEquals(Set.of("/admin"), namespaces.of("admin"));
    assertEquals(List.of("chat"), namespaces.functions("/"));
    assertEquals(List.of("chat"), namespaces.functions("/rooms"));
    assertEquals(List.of("admin"), namespaces.functions("/admin"));
  }

  @Test
  void whereNoFunctionIsAtTheRootAllShareTheMainNamespace() {
    PeerNamespaces namespaces =
        new PeerNamespaces(
            List.of(
                new Member("a", List.of("/a"), List.of()),
                new Member("b", List.of("/b"), List.of())));

    assertEquals(Set.of("/", "/a"), namespaces.of("a"));
    assertEquals(List.of("a", "b"), namespaces.functions("/"));
  }

  @Test
  void whatNobodySaysGoesEverywhereAndUnknownFunctionsAreSilent() {
    PeerNamespaces namespaces =
        new PeerNamespaces(List.of(new Member("a", List.of("/a"), List.of("/x"))));

    assertEquals(Set.of("/", "/a", "/x"), namespaces.of(null));
    assertEquals(Set.of(), namespaces.of("raw-only"));
    assertEquals(Set.of("/"), new PeerNamespaces(List.of()).all());
  }
}

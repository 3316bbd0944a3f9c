package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.function.Handshake;
import dev.selvedge.session.ClientSession;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces are shared with peers, and who is in them. A session that its client put into a
 * namespace by name is in that one. Every other (those of the main namespace, and of other
 * protocols) is in the namespaces that are the paths of its function's routes, so that the function
 * at the route {@code /} has the main namespace; where no function that carries Socket.IO has that
 * route, all that do share it.
 */
public final class PeerNamespaces {
  /**
   * A function that carries Socket.IO.
   *
   * @param routes the paths that lead to it
   * @param namespaces those that its manifest names
   */
  public record Member(String function, List<String> routes, List<String> namespaces) {}

  /** Of each function, those that its main sessions are in. */
  private final Map<String, Set<String>> main = new TreeMap<>();

  /** Of each function, those that what it says goes to. */
  private final Map<String, Set<String>> spoken = new HashMap<>();

  private final Set<String> all = new LinkedHashSet<>();

  public PeerNamespaces(List<Member> members) {
    boolean owned =
        members.stream().anyMatch(member -> member.routes().contains(Handshake.MAIN_NAMESPACE));
    all.add(Handshake.MAIN_NAMESPACE);
    for (Member member : members) {
      Set<String> own = new TreeSet<>(member.routes());
      if (!owned) {
        own.add(Handshake.MAIN_NAMESPACE);
      }
      Set<String> says = new TreeSet<>(own);
      says.addAll(member.namespaces());
      main.put(member.function(), Set.copyOf(own));
      spoken.put(member.function(), says);
      all.addAll(says);
    }
  }

  /** All of them. */
  Set<String> all() {
    return all;
  }

  /** Where what a function says goes; what nobody says goes everywhere. */
  Set<String> of(@Nullable String function) {
    return function == null ? all : spoken.getOrDefault(function, Set.of());
  }

  /** The functions that messages of peers to the servers of a namespace are for, by name. */
  List<String> functions(String namespace) {
    return main.keySet().stream().filter(function -> of(function).contains(namespace)).toList();
  }

  boolean has(String namespace, ClientSession session) {
    String named = session.handshake().namespace();
    return named.equals(Handshake.MAIN_NAMESPACE)
        ? main.getOrDefault(session.function(), Set.of()).contains(namespace)
        : named.equals(namespace);
  }
}

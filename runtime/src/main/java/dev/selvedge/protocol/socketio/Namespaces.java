package dev.selvedge.protocol.socketio;

import dev.selvedge.edge.FunctionRoute;
import dev.selvedge.edge.Origins;
import dev.selvedge.protocol.RouteLookup;
import java.util.Map;
import java.util.Optional;

/** Which function a namespace is served by. */
final class Namespaces {
  private final RouteLookup routes;

  Namespaces(RouteLookup routes) {
    this.routes = routes;
  }

  /**
   * The main namespace is the function of the connection's route. Any other is one that this
   * function names in its manifest, or the function at the route of that name, if its own rules let
   * the page in that the connection comes from.
   *
   * @param headers of the connection's handshake
   */
  Optional<FunctionRoute> find(
      FunctionRoute connected, String namespace, Map<String, String> headers) {
    if (namespace.equals(Packet.MAIN) || connected.namespaces().contains(namespace)) {
      return Optional.of(connected).filter(Namespaces::isServed);
    }
    return routes
        .at(namespace)
        .filter(Namespaces::isServed)
        .filter(route -> Origins.allows(headers, route.origins()));
  }

  private static boolean isServed(FunctionRoute route) {
    return !route.function().isEmpty() && route.protocols().contains(SocketIoProtocol.NAME);
  }
}

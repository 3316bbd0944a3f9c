package dev.selvedge.admin;

import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. Every request of the API carries the token.
 *
 * <p>A web page that a browser on this machine shows may send requests to loopback too, and by
 * giving its own name the address 127.0.0.1 it may even read the answers (DNS rebinding). So a
 * listener on loopback answers only to names of loopback, and requests with an Origin only to their
 * own.
 */
final class Guard {
  private static final String SCHEME = "Bearer ";
  private static final Set<String> LOOPBACK_NAMES =
      Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final String host;
  private final boolean onLoopback;
  private final Supplier<String> token;

  Guard(String host, Supplier<String> token) {
    this.host = host;
    this.onLoopback = LOOPBACK_NAMES.contains(host) || host.startsWith("127.");
    this.token = token;
  }

  void checkHost(RoutingContext ctx) {
    HostAndPort authority = ctx.request().authority();
    String origin = ctx.request().getHeader("origin");
    if (onLoopback && (authority == null || !isLocalName(authority.host()))) {
      Answers.error(ctx, 403, "wrong-host", "this address answers to localhost only");
    } else if (origin != null && !isSame(origin, authority)) {
      Answers.error(ctx, 403, "wrong-origin", origin + " may not use this API");
    } else {
      ctx.next();
    }
  }

  private boolean isLocalName(String name) {
    return LOOPBACK_NAMES.contains(name) || name.equals(host);
  }

  private static boolean isSame(String origin, @Nullable HostAndPort authority) {
    return authority != null
        && (origin.equals("http://" + authority) || origin.equals("https://" + authority));
  }

  void checkToken(RoutingContext ctx) {
    if (hasToken(ctx)) {
      ctx.next();
    } else {
      ctx.response().putHeader("www-authenticate", "Bearer");
      Answers.error(
          ctx,
          401,
          "unauthorized",
          ctx.request().getHeader("authorization") == null
              ? "a token is needed (expected: Authorization: Bearer …)"
              : "the token is not that of this cluster");
    }
  }

  void checkTokenUnlessLocal(RoutingContext ctx) {
    if (isLoopback(ctx.request().remoteAddress())) {
      ctx.next();
    } else {
      checkToken(ctx);
    }
  }

  private boolean hasToken(RoutingContext ctx) {
    String header = ctx.request().getHeader("authorization");
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    // In constant time, so that the time of the answer says nothing about the token.
    return MessageDigest.isEqual(
        header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8),
        token.get().getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isLoopback(@Nullable SocketAddress peer) {
    try {
      // A numeric address: nothing is looked up.
      return peer != null
          && peer.hostAddress() != null
          && InetAddress.getByName(peer.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException notAnAddress) {
      return false;
    }
  }
}

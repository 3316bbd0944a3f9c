package dev.selvedge.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.router.MemberSpec;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.testing.Eventually;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member is drained that has a thousand WebSockets; when each goes, {@code DrainTest} checks. */
@Timeout(300)
class DrainOfManyTest {
  private static final int TUNNELS = 1_000;
  private static final Duration SPREAD = Duration.ofSeconds(10);

  @Test
  void eachOfAThousandTunnelsIsClosedWith1012AtBothEndsAndNoneIsCut() throws Exception {
    List<Integer> atClients = new CopyOnWriteArrayList<>();
    List<Integer> atMember = new CopyOnWriteArrayList<>();
    PoolSpec nobody = PoolSpec.of("pool", List.of());
    try (RelayFixture relay = new RelayFixture(nobody)) {
      HttpServer member =
          RelayFixture.await(
              relay
                  .vertx
                  .createHttpServer()
                  .webSocketHandler(
                      socket ->
                          socket.closeHandler(
                              closed -> atMember.add(code(socket.closeStatusCode()))))
                  .listen(0, "127.0.0.1"));
      relay.pools.apply(
          List.of(nobody.withMembers(List.of(MemberSpec.of("127.0.0.1:" + member.actualPort())))));
      WebSocketClient client =
          relay.vertx.createWebSocketClient(
              new WebSocketClientOptions().setMaxConnections(TUNNELS));
      for (int begun = 0; begun < TUNNELS; begun += 50) {
        List<Future<?>> opening = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          opening.add(
              client
                  .connect(relay.port(), "127.0.0.1", "/")
                  .onSuccess(
                      socket ->
                          socket.closeHandler(
                              closed -> atClients.add(code(socket.closeStatusCode())))));
        }
        RelayFixture.await(Future.all(opening));
      }
      assertEquals(TUNNELS, relay.member().tunnels());

      long before = System.nanoTime();
      assertEquals(TUNNELS, relay.pool().closeTunnels(relay.member(), SPREAD));

      Eventually.until("all clients are told", () -> atClients.size() == TUNNELS);
      long nanos = System.nanoTime() - before;
      Eventually.until("the member is told of all", () -> atMember.size() == TUNNELS);
      relay.untilNothingIsLeft();
      assertEquals(Collections.nCopies(TUNNELS, 1012), atClients);
      assertEquals(Collections.nCopies(TUNNELS, 1012), atMember);
      assertTrue(nanos > SPREAD.toNanos() * 9 / 10, "not earlier than spread: " + nanos);
      assertEquals(dev.selvedge.router.MemberState.UP, relay.member().state());
    }
  }

  /** 1006: it just ended. */
  private static int code(Short told) {
    return told == null ? 1006 : told;
  }
}

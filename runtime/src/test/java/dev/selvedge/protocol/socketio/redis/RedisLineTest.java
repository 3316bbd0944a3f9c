package dev.selvedge.protocol.socketio.redis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.config.SocketIoPeersConfig;
import dev.selvedge.metrics.PeerMeters;
import dev.selvedge.store.RedisServer;
import dev.selvedge.testing.Eventually;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisLineTest {
  private static final String OWN = "own";

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private final PeerMeters meters = new PeerMeters();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final List<RedisLine> lines = new ArrayList<>();
  private RedisServer redis;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.start(directory);
  }

  @AfterEach
  void stop() throws Exception {
    for (RedisLine line : lines) {
      Eventually.value(line.close());
    }
    if (redis != null) {
      redis.close();
    }
    Eventually.value(vertx.close());
  }

  private RedisLine line(int maxUnanswered, Duration beat) throws Exception {
    RedisLine line =
        new RedisLine(
            vertx,
            new SocketIoPeersConfig(
                redis.url(),
                "socket.io",
                SocketIoPeersConfig.Adapter.CLASSIC,
                SocketIoPeersConfig.SubscriptionMode.DYNAMIC,
                Duration.ofSeconds(5),
                false),
            false,
            OWN,
            new RedisLine.Limits(
                Duration.ofSeconds(20),
                beat,
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                maxUnanswered,
                1 << 20),
            meters);
    lines.add(line);
    line.run(() -> listen(line, Subscription.channel(OWN)));
    Eventually.value(line.start());
    assertTrue(line.trouble().isEmpty(), () -> line.trouble().toString());
    return line;
  }

  private void listen(RedisLine line, Subscription to) {
    line.listen(
        to,
        (channel, message) ->
            heard.add(channel + " " + new String(message, StandardCharsets.UTF_8)));
  }

  private static Adapter.Publication publication(String channel, String message) {
    return new Adapter.Publication(channel, message.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void whatIsPublishedIsHeardInOrderByThoseWhoListen() throws Exception {
    RedisLine line = line(100, Duration.ofSeconds(60));
    // The characters of patterns stand for themselves.
    line.run(() -> listen(line, Subscription.prefix("a*[b]?\\#")));
    line.publish(publication("axb\\#1", "not this"));
    line.publish(publication("a*[b]?\\#", "this"));
    line.publish(publication("a*[b]?\\#room#", "and this"));
    line.publish(publication(OWN, "end"));

    Eventually.until("the end", () -> heard.contains("own end"));
    assertEquals(
        List.of("a*[b]?\\# this", "a*[b]?\\#room# and this", "own end"), List.copyOf(heard));
    assertEquals(0, meters.lostCount());

    line.run(() -> line.unlisten(Subscription.prefix("a*[b]?\\#")));
    line.publish(publication("a*[b]?\\#", "nobody hears"));
    line.publish(publication(OWN, "last"));
    Eventually.until("the last", () -> heard.contains("own last"));
    assertEquals(4, heard.size());
  }

  @Test
  void aSilentServerIsGivenUpAndTakenAgain() throws Exception {
    RedisLine line = line(100, Duration.ofMillis(500));

    redis.freeze();
    Eventually.until("it is given up", () -> line.trouble().isPresent());
    redis.thaw();
    Eventually.until("it is back", () -> line.trouble().isEmpty());

    Eventually.until(
        "heard",
        () -> { // on a slow machine it may be given up once more
          line.publish(publication(OWN, "again"));
          return heard.contains("own again");
        });
  }

  @Test
  void whatRedisDoesNotTakeIsBoundedAndCounted() throws Exception {
    RedisLine line = line(10, Duration.ofSeconds(60));

    redis.freeze();
    for (int i = 0; i < 25; i++) {
      line.publish(publication(OWN, "m" + i));
    }
    Eventually.until("some are lost", () -> meters.lostCount() > 0);
    redis.thaw();

    Eventually.until("the others are heard", () -> heard.size() + meters.lostCount() == 25);
    for (int i = 0; i < heard.size(); i++) {
      assertEquals("own m" + i, heard.get(i));
    }
  }
}

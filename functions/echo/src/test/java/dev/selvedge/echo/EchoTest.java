package dev.selvedge.echo;

import static dev.selvedge.function.testing.FakeCluster.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.selvedge.function.Call;
import dev.selvedge.function.spi.FunctionCallbacks;
import dev.selvedge.function.testing.FakeCluster;
import dev.selvedge.function.testing.FakeMessage;
import dev.selvedge.function.testing.FakeSession;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EchoTest {
  private final FakeCluster cluster = new FakeCluster();
  private FunctionCallbacks echo;
  private FakeSession client;

  @BeforeEach
  void start() {
    echo = cluster.host(new Echo());
    client = cluster.connect();
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void sendsBackTheEventAndEveryArgument() {
    Object[] args = {"one", null, 2, new JsonObject().put("three", 3), Buffer.buffer("four")};
    FakeMessage message = FakeMessage.event("count", args);

    await(echo.message(client, message));

    assertEquals(List.of(new FakeSession.Sent("count", Arrays.asList(args))), client.sent());
    assertFalse(message.answer().isComplete());
  }

  @Test
  void repliesToWhoAskedForAReply() {
    FakeMessage message = FakeMessage.request("count", 1, 2);

    await(echo.message(client, message));

    assertEquals(List.of(1, 2), await(message.answer()));
    assertEquals(1, client.sent("count").size());
  }

  @Test
  void answersACallWithItsBody() {
    JsonObject body = new JsonObject().put("a", 1);

    assertEquals(body, await(echo.call(new Call(body, "http", Map.of()))));
    assertEquals(null, await(echo.call(new Call(null, "http", Map.of()))));
  }
}

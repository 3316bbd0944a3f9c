package dev.selvedge.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import dev.selvedge.it.function.Hub;
import dev.selvedge.testing.Eventually;
import dev.selvedge.testing.FunctionJar;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Clients of five kinds at three nodes, in one group in which all of them talk at once. */
class FiveClientsIT {
  private static final String ROOM = "hall";
  private static final int MESSAGES = 10_000;

  /** How many messages go in one post, or to a socket at once, before the function is asked. */
  private static final int BATCH = 100;

  /**
   * How many of a member's messages the slowest may not have heard yet: five times as many are much
   * less than {@code session.outbound-limit}, at which the slowest would be closed.
   */
  private static final int WINDOW = 1_000;

  @RegisterExtension final TestCluster cluster = new TestCluster();

  private final ExecutorService speaking = Executors.newCachedThreadPool();
  private final List<Member> members = new ArrayList<>();
  private final List<String> faults = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void end() throws Exception {
    speaking.shutdownNow();
    for (Member member : members) {
      member.close();
    }
  }

  @Test
  void everyOneOf50000MessagesIsHeardByAllOnceAndInItsSendersOrder() throws Exception {
    List<TestNode> nodes = cluster.start(3);
    TestNode n1 = nodes.get(0);
    TestNode n2 = nodes.get(1);
    TestNode n3 = nodes.get(2);
    cluster.deploy(n1, FunctionJar.of("hub", Hub.class));
    members.add(new RawMember("websocket", cluster.clients().socket(n1, "/hub")));
    members.add(new RawMember("sse", cluster.clients().stream(n2, n3, "/hub")));
    members.add(new RawMember("longpoll", cluster.clients().poll(n3, n1, "/hub")));
    members.add(new SocketIoMember(n2));
    members.add(new SignalRMember(n3));
    for (Member member : members) {
      member.join();
    }

    List<Future<?>> all = new ArrayList<>();
    for (Member member : members) {
      all.add(speaking.submit(() -> sayAll(member)));
    }
    for (Future<?> each : all) {
      each.get(2 * Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    Eventually.until("all have heard all", () -> members.stream().allMatch(this::hasHeardAll));
    // A reply goes behind whatever the node had for the client before: nothing came twice.
    for (Member member : members) {
      member.await();
    }
    assertEquals(List.of(), faults);
  }

  private Void sayAll(Member member) throws Exception {
    for (int last = BATCH; last <= MESSAGES; last += BATCH) {
      int heardByAll = last - WINDOW;
      if (heardByAll > 0) {
        Eventually.until(
            member.name + "'s " + heardByAll + " has been heard by all",
            () -> slowest(member) >= heardByAll);
      }
      assertEquals(List.of(), faults);
      member.say(last - BATCH + 1, last);
      member.await();
    }
    return null;
  }

  private int slowest(Member speaker) {
    return members.stream().mapToInt(hearer -> hearer.lastOf(speaker)).min().orElseThrow();
  }

  private boolean hasHeardAll(Member hearer) {
    assertEquals(List.of(), faults);
    return members.stream().allMatch(speaker -> hearer.lastOf(speaker) == MESSAGES);
  }

  /** One client, and what it has heard. */
  private abstract class Member {
    final String name;

    /** Of each member, by its place in the list, the number that was heard last. */
    private final AtomicIntegerArray heard = new AtomicIntegerArray(5);

    Member(String name) {
      this.name = name;
    }

    abstract void join() throws Exception;

    /** Says these numbers, without waiting. */
    abstract void say(int first, int last) throws Exception;

    /** Returns when the function has handled what was said before. */
    abstract void await() throws Exception;

    abstract void close() throws Exception;

    /** In the order of hearing. */
    final void heard(String speaker, int number) {
      int place = IntStream.range(0, 5).filter(i -> members.get(i).name.equals(speaker)).sum();
      int before = heard.getAndSet(place, number);
      if (number != before + 1) {
        faults.add(name + " heard " + number + " of " + speaker + " after " + before);
      }
    }

    final int lastOf(Member speaker) {
      return heard.get(members.indexOf(speaker));
    }

    final void closedBecause(Object reason) {
      faults.add(name + " was closed: " + reason);
    }
  }

  private static void await(CompletionStage<?> stage) throws Exception {
    stage.toCompletableFuture().get(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private final class RawMember extends Member {
    private final TestClient client;

    RawMember(String name, TestClient client) {
      super(name);
      this.client = client;
      client.onEvent(this::event);
    }

    private void event(JsonObject event) {
      JsonArray args = event.getJsonArray("args");
      heard(args.getString(1), args.getInteger(2));
    }

    @Override
    void join() throws Exception {
      Eventually.value(client.request("join", ROOM));
      client.closed().onSuccess(this::closedBecause);
    }

    @Override
    void say(int first, int last) throws Exception {
      List<JsonObject> batch =
          IntStream.rangeClosed(first, last)
              .mapToObj(n -> TestClient.message("say", ROOM, name, n))
              .toList();
      Eventually.value(client.sendAll(batch));
    }

    @Override
    void await() throws Exception {
      Eventually.value(client.request("nothing"));
    }

    @Override
    void close() {}
  }

  private final class SocketIoMember extends Member {
    private final Socket client;

    SocketIoMember(TestNode node) {
      super("socketio");
      IO.Options options = IO.Options.builder().setForceNew(true).setReconnection(false).build();
      client = IO.socket(URI.create("http://127.0.0.1:" + node.clientPort() + "/hub"), options);
      client.on("said", args -> heard((String) args[1], (Integer) args[2]));
      client.on(Socket.EVENT_DISCONNECT, args -> closedBecause(args[0]));
    }

    @Override
    void join() throws Exception {
      client.connect();
      ask("join", ROOM);
    }

    private void ask(String event, Object... args) throws Exception {
      CompletableFuture<Object> answer = new CompletableFuture<>();
      client.emit(event, args, answer::complete);
      FiveClientsIT.await(answer);
    }

    @Override
    void say(int first, int last) {
      for (int n = first; n <= last; n++) {
        client.emit("say", ROOM, name, n);
      }
    }

    @Override
    void await() throws Exception {
      ask("nothing");
    }

    @Override
    void close() {
      client.off(Socket.EVENT_DISCONNECT);
      client.close();
    }
  }

  private final class SignalRMember extends Member {
    private final HubConnection client;
    private volatile boolean closing;

    SignalRMember(TestNode node) {
      super("signalr");
      client =
          HubConnectionBuilder.create("http://127.0.0.1:" + node.clientPort() + "/hub")
              .withTransport(TransportEnum.WEBSOCKETS)
              .build();
      client.on(
          "said",
          (room, speaker, number) -> heard(speaker, number),
          String.class,
          String.class,
          Integer.class);
      client.onClosed(
          error -> {
            if (!closing) {
              closedBecause(error);
            }
          });
    }

    @Override
    void join() throws Exception {
      FiveClientsIT.await(client.start().toCompletionStage(null));
      FiveClientsIT.await(client.invoke("join", ROOM).toCompletionStage(null));
    }

    @Override
    void say(int first, int last) {
      for (int n = first; n <= last; n++) {
        client.send("say", ROOM, name, n);
      }
    }

    @Override
    void await() throws Exception {
      FiveClientsIT.await(client.invoke("nothing").toCompletionStage(null));
    }

    @Override
    void close() throws Exception {
      closing = true;
      FiveClientsIT.await(client.stop().toCompletionStage(null));
    }
  }
}

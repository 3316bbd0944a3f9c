package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.PeerMessage;
import dev.selvedge.protocol.Calls;
import dev.selvedge.session.LocalSessions;
import dev.selvedge.session.LocalSessions.Seen;
import dev.selvedge.session.LocalSessions.Selection;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.PeerServers.Target;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Does what peers want of this node's sessions, and of its functions. On the line's loop. */
final class Answering {
  private static final CloseReason DISCONNECTED =
      CloseReason.NORMAL.because("io server disconnect");

  /** Where answers go. */
  interface Answers {
    void publish(String namespace, String asker, PeerResponse response);
  }

  private final LocalSessions sessions;
  private final Supplier<PeerNamespaces> namespaces;
  private final Duration timeout;
  private final Calls calls;
  private final Answers answers;

  /** Changes of groups under way: until they are done nobody knows who is in which. */
  private int changing;

  /**
   * @param timeout for requests that do not say how long they wait
   */
  Answering(
      LocalSessions sessions,
      Supplier<PeerNamespaces> namespaces,
      Duration timeout,
      Calls calls,
      Answers answers) {
    this.sessions = sessions;
    this.namespaces = namespaces;
    this.timeout = timeout;
    this.calls = calls;
    this.answers = answers;
  }

  /** Whether anybody may be in a room; sure if not. */
  boolean mayHave(String room) {
    return changing > 0 || sessions.mayHave(room);
  }

  void take(String namespace, FromPeer from) {
    PeerRequest request = from.request();
    if (request instanceof PeerRequest.Broadcast broadcast) {
      sessions.deliver(selection(namespace, broadcast.to()), outbound(broadcast));
    } else if (request instanceof PeerRequest.Join join) {
      join(selection(namespace, join.who()), join.rooms());
    } else if (request instanceof PeerRequest.Leave leave) {
      changed(sessions.leave(selection(namespace, leave.who()), leave.rooms()));
    } else if (request instanceof PeerRequest.Disconnect disconnect) {
      sessions.close(selection(namespace, disconnect.who()), DISCONNECTED, disconnect.connection());
    } else if (request instanceof PeerRequest.AskedBroadcast asked) {
      askClients(namespace, from.uid(), asked);
    } else if (request instanceof PeerRequest.ServerMessage message) {
      tellFunctions(namespace, from.uid(), message);
    } else if (request instanceof PeerRequest.ToOne one) {
      change(namespace, from.uid(), one);
    } else {
      list(namespace, from.uid(), request);
    }
  }

  private Selection selection(String namespace, Target target) {
    PeerNamespaces known = namespaces.get();
    return new Selection(session -> known.has(namespace, session), target);
  }

  private static Outbound outbound(PeerRequest.Broadcast broadcast) {
    String event = event(broadcast.data());
    List<@Nullable Object> args = arguments(broadcast.data());
    return broadcast.isVolatile()
        ? Outbound.volatileEvent(event, args)
        : Outbound.event(event, args);
  }

  private static String event(List<@Nullable Object> data) {
    return String.valueOf(data.get(0));
  }

  private static List<@Nullable Object> arguments(List<@Nullable Object> data) {
    return data.subList(1, data.size());
  }

  private void join(Selection who, List<String> rooms) {
    List<String> usable = rooms.stream().filter(LocalSessions::isGroupName).toList();
    changed(sessions.join(who, usable));
  }

  private void changed(Future<Void> change) {
    changing++;
    change.onComplete(done -> changing--);
  }

  // ---- what is answered

  private void list(String namespace, String asker, PeerRequest request) {
    if (request instanceof PeerRequest.Fetch fetch) {
      list(namespace, asker, fetch.who(), found -> sockets(fetch.requestId(), found));
    } else if (request instanceof PeerRequest.ListIds list) {
      Target who = new Target(list.rooms(), List.of());
      list(namespace, asker, who, found -> ids(list.requestId(), found));
    } else if (request instanceof PeerRequest.ListRooms list) {
      Target all = new Target(List.of(), List.of());
      list(namespace, asker, all, found -> rooms(list.requestId(), found));
    }
  }

  private void list(
      String namespace, String asker, Target who, Function<List<Seen>, PeerResponse> making) {
    sessions
        .find(selection(namespace, who))
        .onSuccess(found -> answers.publish(namespace, asker, making.apply(found)));
  }

  private static PeerResponse sockets(String request, List<Seen> found) {
    return new PeerResponse.Sockets(
        request, found.stream().map(SocketDetailsCodec::encode).toList());
  }

  private static PeerResponse ids(String request, List<Seen> found) {
    return new PeerResponse.SocketIds(request, found.stream().map(Seen::id).toList());
  }

  /** A session is in the room of its own id, too. */
  private static PeerResponse rooms(String request, List<Seen> found) {
    Set<String> rooms = new LinkedHashSet<>();
    for (Seen session : found) {
      rooms.add(session.id());
      rooms.addAll(session.groups());
    }
    return new PeerResponse.Rooms(request, List.copyOf(rooms));
  }

  /** Done, and answered, by who has the socket. */
  private void change(String namespace, String asker, PeerRequest.ToOne one) {
    Selection who = selection(namespace, new Target(List.of(one.socket()), List.of()));
    sessions
        .find(who)
        .onSuccess(
            found -> {
              if (!found.isEmpty()) {
                change(who, one.change());
                answers.publish(namespace, asker, new PeerResponse.Done(one.requestId()));
              }
            });
  }

  private void change(Selection who, PeerRequest.Change change) {
    if (change instanceof PeerRequest.Change.Join join) {
      join(who, List.of(join.room()));
    } else if (change instanceof PeerRequest.Change.Leave leave) {
      changed(sessions.leave(who, List.of(leave.room())));
    } else if (change instanceof PeerRequest.Change.Disconnect disconnect) {
      sessions.close(who, DISCONNECTED, disconnect.connection());
    }
  }

  /**
   * Says how many clients it asks, and then what each answers; who does not answer is no answer.
   */
  private void askClients(String namespace, String asker, PeerRequest.AskedBroadcast asked) {
    Duration patience =
        asked.timeoutMillis() > 0 ? Duration.ofMillis(asked.timeoutMillis()) : timeout;
    sessions
        .request(
            selection(namespace, asked.to()),
            patience,
            event(asked.data()),
            arguments(asked.data()))
        .onSuccess(
            each -> {
              int count = each.answers().size();
              answers.publish(
                  namespace, asker, new PeerResponse.ClientCount(asked.requestId(), count));
              for (Future<List<@Nullable Object>> answer : each.answers()) {
                answer.onSuccess(values -> clientAnswered(namespace, asker, asked, values));
              }
            });
  }

  private void clientAnswered(
      String namespace,
      String asker,
      PeerRequest.AskedBroadcast asked,
      List<@Nullable Object> values) {
    Object first = values.isEmpty() ? null : values.get(0);
    answers.publish(namespace, asker, new PeerResponse.ClientAnswer(asked.requestId(), first));
  }

  /** Each function of the namespace is told; the first one's answer is the answer. */
  private void tellFunctions(String namespace, String asker, PeerRequest.ServerMessage message) {
    PeerMessage told = new PeerMessage(event(message.data()), arguments(message.data()), namespace);
    Future<@Nullable Object> answer = null;
    for (String function : namespaces.get().functions(namespace)) {
      Future<@Nullable Object> one =
          calls.call(function, told.toCall()).otherwise(Answering::failure);
      answer = answer == null ? one : answer;
    }
    String id = message.requestId();
    if (id != null) {
      (answer == null ? Future.<@Nullable Object>succeededFuture() : answer)
          .onSuccess(
              value ->
                  answers.publish(
                      namespace, asker, new PeerResponse.ServerAnswer(id, value, false)));
    }
  }

  /** As clients of Socket.IO see a failure: {@code {"error":{"code":…,"text":…}}}. */
  private static Object failure(Throwable why) {
    FunctionException told =
        why instanceof FunctionException known
            ? known
            : new FunctionException("internal", "the function failed");
    JsonObject error = new JsonObject().put("code", told.code()).put("text", told.text());
    return new JsonObject().put("error", error);
  }

  /** A question of another node of this cluster: it counts this one, and has asked it already. */
  void takeFromSibling(String namespace, FromPeer from) {
    PeerRequest request = from.request();
    if (request instanceof PeerRequest.Fetch fetch) {
      answers.publish(
          namespace, from.uid(), new PeerResponse.Sockets(fetch.requestId(), List.of()));
    } else if (request instanceof PeerRequest.AskedBroadcast asked) {
      answers.publish(namespace, from.uid(), new PeerResponse.ClientCount(asked.requestId(), 0));
    } else if (request instanceof PeerRequest.ServerMessage message
        && message.requestId() != null) {
      answers.publish(
          namespace, from.uid(), new PeerResponse.ServerAnswer(message.requestId(), null, true));
    }
  }
}

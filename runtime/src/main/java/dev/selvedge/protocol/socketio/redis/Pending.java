package dev.selvedge.protocol.socketio.redis;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Groups;
import dev.selvedge.function.Peers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers of peers to a question, as far as they have come. Confined to the line's loop.
 *
 * @param <T> what becomes of them
 */
interface Pending<T> {
  /** Takes an answer; tells whether it was the last one. */
  boolean take(PeerResponse response);

  /** What there is so far. */
  T result();

  /** The failure if the time is over now; null if what there is so far will do. */
  default @Nullable FunctionException lateness() {
    return null;
  }

  /** Clients of the peers. */
  final class Listing implements Pending<List<Peers.Client>> {
    private final List<Peers.Client> found = new ArrayList<>();
    private final String namespace;
    private final Duration timeout;
    private int missing;

    Listing(String namespace, int servers, Duration timeout) {
      this.namespace = namespace;
      this.missing = servers;
      this.timeout = timeout;
    }

    @Override
    public boolean take(PeerResponse response) {
      if (response instanceof PeerResponse.Sockets sockets) {
        sockets
            .sockets()
            .forEach(socket -> SocketDetailsCodec.decode(socket, namespace).ifPresent(found::add));
      }
      return --missing == 0;
    }

    @Override
    public List<Peers.Client> result() {
      return List.copyOf(found);
    }

    @Override
    public FunctionException lateness() {
      return new FunctionException(
          "timeout", missing + " peers did not answer within " + timeout.toMillis() + " ms");
    }
  }

  /** Answers of the servers themselves. */
  final class OfServers implements Pending<Peers.Answers> {
    private final List<@Nullable Object> answers = new ArrayList<>();
    private int missing;

    OfServers(int servers) {
      this.missing = servers;
    }

    @Override
    public boolean take(PeerResponse response) {
      if (!(response instanceof PeerResponse.ServerAnswer answer)) {
        return false;
      }
      if (!answer.fromSibling()) {
        answers.add(answer.data());
      }
      return --missing == 0;
    }

    @Override
    public Peers.Answers result() {
      return new Peers.Answers(new ArrayList<>(answers), missing);
    }
  }

  /** Answers of clients: each server says how many it asks, and passes on what they answer. */
  final class OfClients implements Pending<Groups.Answers> {
    private final List<Groups.Answer> answers = new ArrayList<>();
    private int silentServers;
    private int asked;

    OfClients(int servers) {
      this.silentServers = servers;
    }

    @Override
    public boolean take(PeerResponse response) {
      if (response instanceof PeerResponse.ClientCount count) {
        silentServers--;
        asked += count.count();
      } else if (response instanceof PeerResponse.ClientAnswer answer) {
        answers.add(new Groups.Answer("", Asking.one(answer.value())));
      }
      return silentServers <= 0 && answers.size() >= asked;
    }

    @Override
    public Groups.Answers result() {
      return new Groups.Answers(List.copyOf(answers), Math.max(0, asked - answers.size()));
    }
  }
}

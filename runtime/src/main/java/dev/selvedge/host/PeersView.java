package dev.selvedge.host;

import dev.selvedge.function.Peers;
import dev.selvedge.session.PeerServers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The peers as a function sees them. Any thread. */
final class PeersView implements Peers {
  private final PeerServers servers;
  private final String function;

  PeersView(PeerServers servers, String function) {
    this.servers = servers;
    this.function = function;
  }

  @Override
  public Future<Void> send(String event, @Nullable Object... args) {
    servers.send(function, event, Values.listOf(args));
    return Future.succeededFuture();
  }

  @Override
  public Future<Answers> request(Duration timeout, String event, @Nullable Object... args) {
    Reach.requireTimeout(timeout);
    return servers.ask(function, timeout, event, Values.listOf(args));
  }

  @Override
  public Future<List<Client>> clients(String group) {
    return servers.clients(function, new PeerServers.Target(List.of(group), List.of()));
  }

  @Override
  public Future<List<Client>> clients() {
    return servers.clients(function, new PeerServers.Target(List.of(), List.of()));
  }
}

package dev.selvedge.deploy;

import dev.selvedge.deploy.DeployException.Reason;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Node;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gets artifacts from the peers that have them, piece by piece, and gives them. Confined to lane 0;
 * files are touched on workers.
 */
final class ArtifactExchange {
  private static final Logger LOG = System.getLogger(ArtifactExchange.class.getName());
  private static final String SERVICE = "artifact";
  private static final int PIECE = 60 * 1024;
  private static final int HEADER = Long.BYTES;
  private static final long PIECE_TIMEOUT_MILLIS = 5_000;

  private final Fabric fabric;
  private final ArtifactStore store;
  private final WorkerExecutor files;
  private final long maxArtifactBytes;
  private final Map<String, Future<Path>> fetching = new HashMap<>();

  ArtifactExchange(
      Fabric fabric, ArtifactStore store, WorkerExecutor files, long maxArtifactBytes) {
    this.fabric = fabric;
    this.store = store;
    this.files = files;
    this.maxArtifactBytes = maxArtifactBytes;
  }

  Path path(String sha256) {
    return store.path(sha256);
  }

  void serve() {
    fabric.serve(SERVICE, this::answer);
  }

  /** The total length and the piece from an offset on; fails if the artifact is not here. */
  private Future<Buffer> answer(Buffer question) {
    JsonObject asked = question.toJsonObject();
    String sha256 = asked.getString("sha256");
    long offset = asked.getLong("offset");
    return files.executeBlocking(() -> read(sha256, offset), false);
  }

  private Buffer read(String sha256, long offset) throws IOException {
    if (!store.has(sha256)) {
      throw new DeployException(Reason.UNAVAILABLE, "artifact " + sha256 + " is not here");
    }
    try (FileChannel channel = FileChannel.open(store.path(sha256), StandardOpenOption.READ)) {
      long length = channel.size();
      ByteBuffer piece = ByteBuffer.allocate((int) Math.max(0, Math.min(PIECE, length - offset)));
      while (piece.hasRemaining() && channel.read(piece, offset + piece.position()) >= 0) {}
      return Buffer.buffer().appendLong(length).appendBytes(piece.array(), 0, piece.position());
    }
  }

  /**
   * The verified artifact on this node's disk, fetched from a peer if it is not there yet. Only one
   * fetch of an artifact goes on at a time.
   */
  Future<Path> obtain(String sha256) {
    Future<Path> running = fetching.get(sha256);
    if (running != null) {
      return running;
    }
    Future<Path> obtained =
        files
            .executeBlocking(() -> store.verify(sha256), false)
            .compose(
                here ->
                    here
                        ? Future.succeededFuture(store.path(sha256))
                        : fetch(
                            sha256,
                            new ArrayList<>(fabric.membership().peers()),
                            new ArrayList<>()));
    fetching.put(sha256, obtained);
    obtained.onComplete(done -> fetching.remove(sha256, obtained));
    return obtained;
  }

  private Future<Path> fetch(String sha256, List<Node> peers, List<String> failures) {
    if (peers.isEmpty()) {
      return Future.failedFuture(
          new DeployException(
              Reason.UNAVAILABLE,
              "artifact "
                  + sha256
                  + " is on no live node"
                  + (failures.isEmpty() ? "" : ": " + String.join("; ", failures))));
    }
    Node peer = peers.remove(0);
    return fetchFrom(peer, sha256)
        .recover(
            failure -> {
              LOG.log(
                  Level.DEBUG,
                  () -> "artifact not from peer sha256=" + sha256 + " node=" + peer.id(),
                  failure);
              failures.add("node " + peer.id() + ": " + failure.getMessage());
              return fetch(sha256, peers, failures);
            });
  }

  private Future<Path> fetchFrom(Node peer, String sha256) {
    return piece(peer, sha256, 0)
        .compose(
            first ->
                files
                    .executeBlocking(store::newPart, false)
                    .compose(
                        part ->
                            append(peer, sha256, part, first, 0)
                                .compose(
                                    whole ->
                                        files.executeBlocking(
                                            () -> store.keep(part, sha256), false))
                                .onFailure(failed -> discard(part))));
  }

  private void discard(Path part) {
    files
        .executeBlocking(() -> Files.deleteIfExists(part), false)
        .onFailure(failure -> LOG.log(Level.WARNING, "part not deleted file=" + part, failure));
  }

  /** Writes a piece, then asks for the next until the announced length is there. */
  private Future<Void> append(Node peer, String sha256, Path part, Buffer answer, long offset) {
    long length = answer.getLong(0);
    long next = offset + answer.length() - HEADER;
    if (length > maxArtifactBytes || next > length || next == offset && next < length) {
      return Future.failedFuture(
          new DeployException(
              Reason.UPLOAD_CUT,
              "node " + peer.id() + " sent a piece that ends at " + next + " of " + length));
    }
    byte[] bytes = answer.getBytes(HEADER, answer.length());
    return files
        .executeBlocking(() -> Files.write(part, bytes, StandardOpenOption.APPEND), false)
        .compose(
            written ->
                next == length
                    ? Future.succeededFuture()
                    : piece(peer, sha256, next)
                        .compose(more -> append(peer, sha256, part, more, next)));
  }

  private Future<Buffer> piece(Node peer, String sha256, long offset) {
    JsonObject question = new JsonObject().put("sha256", sha256).put("offset", offset);
    return fabric.request(peer.id(), SERVICE, question.toBuffer(), PIECE_TIMEOUT_MILLIS);
  }
}

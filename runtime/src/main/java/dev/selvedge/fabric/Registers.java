package dev.selvedge.fabric;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A small cluster-wide map of JSON documents, each with a revision; the highest revision wins when
 * nodes that were apart meet again. A deleted document stays as a tombstone document, by the
 * owner's convention. Futures complete on the caller's context.
 */
public interface Registers {
  /** A document and its revision, 1 for the first. */
  record Entry(long revision, JsonObject document) {}

  Future<Optional<Entry>> get(String key);

  Future<Map<String, Entry>> entries();

  /**
   * Writes revision {@code expectedRevision + 1} if the present one is {@code expectedRevision} (0
   * for none); tells whether it did.
   */
  Future<Boolean> compareAndSet(String key, long expectedRevision, JsonObject document);

  /**
   * Offers an entry remembered from elsewhere (a disk): it is taken if its revision is higher than
   * the present one. Returns what stands then.
   */
  Future<Entry> offer(String key, Entry entry);

  /** Called on lane 0 after every change, this node's own included; also after a merge. */
  void onChange(BiConsumer<String, Entry> listener);
}

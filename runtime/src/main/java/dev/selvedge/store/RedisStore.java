package dev.selvedge.store;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store in Redis: the key {@code selvedge:<store>:<key>} holds the value's JSON as a string, for
 * other programs to read. Each operation is one command or one script.
 */
final class RedisStore implements RawStore {
  private static final int SCAN_COUNT = 512;
  private static final byte[] NONE = {'0'};
  private static final byte[] SOME = {'1'};
  private static final byte[] EMPTY = {};

  /** Expected and update come as a pair each: whether there is one, and the value. */
  private static final RedisScript COMPARE_AND_SET =
      new RedisScript(
          """
          local now = redis.call('GET', KEYS[1])
          local expected = ARGV[1] == '1' and ARGV[2]
          if now ~= expected then return 0 end
          if ARGV[3] == '1' then redis.call('SET', KEYS[1], ARGV[4])
          else redis.call('DEL', KEYS[1]) end
          return 1
          """);

  /** What a server says that cannot serve now but may soon. */
  private static final List<String> NOT_NOW =
      List.of("LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "NOREPLICAS");

  private final RedisLink link;
  private final String prefix;

  RedisStore(RedisLink link, String name) {
    this.link = link;
    this.prefix = StoreNames.REDIS_PREFIX + StoreNames.prefix(name);
  }

  @Override
  public Future<byte @Nullable []> get(String key) {
    return answer(send(Request.cmd(Command.GET).arg(prefix + key)), RedisStore::bytes);
  }

  @Override
  public Future<Void> put(String key, byte[] value, long ttlMillis) {
    return answer(send(set(key, value, ttlMillis)), done -> null);
  }

  @Override
  public Future<Boolean> putIfAbsent(String key, byte[] value, long ttlMillis) {
    return answer(send(set(key, value, ttlMillis).arg("NX")), done -> done != null);
  }

  @Override
  public Future<Boolean> compareAndSet(
      String key, byte @Nullable [] expected, byte @Nullable [] update) {
    List<byte[]> args =
        List.of(
            expected == null ? NONE : SOME,
            expected == null ? EMPTY : expected,
            update == null ? NONE : SOME,
            update == null ? EMPTY : update);
    return answer(COMPARE_AND_SET.run(link, prefix + key, args), RedisStore::isOne);
  }

  @Override
  public Future<Long> increment(String key, long delta) {
    return send(Request.cmd(Command.INCRBY).arg(prefix + key).arg(delta))
        .map(sum -> sum == null ? 0L : sum.toLong())
        .recover(failure -> Future.failedFuture(explainedIncrement(key, delta, failure)));
  }

  @Override
  public Future<Boolean> remove(String key) {
    return answer(send(Request.cmd(Command.DEL).arg(prefix + key)), RedisStore::isOne);
  }

  @Override
  public Future<List<String>> keys(String keyPrefix) {

    Set<String> found = new LinkedHashSet<>();
    return scan("0", globOf(prefix + keyPrefix), found).map(done -> List.copyOf(found));
  }

  /** SCAN goes through the key space in steps and may name a key twice; KEYS would block it. */
  private Future<Void> scan(String cursor, String pattern, Set<String> found) {
    Request step =
        Request.cmd(Command.SCAN)
            .arg(cursor)
            .arg("MATCH")
            .arg(pattern)
            .arg("COUNT")
            .arg(SCAN_COUNT);
    return answer(send(step), Function.identity())
        .compose(
            page -> {
              if (page == null) {
                return Future.failedFuture(StoreFailures.refused("redis: no answer to SCAN"));
              }
              page.get(1).forEach(key -> found.add(key.toString().substring(prefix.length())));
              String next = page.get(0).toString();
              return next.equals("0") ? Future.succeededFuture() : scan(next, pattern, found);
            });
  }

  private Request set(String key, byte[] value, long ttlMillis) {
    Request set = Request.cmd(Command.SET).arg(prefix + key).arg(value);
    return ttlMillis == FOREVER ? set : set.arg("PX").arg(ttlMillis);
  }

  private Future<@Nullable Response> send(Request request) {
    return link.send(request);
  }

  private static <T> Future<T> answer(
      Future<@Nullable Response> response, Function<@Nullable Response, T> reading) {
    return response.map(reading).recover(failure -> Future.failedFuture(explained(failure)));
  }

  private static Throwable explained(Throwable failure) {
    if (!(failure instanceof ErrorType error)) {
      return failure;
    }
    String text = "redis: " + error.getMessage();
    return NOT_NOW.stream().anyMatch(error::is)
        ? StoreFailures.unavailable(text)
        : StoreFailures.refused(text);
  }

  private static Throwable explainedIncrement(String key, long delta, Throwable failure) {
    String text = failure instanceof ErrorType error ? String.valueOf(error.getMessage()) : "";
    if (text.contains("would overflow")) {
      return StoreFailures.outOfRange(key, delta);
    }
    return text.contains("not an integer") ? StoreFailures.notANumber(key) : explained(failure);
  }

  private static byte @Nullable [] bytes(@Nullable Response value) {
    Buffer buffer = value == null ? null : value.toBuffer();
    return buffer == null ? null : buffer.getBytes();
  }

  private static boolean isOne(@Nullable Response count) {
    return count != null && count.toLong() == 1;
  }

  private static String globOf(String literal) {
    return literal.replaceAll("([\\\\*?\\[\\]])", "\\\\$1") + "*";
  }
}

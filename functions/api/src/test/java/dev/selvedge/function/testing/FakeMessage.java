package dev.selvedge.function.testing;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.streams.ReadStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A message from a client, and the answer that it got. */
public final class FakeMessage implements Message {
  private final String event;
  private final List<@Nullable Object> args;
  private final boolean expectsReply;
  private final boolean redelivered;
  private final Promise<List<@Nullable Object>> answer = Promise.promise();

  private FakeMessage(
      String event, List<@Nullable Object> args, boolean expectsReply, boolean redelivered) {
    this.event = event;
    this.args = args;
    this.expectsReply = expectsReply;
    this.redelivered = redelivered;
  }

  /** A message that waits for an answer. */
  public static FakeMessage request(String event, @Nullable Object... args) {
    return new FakeMessage(event, listOf(args), true, false);
  }

  /** A message that does not. */
  public static FakeMessage event(String event, @Nullable Object... args) {
    return new FakeMessage(event, listOf(args), false, false);
  }

  /** The same message, as an instance sees it after the death of the one that had it. */
  public FakeMessage again() {
    return new FakeMessage(event, args, expectsReply, true);
  }

  /** The answer, once there is one. */
  public Future<List<@Nullable Object>> answer() {
    return answer.future();
  }

  @Override
  public String event() {
    return event;
  }

  @Override
  public List<@Nullable Object> args() {
    return args;
  }

  @Override
  public boolean expectsReply() {
    return expectsReply;
  }

  @Override
  public boolean redelivered() {
    return redelivered;
  }

  @Override
  public Future<Void> reply(@Nullable Object... values) {
    answer.tryComplete(listOf(values));
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> fail(FunctionException error) {
    answer.tryFail(error);
    return Future.succeededFuture();
  }

  @Override
  public boolean expectsStream() {
    return false;
  }

  @Override
  public Future<Void> stream(ReadStream<?> items) {
    return items.collect(Collectors.toList()).compose(all -> reply(new JsonArray(all)));
  }

  @Override
  public List<ReadStream<@Nullable Object>> streams() {
    return List.of();
  }

  private static List<@Nullable Object> listOf(@Nullable Object... values) {
    return Collections.unmodifiableList(Arrays.asList(values));
  }
}

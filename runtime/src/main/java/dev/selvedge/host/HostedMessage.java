package dev.selvedge.host;

import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.session.ClientMessage;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.streams.ReadStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A message as function code sees it. Any thread. */
final class HostedMessage implements Message {
  private final ToFunction.Inbound inbound;
  private final EdgeLink edge;
  private final Instance instance;
  private final Supplier<HostedStreams> streams;
  private final @Nullable AtomicBoolean answered;

  /**
   * @param streams those of the session
   */
  HostedMessage(
      ToFunction.Inbound inbound,
      EdgeLink edge,
      Instance instance,
      Supplier<HostedStreams> streams) {
    this.inbound = inbound;
    this.edge = edge;
    this.instance = instance;
    this.streams = streams;
    this.answered = said().replyTo() >= 0 ? new AtomicBoolean() : null;
  }

  private ClientMessage said() {
    return inbound.message();
  }

  long sequence() {
    return inbound.sequence();
  }

  @Override
  public String event() {
    return said().event();
  }

  @Override
  public List<@Nullable Object> args() {
    return said().args();
  }

  @Override
  public boolean expectsReply() {
    return answered != null;
  }

  @Override
  public boolean redelivered() {
    return inbound.redelivered();
  }

  // ---- one answer

  @Override
  public Future<Void> reply(@Nullable Object... args) {
    return answer(Outbound.reply(said().replyTo(), Values.listOf(args)));
  }

  @Override
  public Future<Void> fail(FunctionException error) {
    return answer(Outbound.error(said().replyTo(), Failures.toClient(error)));
  }

  private Future<Void> answer(Outbound message) {
    return claimAnswer() ? post(message) : Future.succeededFuture();
  }

  private boolean claimAnswer() {
    return answered != null && answered.compareAndSet(false, true);
  }

  private Future<Void> post(Outbound answer) {
    if (said().hasStreams()) {
      streams.get().abandon(said().streams());
      streams.get().answered(said().replyTo());
    }
    return edge.post(new ToClient.Reply(inbound.session(), sequence(), answer));
  }

  /** Answers a client that waits for a reply with what went wrong. */
  void answerFailure(Throwable failure) {
    answer(Outbound.error(said().replyTo(), Failures.toClient(failure)));
  }

  // ---- streams

  @Override
  public List<ReadStream<@Nullable Object>> streams() {
    return said().streams().isEmpty() ? List.of() : streams.get().of(said().streams());
  }

  @Override
  public boolean expectsStream() {
    return said().wantsStream() && expectsReply();
  }

  @Override
  public Future<Void> stream(ReadStream<?> items) {
    if (!claimAnswer()) {
      OutStream.detach(items);
      return Future.failedFuture(
          new FunctionException("cancelled", "nobody waits for this stream"));
    }
    if (!said().wantsStream()) {
      return new OutStream(items, new Gathering(), Integer.MAX_VALUE).start();
    }
    OutStream answer = new OutStream(items, new Passing(), ToFunction.STREAM_WINDOW);
    streams.get().answering(said().replyTo(), answer);
    return answer.start();
  }

  /** Items go to the client one by one. */
  private final class Passing implements OutStream.Sink {
    @Override
    public void item(@Nullable Object value) {
      Outbound item = Outbound.item(said().replyTo(), value);
      edge.post(new ToClient.Deliver(inbound.session(), item, 0));
    }

    @Override
    public Future<Void> end(@Nullable Throwable failure) {
      return post(
          Outbound.end(said().replyTo(), failure == null ? null : Failures.toClient(failure)));
    }
  }

  /** Items go to the client all at once, as a JSON array within bounds. */
  private final class Gathering implements OutStream.Sink {
    private static final int MAX_ITEMS = 1_000;
    private static final int MAX_BYTES = 1024 * 1024;

    private final JsonArray items = new JsonArray();
    private long bytes;

    @Override
    public void item(@Nullable Object value) {
      if (fits()) {
        items.add(value);
        bytes += value == null ? 4 : value.toString().length();
      }
    }

    private boolean fits() {
      return items.size() <= MAX_ITEMS && bytes <= MAX_BYTES;
    }

    @Override
    public Future<Void> end(@Nullable Throwable failure) {
      if (failure != null) {
        return post(Outbound.error(said().replyTo(), Failures.toClient(failure)));
      }
      if (!fits()) {
        return end(new FunctionException("too-many-items", "the stream is too long for one reply"));
      }
      return post(Outbound.reply(said().replyTo(), Values.listOf(items)));
    }
  }

  @Override
  public String toString() {
    return "message " + event() + " #" + sequence();
  }
}

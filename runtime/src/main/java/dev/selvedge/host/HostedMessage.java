package dev.selvedge.host;

import dev.selvedge.fabric.NodeId;
import dev.selvedge.function.Message;
import dev.selvedge.session.Outbound;
import dev.selvedge.session.ReplyError;
import dev.selvedge.session.ToClient;
import dev.selvedge.session.ToFunction;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A message as function code sees it. Any thread. */
final class HostedMessage implements Message {
  private final ToFunction.Inbound inbound;
  private final NodeId edge;
  private final Instance instance;
  private final @Nullable AtomicBoolean answered;

  HostedMessage(ToFunction.Inbound inbound, NodeId edge, Instance instance) {
    this.inbound = inbound;
    this.edge = edge;
    this.instance = instance;
    this.answered = inbound.replyTo() >= 0 ? new AtomicBoolean() : null;
  }

  long sequence() {
    return inbound.sequence();
  }

  @Override
  public String event() {
    return inbound.event();
  }

  @Override
  public List<@Nullable Object> args() {
    return inbound.args();
  }

  @Override
  public boolean expectsReply() {
    return answered != null;
  }

  @Override
  public boolean redelivered() {
    return inbound.redelivered();
  }

  @Override
  public Future<Void> reply(@Nullable Object... args) {
    return answer(Outbound.reply(inbound.replyTo(), Values.listOf(args)));
  }

  @Override
  public Future<Void> fail(String code, String text) {
    return answer(Outbound.error(inbound.replyTo(), new ReplyError(code, text, null)));
  }

  private Future<Void> answer(Outbound message) {
    if (answered == null || !answered.compareAndSet(false, true)) {
      return Future.succeededFuture();
    }
    return instance.post(edge, new ToClient.Reply(inbound.session(), sequence(), message));
  }

  /** Answers a client that waits for a reply with what went wrong. */
  void answerFailure(Throwable failure) {
    answer(Outbound.error(inbound.replyTo(), Failures.toClient(failure)));
  }

  @Override
  public String toString() {
    return "message " + event() + " #" + sequence();
  }
}

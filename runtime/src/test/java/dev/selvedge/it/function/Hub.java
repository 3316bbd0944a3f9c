package dev.selvedge.it.function;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.EdgeFunction;
import dev.selvedge.function.FunctionException;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.streams.ReadStream;
import java.time.Duration;

/** Does what its client asks for: everything that a hub can do. */
public final class Hub extends EdgeFunction {
  @Override
  protected Future<?> onOpen(Session client) {
    return client.handshake().parameter("refuse") == null
        ? Future.succeededFuture()
        : Future.failedFuture(new FunctionException("banned", "you are banned"));
  }

  @Override
  protected Future<?> onMessage(Session client, Message message) {
    return switch (message.event()) {
      case "echo" -> message.reply(message.args().toArray());
      case "add" -> message.reply(message.arg(0, Integer.class) + message.arg(1, Integer.class));
      case "nothing" -> message.reply();
      case "bytes" -> message.reply(Buffer.buffer(new byte[] {0, -1, 30}));
      case "length" -> message.reply(message.binary().length());
      case "whoami" -> message.reply(describe(client));
      case "tell" -> client.send("told", message.args().toArray());
      case "fail" -> Future.failedFuture(new FunctionException("sold-out", "no more"));
      case "crash" -> throw new IllegalStateException("not for clients");
      case "count" -> stream(client, message, new Count(message.arg(0, Integer.class), false));
      case "tear" -> stream(client, message, new Count(message.arg(0, Integer.class), true));
      case "sum" -> sum(message);
      case "ask" -> ask(client, message);
      case "join" -> client.join(message.text()).compose(joined -> message.reply());
      case "say" -> groups().publish(message.text(), "said", message.args().toArray());
      case "close" -> client.close(CloseReason.of(message.arg(0, Integer.class)).orElseThrow());
      default -> Future.failedFuture(new FunctionException("no-such-event", message.event()));
    };
  }

  private static JsonObject describe(Session client) {
    String header = client.handshake().header("authorization");
    String token = client.handshake().parameter("access_token");
    return new JsonObject()
        .put("id", client.id())
        .put("transport", client.transport().word())
        .put("protocol", client.protocol())
        .put("token", header == null ? token : header.replace("Bearer ", ""));
  }

  private static Future<?> stream(Session client, Message message, ReadStream<?> items) {
    message.stream(items)
        .onFailure(why -> client.send("stopped", ((FunctionException) why).code()));
    return Future.succeededFuture();
  }

  private static Future<?> sum(Message message) {
    ReadStream<Object> items = message.streams().get(0);
    Promise<Void> read = Promise.promise();
    int[] sum = {0};
    items.exceptionHandler(read::tryFail);
    items.endHandler(end -> message.reply(sum[0]).onComplete(read));
    items.handler(item -> sum[0] += ((Number) item).intValue());
    items.resume();
    return read.future();
  }

  private static Future<?> ask(Session client, Message message) {
    client
        .request(Duration.ofSeconds(60), message.text())
        .onSuccess(answer -> message.reply(answer.toArray()))
        .onFailure(why -> message.fail("client", why.getMessage()));
    return Future.succeededFuture();
  }

  /** 1, 2, 3…, one each millisecond. */
  private static final class Count implements ReadStream<Object> {
    private final Context context = Vertx.currentContext();
    private final int last;
    private final boolean fails;
    private int next = 1;
    private long demand = Long.MAX_VALUE;
    private boolean scheduled;
    private Handler<Object> handler;
    private Handler<Throwable> failed;
    private Handler<Void> ended;

    Count(int last, boolean fails) {
      this.last = last;
      this.fails = fails;
    }

    private void schedule() {
      if (!scheduled && handler != null && demand > 0) {
        scheduled = true;
        context.owner().setTimer(1, timer -> emit());
      }
    }

    private void emit() {
      scheduled = false;
      if (handler == null || demand == 0) {
        return;
      }
      if (next <= last) {
        demand = demand == Long.MAX_VALUE ? demand : demand - 1;
        handler.handle(next++);
        schedule();
      } else if (fails) {
        failed.handle(new FunctionException("torn", "it tore"));
      } else {
        ended.handle(null);
      }
    }

    @Override
    public ReadStream<Object> handler(Handler<Object> items) {
      handler = items;
      schedule();
      return this;
    }

    @Override
    public ReadStream<Object> exceptionHandler(Handler<Throwable> failure) {
      failed = failure;
      return this;
    }

    @Override
    public ReadStream<Object> endHandler(Handler<Void> end) {
      ended = end;
      return this;
    }

    @Override
    public ReadStream<Object> pause() {
      demand = 0;
      return this;
    }

    @Override
    public ReadStream<Object> resume() {
      return fetch(Long.MAX_VALUE);
    }

    @Override
    public ReadStream<Object> fetch(long amount) {
      demand = demand + amount < 0 ? Long.MAX_VALUE : demand + amount;
      schedule();
      return this;
    }
  }
}

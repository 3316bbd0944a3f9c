package dev.selvedge.host;

import dev.selvedge.fabric.Lane;
import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Handshake;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.function.Transport;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Outbound;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import java.util.List;
import java.util.Map;

/**
 * One client of a session whose function sends everything back, without a socket: a message goes
 * from the edge's session to the hosted one, to the function, and back. One is under way at a time.
 */
final class EchoLoop implements ClientPort, AutoCloseable {
  private final Workbench bench;
  private final Lane lane;
  private final List<Object> args = List.of("x".repeat(64));
  private ClientSession session;
  private Promise<Void> done = Promise.promise();
  private int left;
  private int owed;
  private boolean sending;

  EchoLoop() throws Exception {
    bench = new Workbench();
    lane = bench.fabric.lane(0);
    bench.serve(1, ThreadingModel.EVENT_LOOP, () -> new Echo(bench));
    Promise<Void> opened = Promise.promise();
    lane.run(
        () -> {
          session =
              bench.sessions.open(
                  lane,
                  Workbench.FUNCTION,
                  "raw",
                  new Handshake("/tested", Map.of(), Map.of(), "127.0.0.1"),
                  null,
                  this);
          opened.complete();
        });
    Workbench.get(opened.future());
  }

  private static final class Echo extends Workbench.Tested {
    Echo(Workbench bench) {
      super(bench);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      return client.send(message.event(), message.args().toArray());
    }
  }

  /** Blocks until so many messages have come back, one after the other. */
  void exchange(int messages) {
    Promise<Void> all = Promise.promise();
    lane.run(
        () -> {
          done = all;
          left = messages;
          owed = 1;
          sendOwed();
        });
    Workbench.get(all.future());
  }

  /** In a loop, and not from within: on one lane, a message may be back before the call returns. */
  private void sendOwed() {
    if (sending) {
      return;
    }
    sending = true;
    while (owed > 0) {
      owed--;
      session.receive("echo", args, -1);
    }
    sending = false;
  }

  @Override
  public void send(Outbound message) {
    if (--left == 0) {
      done.complete();
    } else {
      owed++;
      sendOwed();
    }
  }

  @Override
  public Transport transport() {
    return Transport.WEBSOCKET;
  }

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public void close(CloseReason reason) {
    done.tryFail("closed: " + reason);
  }

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}

  @Override
  public void close() {
    bench.close();
  }
}

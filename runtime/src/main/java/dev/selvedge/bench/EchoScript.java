package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Sends messages and takes the time until they come back. */
final class EchoScript implements Script {
  private final ByteBuf frame;
  private final int length;
  private final Bench.Echo echo;
  private final List<Client> clients = new ArrayList<>();
  private final Tally tally = new Tally();
  private @Nullable Window window;
  private long waiting;
  private long notSent;

  EchoScript(Bench.Echo echo) {
    byte[] payload = echo.payload();
    int opcode = echo.binary() ? Frames.BINARY : Frames.TEXT;
    this.frame = Frames.frame(opcode, payload, ThreadLocalRandom.current().nextInt());
    this.length = payload.length;
    this.echo = echo;
  }

  Tally tally() {
    return tally;
  }

  /** Messages without a reply so far, those included that were due and could not be sent. */
  long waiting() {
    return waiting + notSent;
  }

  @Override
  public void opened(Client client) {
    clients.add(client);
  }

  /**
   * Starts to send.
   *
   * @param all connections of the whole run
   * @param loopNumber which of the event loops this is; the schedules of the loops are apart
   */
  void begin(EventExecutor loop, int loopNumber, int all, Window window) {
    this.window = window;
    if (clients.isEmpty()) {
      return;
    }
    if (echo.rate() > 0) {
      double period = 1e9 * all / (echo.rate() * clients.size());
      long shift = (long) (loopNumber * 1e9 / echo.rate());
      new Pacer(loop, period, window.begin() + shift, window.until(), this::sendDue).run();
    } else {
      long now = System.nanoTime();
      for (Client client : clients) {
        for (int i = 0; i < echo.depth(); i++) {
          send(client, now);
        }
      }
    }
  }

  private int next;

  private void sendDue(long due) {
    Client client = clients.get(next);
    next = next + 1 == clients.size() ? 0 : next + 1;
    send(client, due);
  }

  private void send(Client client, long at) {
    if (client.unanswered().add(at)) {
      waiting++;
      client.send(frame.retainedDuplicate());
    } else {
      notSent++;
    }
  }

  @Override
  public void message(Client client, ByteBuf bytes, int index, int received) {
    if (received != length || client.unanswered().isEmpty() || window == null) {
      tally.unexpected();
      return;
    }
    long now = System.nanoTime();
    waiting--;
    tally.reply(window, client.unanswered().take(), now);
    if (echo.rate() == 0 && now - window.until() < 0) {
      send(client, now);
    }
  }
}

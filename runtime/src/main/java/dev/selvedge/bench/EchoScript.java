package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Sends messages and takes the time until they come back. */
final class EchoScript implements Script {
  /** With a rate, when replies may be late. */
  private static final int MOST_IDS = 4_096;

  private final Bench.Echo echo;
  private final Dialect dialect;
  private final Dialect.Answers answers;

  /**
   * Made as they are needed: one, or one for each id that a connection's requests take in turns.
   */
  private final @Nullable ByteBuf[] frames;

  private final List<Client> clients = new ArrayList<>();
  private final Tally tally = new Tally();
  private @Nullable Window window;
  private @Nullable Pacer pacer;
  private long waiting;
  private long notSent;

  EchoScript(Bench.Echo echo, Dialect dialect) {
    this.echo = echo;
    this.dialect = dialect;
    this.answers = echo.reply() ? dialect.replies() : dialect.echoesOf(echo.message());
    this.frames = new ByteBuf[ids(echo)];
  }

  private static int ids(Bench.Echo echo) {
    if (!echo.reply()) {
      return 1;
    }
    return echo.rate() > 0 ? MOST_IDS : echo.depth();
  }

  private ByteBuf frame(Client client) {
    int id = (int) (client.unanswered().added() % frames.length);
    ByteBuf frame = frames[id];
    if (frame == null) {
      frame =
          echo.reply()
              ? dialect.request(id, echo.message())
              : dialect.event(echo.message(), echo.binary());
      frames[id] = frame;
    }
    return frame.retainedDuplicate();
  }

  Tally tally() {
    return tally;
  }

  /** The longest wait of each connection, in ns. */
  Histogram longestWaits() {
    Histogram waits = new Histogram(Tally.DIGITS);
    clients.forEach(client -> waits.recordValue(client.longestWait()));
    return waits;
  }

  /** Messages without a reply so far, those included that are late or could not be sent. */
  long waiting() {
    return waiting + notSent + (pacer == null ? 0 : pacer.remaining());
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
      Pacer sending =
          new Pacer(loop, period, window.begin() + shift, window.until(), this::sendDue);
      pacer = sending;
      sending.run();
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
    if (client.unanswered().size() < limit() && client.unanswered().add(at)) {
      waiting++;
      client.send(frame(client));
    } else {
      notSent++;
    }
  }

  /** An id is used again when the request that had it has its reply. */
  private int limit() {
    return echo.reply() ? frames.length : SendTimes.MOST;
  }

  @Override
  public void message(Client client, ByteBuf bytes, int index, int length) {
    if (!answers.include(bytes, index, length) || client.unanswered().isEmpty() || window == null) {
      tally.unexpected();
      return;
    }
    long now = System.nanoTime();
    waiting--;
    long sent = client.unanswered().take();
    tally.reply(window, sent, now);
    if (window.measures(sent)) {
      client.waited(now - sent);
    }
    if (echo.rate() == 0 && now - window.until() < 0) {
      send(client, now);
    }
  }
}

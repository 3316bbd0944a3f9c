package dev.selvedge.bench;

/**
 * The kinds of run. Each opens the connections, puts load on the server, closes them and says how
 * it went. They block, and throw IllegalArgumentException for what cannot be asked.
 */
public final class Bench {
  private Bench() {}

  /**
   * Every connection sends messages and waits for each to come back.
   *
   * @param message what is sent, in the form of the dialect; it comes back in the order of sending
   * @param binary sent as a binary message rather than as text; of bare messages only
   * @param reply whether a reply in the dialect's sense is asked for, rather than an event that is
   *     the same as the one that was sent
   * @param depth messages of a connection that are under way at a time; not used with a rate
   * @param rate messages per second of all connections together, sent at fixed times, whatever the
   *     replies do; 0 for as fast as the replies come
   */
  public record Echo(String message, boolean binary, boolean reply, int depth, double rate) {
    public Echo {
      Load.require(!message.isEmpty(), "message", "''", "1 byte or more");
      Load.require(depth > 0 && depth <= SendTimes.MOST, "depth", depth, "1 to " + SendTimes.MOST);
      Load.require(rate >= 0, "rate", rate, "0 or more");
    }
  }

  /**
   * One connection sends, all receive.
   *
   * @param join message that each connection sends first, asking for a reply; empty for none
   * @param joined text that is in the reply to it; empty for any
   * @param message what the first connection sends, with {@code {key}} where the mark goes by which
   *     a message is known when it arrives; it has to come back as it was
   * @param rate messages per second, sent at fixed times; 0 for each when all have got the one
   *     before
   */
  public record Fanout(String join, String joined, String message, double rate) {
    public Fanout {
      Load.require(message.contains("{key}"), "message", message, "{key} in it");
      Load.require(rate >= 0, "rate", rate, "0 or more");
    }
  }

  public static Report echo(Load load, Echo echo, Progress progress) throws InterruptedException {
    return new EchoRun(load, echo, progress).run();
  }

  /** Opens the connections and holds them. */
  public static Report idle(Load load, Progress progress) throws InterruptedException {
    return new IdleRun(load, progress).run();
  }

  public static Report fanout(Load load, Fanout fanout, Progress progress)
      throws InterruptedException {
    return new FanoutRun(load, fanout, progress).run();
  }
}

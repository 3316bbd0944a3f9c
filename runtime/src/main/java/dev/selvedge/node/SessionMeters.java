package dev.selvedge.node;

import dev.selvedge.function.CloseReason;
import dev.selvedge.host.HostListener;
import dev.selvedge.metrics.Metrics;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.SessionListener;
import java.lang.System.Logger.Level;

/** Counts what happens to sessions and functions, and writes the lines that operators look for. */
final class SessionMeters implements SessionListener, HostListener {
  private static final System.Logger LOG = System.getLogger("dev.selvedge.session");

  private final Metrics metrics;

  SessionMeters(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void opened(ClientSession session) {
    metrics.sessionOpened(session.function(), session.protocol(), session.transport().word());
  }

  @Override
  public void closed(ClientSession session, CloseReason reason) {
    metrics.sessionClosed(
        session.function(), session.protocol(), session.transport().word(), reason.code());
    LOG.log(
        Level.DEBUG,
        () ->
            "session closed id="
                + session.id()
                + " function="
                + session.function()
                + " code="
                + reason.code()
                + " reason="
                + reason.text());
  }

  @Override
  public void received(ClientSession session) {
    metrics.function(session.function()).messageIn();
  }

  @Override
  public void sent(ClientSession session) {
    metrics.function(session.function()).messageOut();
  }

  @Override
  public void handled(String function, long nanos) {
    metrics.function(function).callbackTook(nanos);
  }

  @Override
  public void rebound(ClientSession session) {
    metrics.function(session.function()).rebound();
  }

  @Override
  public void dropped(ClientSession session) {
    metrics.function(session.function()).outboundDropped();
  }

  @Override
  public void published(String group) {
    metrics.groupPublished();
  }

  @Override
  public void failed(String function) {
    metrics.function(function).error();
  }
}

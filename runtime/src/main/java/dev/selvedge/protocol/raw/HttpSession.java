package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.protocol.LaneClock;
import dev.selvedge.session.ClientPort;
import dev.selvedge.session.ClientSession;
import dev.selvedge.session.Outbound;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A session whose client comes and goes with HTTP requests. It lingers while no stream or poll of
 * it is there, and when it has ended it is remembered for as long, to tell its client why.
 */
final class HttpSession implements ClientPort {
  private final String token;
  private final Duration linger;
  private final LaneClock clock;
  private final Uplink uplink = new Uplink(this);
  private @Nullable Downlink downlink;
  private @Nullable ClientSession client;
  private @Nullable CloseReason ended;
  private Runnable forget = () -> {};
  private Runnable cancelLinger = () -> {};

  HttpSession(String token, Duration linger, LaneClock clock) {
    this.token = token;
    this.linger = linger;
    this.clock = clock;
  }

  void connect(Downlink to) {
    downlink = to;
  }

  /**
   * Starts the conversation.
   *
   * @param whenForgotten called when the session has ended and lingered
   */
  void opened(ClientSession opened, Runnable whenForgotten) {
    client = opened;
    forget = whenForgotten;
    if (ended != null) {
      remember();
    }
  }

  String id() {
    return client().id();
  }

  String token() {
    return token;
  }

  Uplink uplink() {
    return uplink;
  }

  LaneClock clock() {
    return clock;
  }

  ClientSession client() {
    if (client == null) {
      throw new IllegalStateException("session is not open yet");
    }
    return client;
  }

  /** Compares in a time that does not depend on the token. */
  boolean hasToken(String claimed) {
    return MessageDigest.isEqual(
        token.getBytes(StandardCharsets.US_ASCII), claimed.getBytes(StandardCharsets.UTF_8));
  }

  /** Why it ended, if it has. */
  Optional<CloseReason> ended() {
    return Optional.ofNullable(ended);
  }

  // The client comes and goes.

  void attached() {
    cancelLinger.run();
  }

  void detached() {
    cancelLinger.run();
    if (ended == null) {
      cancelLinger = clock.after(linger.toMillis(), () -> end(CloseReason.LOST));
    }
  }

  /** More can be sent than before. */
  void drained() {
    if (ended == null && client != null) {
      client.drained();
    }
  }

  /** Ends the session from the client's side. */
  void end(CloseReason reason) {
    if (ended == null) {
      over(reason);
      client().end(reason);
    }
  }

  private void over(CloseReason reason) {
    ended = reason;
    cancelLinger.run();
    link().close(reason);
    uplink.close(reason);
    if (client != null) {
      remember();
    }
  }

  private void remember() {
    Runnable forgetting = forget;
    clock.after(linger.toMillis(), forgetting);
  }

  private Downlink link() {
    if (downlink == null) {
      throw new IllegalStateException("session is not connected");
    }
    return downlink;
  }

  // What the session asks of its port.

  @Override
  public Transport transport() {
    return link().transport();
  }

  @Override
  public void send(Outbound message) {
    link().send(message);
  }

  @Override
  public boolean writable() {
    return client != null && ended == null && link().writable();
  }

  @Override
  public long pendingBytes() {
    return link().pendingBytes();
  }

  @Override
  public void close(CloseReason reason) {
    if (ended == null) {
      over(reason);
    }
  }

  @Override
  public void pauseReading() {
    uplink.pause();
  }

  @Override
  public void resumeReading() {
    uplink.resume();
  }
}

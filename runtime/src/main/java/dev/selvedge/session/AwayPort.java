package dev.selvedge.session;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;

/**
 * The port of a session whose client is away: what is sent goes nowhere, and is remembered
 * elsewhere.
 *
 * @param transport the latest that the client had
 */
record AwayPort(Transport transport) implements ClientPort {
  @Override
  public void send(Outbound message) {}

  @Override
  public boolean writable() {
    return true;
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public void close(CloseReason reason) {}

  @Override
  public void pauseReading() {}

  @Override
  public void resumeReading() {}
}

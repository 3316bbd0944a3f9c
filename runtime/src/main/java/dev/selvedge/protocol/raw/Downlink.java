package dev.selvedge.protocol.raw;

import dev.selvedge.function.CloseReason;
import dev.selvedge.function.Transport;
import dev.selvedge.session.Outbound;

/** How an HTTP session's messages get to its client. Confined to the session's lane. */
interface Downlink {
  Transport transport();

  void send(Outbound message);

  boolean writable();

  long pendingBytes();

  /** The session is over: what was sent is still delivered if the client comes for it in time. */
  void close(CloseReason reason);
}

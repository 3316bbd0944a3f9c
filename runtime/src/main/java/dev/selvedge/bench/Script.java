package dev.selvedge.bench;

import io.netty.buffer.ByteBuf;

/** What the clients of one event loop do. Confined to that loop. */
interface Script {
  /** The client is ready: messages may be sent. */
  void opened(Client client);

  /**
   * A message of the application: {@code length} bytes of {@code bytes} from {@code index} on, to
   * be looked at only.
   */
  void message(Client client, ByteBuf bytes, int index, int length);
}

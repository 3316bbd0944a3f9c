package dev.selvedge.testing;

import dev.selvedge.config.IoTransport;
import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Fabrics;
import java.util.Locale;

/** What the sockets of tests are served with: {@code -Dselvedge.transport=io_uring}. */
public final class TestTransport {
  public static final IoTransport TRANSPORT =
      IoTransport.valueOf(
          System.getProperty("selvedge.transport", "auto").toUpperCase(Locale.ROOT));

  private TestTransport() {}

  /** A fabric of one node with two lanes. */
  public static Fabric fabric() {
    return fabric(TRANSPORT);
  }

  /** The same on that transport. */
  public static Fabric fabric(IoTransport transport) {
    return Fabrics.local(transport, "test", options -> options.setEventLoopPoolSize(2));
  }
}

package dev.selvedge.relay;

import dev.selvedge.router.Member;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Says in the log why connections to members cannot be made secure: of each member every ten
 * seconds, however many clients meet it. Confined to its event loop.
 */
final class TlsComplaints {
  private static final System.Logger LOG = System.getLogger(TlsComplaints.class.getName());
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST = 256;

  /** When it was last said of a member, by its address. */
  private final Map<String, Long> said =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MOST;
        }
      };

  void failed(Member member, Throwable cause) {
    long now = System.nanoTime();
    Long before = said.get(member.address());
    if (before == null || now - before > PAUSE) {
      said.put(member.address(), now);
      LOG.log(
          System.Logger.Level.WARNING,
          "no secure connection to member={0}: {1}",
          member.address(),
          cause.getMessage());
    }
  }
}

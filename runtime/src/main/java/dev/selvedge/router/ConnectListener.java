package dev.selvedge.router;

/** Hears how connecting to members goes, for health that is learned from clients. */
public interface ConnectListener {
  /** Called on the client's event loop, without a lock; must not block. */
  void connected(Pool pool, Member member);

  /** As {@link #connected}; the client itself is given another member. */
  void connectFailed(Pool pool, Member member);
}

package dev.selvedge.edge;

/** How an exchange goes, for {@link ClientExchange.EndListener}. Confined to its event loop. */
final class ExchangeAccount {
  private final ClientExchange.EndListener listener;
  private int status;
  private long bytesIn;
  private long bytesOut;
  private String reason = "complete";
  private boolean over;

  ExchangeAccount(ClientExchange.EndListener listener) {
    this.listener = listener;
  }

  void answered(int answer) {
    status = answer;
  }

  void received(int bytes) {
    bytesIn += bytes;
  }

  void sent(int bytes) {
    bytesOut += bytes;
  }

  void because(String why) {
    reason = why;
  }

  /** Idempotent. */
  void end() {
    if (!over) {
      over = true;
      listener.ended(status, bytesIn, bytesOut, reason);
    }
  }
}

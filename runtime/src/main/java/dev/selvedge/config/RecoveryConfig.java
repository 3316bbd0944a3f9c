package dev.selvedge.config;

import java.time.Duration;

/**
 * {@code session.recovery-…} in {@code selvedge.yaml}: whether a client that has lost its
 * connection, or its node, finds its session again. The same on every node of a cluster.
 *
 * @param window how long a session waits for its client; 0, the default, for no recovery
 * @param bufferBytes how much a lane remembers of what its sessions were sent, for those who missed
 *     some; default 16 MiB. The oldest goes first, and with it the recovery of those who need it
 */
public record RecoveryConfig(Duration window, int bufferBytes) {
  private static final Duration MOST = Duration.ofHours(1);

  public RecoveryConfig {
    Checks.durationInRange("session.recovery-window", window, Duration.ZERO, MOST);
    Checks.sizeInRange("session.recovery-buffer", bufferBytes, 64 * 1024, 1024 * 1024 * 1024);
  }

  public static final RecoveryConfig OFF = new RecoveryConfig(Duration.ZERO, 16 * 1024 * 1024);

  public boolean isOn() {
    return !window.isZero();
  }
}

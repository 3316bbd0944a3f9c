package dev.selvedge.node;

import dev.selvedge.edge.EdgeMetrics;
import dev.selvedge.metrics.Metrics;

/** Counts what the edge does. */
final class EdgeMeters implements EdgeMetrics {
  private final Metrics metrics;

  EdgeMeters(Metrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public void answered(int status) {
    metrics.httpAnswered(status);
  }

  @Override
  public void webSocketOpened() {
    metrics.webSocketOpened();
  }

  @Override
  public void webSocketClosed(int code) {
    metrics.webSocketClosed();
  }
}

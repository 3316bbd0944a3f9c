package dev.selvedge.bench;

/** Shows how a run goes on, about once a second. Called by the thread that runs it. */
@FunctionalInterface
public interface Progress {
  void show(String line);
}

package dev.selvedge.edge;

/** What the bytes of a route mean: a plug-in with a pure codec and a small state machine. */
public interface Protocol {
  /** {@code raw}, {@code socketio} or {@code signalr}. */
  String name();

  /** Serves an exchange on a function's route. The exchange's path starts with the route's path. */
  void serve(Exchange exchange, FunctionRoute route);
}

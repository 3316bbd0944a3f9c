package dev.selvedge.router;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The live pools of this node. Any thread. */
public final class Pools {
  private final Map<String, Pool> byName = new ConcurrentHashMap<>();

  /** Health that is learned from clients; one listener. Set it before clients come. */
  public void listen(ConnectListener listener) {}

  public Optional<Pool> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  public Collection<Pool> all() {
    return byName.values();
  }

  /** Makes the live pools follow these; one that is not wanted any more takes no new clients. */
  public void apply(Collection<PoolSpec> wanted) {
    for (PoolSpec spec : wanted) {
      byName.computeIfAbsent(spec.name(), name -> new Pool(spec)).update(spec);
    }
    byName.keySet().retainAll(wanted.stream().map(PoolSpec::name).toList());
  }
}

package dev.selvedge.store;

import com.hazelcast.config.Config;
import com.hazelcast.config.InMemoryXmlConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Hazelcast members of a cluster of their own, configured as shipped, on loopback and free ports.
 */
final class Members implements AutoCloseable {
  private final String cluster = UUID.randomUUID().toString();
  private final List<HazelcastInstance> alive = new ArrayList<>();

  HazelcastInstance join() throws IOException {
    Config config = new InMemoryXmlConfig(settings());
    config.getNetworkConfig().setPort(0);
    alive.forEach(
        member -> {
          var address = member.getCluster().getLocalMember().getAddress();
          config
              .getNetworkConfig()
              .getJoin()
              .getTcpIpConfig()
              .addMember("127.0.0.1:" + address.getPort());
        });
    HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
    alive.add(member);
    Awaited.until(
        "all members see each other",
        () -> alive.stream().allMatch(each -> sees(each, alive.size())));
    return member;
  }

  /** Ends members at once, without a word to the others. */
  void crash(HazelcastInstance... members) {
    alive.removeAll(List.of(members));
    for (HazelcastInstance member : members) {
      member.getLifecycleService().terminate();
    }
    Awaited.until(
        "the others notice", () -> alive.stream().allMatch(each -> sees(each, alive.size())));
  }

  @Override
  public void close() {
    alive.forEach(member -> member.getLifecycleService().terminate());
    alive.clear();
  }

  private static boolean sees(HazelcastInstance member, int count) {
    return member.getCluster().getMembers().size() == count
        && member.getPartitionService().isClusterSafe();
  }

  private String settings() throws IOException {
    try (InputStream shipped = Members.class.getResourceAsStream("/cluster.xml")) {
      return new String(shipped.readAllBytes(), StandardCharsets.UTF_8)
          .replace("<cluster-name>selvedge<", "<cluster-name>" + cluster + "<")
          .replace("<member>127.0.0.1:5701</member>", "");
    }
  }
}

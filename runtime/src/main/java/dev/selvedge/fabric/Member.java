package dev.selvedge.fabric;

import com.hazelcast.config.MemberAttributeConfig;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node as the cluster knows it: what it was born with.
 *
 * @param membership names this membership: a node that was cut off and returned has a new one
 */
record Member(
    NodeId id, UUID membership, Set<Role> roles, String address, String version, int lanes) {
  private static final Logger LOG = LoggerFactory.getLogger(Member.class);
  private static final String ROLES = "selvedge.roles";
  private static final String VERSION = "selvedge.version";
  private static final String LANES = "selvedge.lanes";
  private static final int MAX_LANES = 1_024;

  static void describe(
      MemberAttributeConfig attributes, NodeId id, Set<Role> roles, String version, int lanes) {
    List<String> names = new ArrayList<>();
    roles.forEach(role -> names.add(role.name()));
    attributes
        .setAttribute(DirectAddresses.VERTX_NODE_ID, id.value())
        .setAttribute(ROLES, String.join(",", names))
        .setAttribute(VERSION, version)
        .setAttribute(LANES, Integer.toString(lanes));
  }

  /** Empty for a member that is no node of ours: any Vert.x program may join. */
  static Optional<Member> of(com.hazelcast.cluster.Member member) {
    String lanes = member.getAttribute(LANES);
    String id = member.getAttribute(DirectAddresses.VERTX_NODE_ID);
    if (lanes == null || id == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Member(
              new NodeId(id),
              member.getUuid(),
              roles(member.getAttribute(ROLES)),
              member.getAddress().getHost() + ":" + member.getAddress().getPort(),
              member.getAttribute(VERSION),
              Math.min(MAX_LANES, Math.max(1, Integer.parseInt(lanes)))));
    } catch (IllegalArgumentException e) {
      LOG.warn("member ignored address={}: {}", member.getAddress(), e.getMessage());
      return Optional.empty();
    }
  }

  private static Set<Role> roles(String names) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : names.split(",", -1)) {
      if (!name.isEmpty()) {
        roles.add(Role.valueOf(name));
      }
    }
    return roles;
  }
}

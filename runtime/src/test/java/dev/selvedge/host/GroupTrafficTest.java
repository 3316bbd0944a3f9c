package dev.selvedge.host;

import static dev.selvedge.host.Workbench.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selvedge.config.RecoveryConfig;
import dev.selvedge.fabric.ClusteredFabric;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.fabric.TestCluster;
import dev.selvedge.function.Message;
import dev.selvedge.function.Session;
import dev.selvedge.host.Workbench.Client;
import dev.selvedge.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What three nodes say to each other about a group, counted as an operator would. */
class GroupTrafficTest {
  private static final int MEMBERS = 10;

  private final List<Workbench> nodes = new ArrayList<>();
  private final List<Metrics> meters = new ArrayList<>();
  private TestCluster cluster;

  @BeforeEach
  void open() throws Exception {
    cluster = new TestCluster();
    List<ClusteredFabric> fabrics = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      fabrics.add(cluster.join());
    }
    cluster.awaitComplete();
    for (ClusteredFabric fabric : fabrics) {
      Workbench node = new Workbench(fabric, RecoveryConfig.OFF);
      node.serve(1, ThreadingModel.EVENT_LOOP, () -> new Room(node));
      nodes.add(node);
      Metrics metrics = new Metrics();
      metrics.watchBus(fabric.busMeters());
      meters.add(metrics);
    }
    List<NodeId> host = List.of(fabrics.get(0).membership().self());
    nodes.forEach(node -> node.hosts = host);
  }

  @AfterEach
  void close() throws Exception {
    meters.forEach(Metrics::close);
    cluster.close();
  }

  private static final class Room extends Workbench.Tested {
    Room(Workbench bench) {
      super(bench);
    }

    @Override
    protected Future<?> onMessage(Session client, Message message) {
      return switch (message.event()) {
        case "join" -> client.join("room").compose(in -> client.send("joined"));
        case "leave" -> client.leave("room").compose(out -> client.send("left"));
        default -> groups().publish("room", "told", message.text());
      };
    }
  }

  /** What all nodes have sent to others of that kind. */
  private int sent(String kind) {
    String line = "selvedge_bus_envelopes_total{kind=\"" + kind + "\"} ";
    return meters.stream()
        .flatMap(metrics -> metrics.scrape().lines())
        .filter(of -> of.startsWith(line))
        .mapToInt(of -> (int) Double.parseDouble(of.substring(line.length())))
        .sum();
  }

  private List<Client> join(int node) {
    List<Client> members = new ArrayList<>();
    for (int i = 0; i < MEMBERS; i++) {
      Client member = nodes.get(node).connect(i);
      member.say("join");
      awaitWord(member, "joined[]");
      members.add(member);
    }
    return members;
  }

  private static void awaitWord(Client member, String word) {
    await(word, () -> member.received().contains(word));
  }

  @Test
  void aPublicationIsOneMessageToEachOtherNodeWithMembers() {
    List<Client> here = join(0);
    List<Client> there = join(1);

    for (int i = 0; i < 50; i++) {
      here.get(0).say("say", "text " + i);
    }

    for (Client member : here) {
      awaitWord(member, "told[text 49]");
    }
    for (Client member : there) {
      awaitWord(member, "told[text 49]");
    }
    assertEquals(
        50, sent("GroupWire.Publish"), "one to the one other node with members, each time");
  }

  @Test
  void onlyTheFirstMemberOfANodeAndTheLastAreNews() {
    List<Client> members = join(1);
    int forTheFirst = sent("GroupWire.Holds");
    join(1);
    for (Client member : members) {
      member.say("leave");
      awaitWord(member, "left[]");
    }

    assertEquals(forTheFirst, sent("GroupWire.Holds"), "others came and went");
  }
}

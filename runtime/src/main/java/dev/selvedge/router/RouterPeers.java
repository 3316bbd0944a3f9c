package dev.selvedge.router;

import dev.selvedge.fabric.Fabric;
import dev.selvedge.fabric.Membership;
import dev.selvedge.fabric.Node;
import dev.selvedge.fabric.NodeId;
import dev.selvedge.router.SlotLedger.Claim;
import dev.selvedge.router.SlotLedger.Grant;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routers of the other nodes: their counts, the slots of limits, and the session ids that they
 * have learned, over the fabric. Listens on lane 0; asks from any thread.
 */
final class RouterPeers implements Membership.Listener, LeasedSlots.Courier, Colleagues {
  private static final Logger LOG = LoggerFactory.getLogger(RouterPeers.class);

  /** The section in which a node announces its counts. */
  private static final String LOADS = "router";

  private static final String SLOTS_SERVICE = "router.slots";
  private static final String LEARNED_SERVICE = "router.learned";
  private static final long SLOTS_MILLIS = 1_000;
  private static final long LEARNED_MILLIS = 3_000;
  private static final int MAX_QUESTIONS = 4_096;
  private static final long TICK_MILLIS = 50;

  private final Fabric fabric;
  private final Membership membership;
  private final SlotLedger ledger;
  private final AtomicInteger questions = new AtomicInteger();
  private volatile NodeId owner;

  RouterPeers(Fabric fabric, SlotLedger ledger) {
    this.fabric = fabric;
    this.membership = fabric.membership();
    this.ledger = ledger;
    this.owner = membership.leader().id();
    if (owner.equals(self())) {
      ledger.lead(true);
    }
  }

  void announce(LoadReport report) {
    membership.announce(LOADS, report.toJson());
  }

  /**
   * Begins to listen, to serve, and to report.
   *
   * @param learned what this node knows of a session id of a pool: the member's address
   */
  void start(
      LoadBoard board, LeasedSlots slots, BiFunction<String, String, Optional<String>> learned) {
    membership.addListener(this);
    membership.addListener(loads(board));
    fabric.serve(SLOTS_SERVICE, this::grant);
    fabric.serve(LEARNED_SERVICE, question -> Future.succeededFuture(answer(question, learned)));
    fabric
        .vertx()
        .setPeriodic(
            TICK_MILLIS,
            tick -> {
              board.tick();
              slots.tick();
            });
  }

  // ---- counts

  private Membership.Listener loads(LoadBoard board) {
    return new Membership.Listener() {
      @Override
      public void announced(Node node, String section) {
        if (section.equals(LOADS) && !node.id().equals(self())) {
          heard(board, node);
        }
      }

      @Override
      public void left(Node node) {
        board.left(node.id());
      }
    };
  }

  private static void heard(LoadBoard board, Node node) {
    try {
      board.heard(node.id(), LoadReport.of(node.section(LOADS)));
    } catch (RuntimeException e) {
      LOG.warn("malformed counts dropped node={}: {}", node.id(), e.getMessage());
    }
  }

  // ---- slots

  @Override
  public void joined(Node node) {
    ledger.joined(node.id());
    chooseOwner();
  }

  @Override
  public void left(Node node) {
    ledger.left(node.id());
    chooseOwner();
  }

  private void chooseOwner() {
    NodeId oldest = membership.leader().id();
    if (oldest.equals(self())) {
      ledger.lead(false);
    } else {
      ledger.follow();
    }
    owner = oldest;
  }

  @Override
  public NodeId self() {
    return membership.self();
  }

  @Override
  public NodeId owner() {
    return owner;
  }

  @Override
  public int nodes() {
    return membership.nodes().size();
  }

  @Override
  public Future<List<Grant>> ask(NodeId to, List<Claim> claims) {
    return fabric
        .request(to, SLOTS_SERVICE, SlotCodec.claims(self(), claims), SLOTS_MILLIS)
        .map(answer -> SlotCodec.grants(answer, claims.size()));
  }

  private Future<Buffer> grant(Buffer question) {
    NodeId from = SlotCodec.from(question);
    if (!ledger.isLeading() || membership.node(from).isEmpty()) {
      return Future.failedFuture("node " + self() + " grants no slots to " + from);
    }
    List<Grant> grants =
        SlotCodec.claims(question).stream().map(claim -> ledger.claim(from, claim)).toList();
    ledger.heard(from);
    return Future.succeededFuture(SlotCodec.grants(grants));
  }

  // ---- learned session ids

  @Override
  public Optional<Future<Optional<String>>> whoLearned(String pool, String id) {
    List<NodeId> others =
        membership.nodes().stream()
            .map(Node::id)
            .filter(node -> !node.equals(self()) && membership.isReachable(node))
            .toList();
    if (others.isEmpty() || questions.incrementAndGet() > MAX_QUESTIONS) {
      if (!others.isEmpty()) {
        questions.decrementAndGet();
      }
      return Optional.empty();
    }
    Buffer question = new JsonObject().put("pool", pool).put("id", id).toBuffer();
    return Optional.of(
        firstKnown(others, question).onComplete(done -> questions.decrementAndGet()));
  }

  private Future<Optional<String>> firstKnown(List<NodeId> nodes, Buffer question) {
    Promise<Optional<String>> found =
        ((VertxInternal) fabric.vertx()).getOrCreateContext().promise();
    AtomicInteger open = new AtomicInteger(nodes.size());
    for (NodeId node : nodes) {
      fabric
          .request(node, LEARNED_SERVICE, question, LEARNED_MILLIS)
          .map(answer -> new JsonObject(answer).getString("member", ""))
          .otherwise("")
          .onSuccess(
              member -> {
                if (!member.isEmpty()) {
                  found.tryComplete(Optional.of(member));
                } else if (open.decrementAndGet() == 0) {
                  found.tryComplete(Optional.empty());
                }
              });
    }
    return found.future();
  }

  private static Buffer answer(
      Buffer question, BiFunction<String, String, Optional<String>> learned) {
    JsonObject asked = new JsonObject(question);
    return new JsonObject()
        .put(
            "member",
            learned.apply(asked.getString("pool", ""), asked.getString("id", "")).orElse(""))
        .toBuffer();
  }
}

package dev.selvedge.fabric;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.cluster.Joiner;
import com.hazelcast.internal.cluster.impl.TcpIpJoiner;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.Collection;

/**
 * Hazelcast's way of joining by a list of peers, but for one thing: peers whose machine says that
 * nobody listens there are not asked. Hazelcast would ask, be refused at once, and then wait out
 * the second in which it hopes for answers. It looks for them again later all the same, when it
 * looks for other parts of the cluster.
 *
 * <p>This is no more likely to make two clusters of nodes that start at the same time: a node
 * listens before it looks for others, so of two that name each other one at least sees the other.
 */
final class PresentPeers extends DefaultNodeContext {
  private static final int PROBE_MILLIS = 200;

  private PresentPeers() {}

  /** Starts a member; blocks until it has joined. */
  static HazelcastInstance join(Config config) {
    return HazelcastInstanceFactory.newHazelcastInstance(
        config, config.getInstanceName(), new PresentPeers());
  }

  @Override
  public Joiner createJoiner(Node node) {
    Joiner usual = super.createJoiner(node);
    return usual.getClass() == TcpIpJoiner.class ? new Prompt(node) : usual;
  }

  private static final class Prompt extends TcpIpJoiner {
    Prompt(Node node) {
      super(node);
    }

    @Override
    protected Collection<Address> getPossibleAddressesForInitialJoin() {
      Collection<Address> peers = super.getPossibleAddressesForInitialJoin();
      peers.removeIf(PresentPeers::refuses);
      return peers;
    }
  }

  /** Whether nobody listens there, for sure: one that does not answer in time may be slow. */
  private static boolean refuses(Address peer) {
    try (Socket probe = new Socket()) {
      probe.connect(peer.getInetSocketAddress(), PROBE_MILLIS);
      return false;
    } catch (ConnectException refused) {
      return true;
    } catch (IOException unclear) {
      return false;
    }
  }
}

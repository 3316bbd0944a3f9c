package dev.selvedge.relay;

import dev.selvedge.edge.ClientEnds;
import dev.selvedge.edge.ProxyHeader;
import dev.selvedge.router.Admission;
import dev.selvedge.router.Lease;
import dev.selvedge.router.Pool;
import dev.selvedge.router.PoolSpec;
import dev.selvedge.router.RequestView;
import dev.selvedge.router.Traffic;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A connection of layer 4 on its way to a member: a place, a connection, then a tunnel. Its socket
 * is not read before. Confined to its event loop.
 */
final class TcpClient implements MemberConnections.Outcome {
  private final LaneRelay lane;
  private final Pool pool;
  private final Channel client;
  private final ClientEnds ends;
  private final PoolSpec.Relaying relaying;
  private @Nullable Access access;
  private long picked;
  private @Nullable Admission admission;
  private @Nullable Lease lease;

  /**
   * @param ends the client's, perhaps as a proxy has told them
   */
  TcpClient(LaneRelay lane, Pool pool, Channel client, ClientEnds ends, @Nullable Access access) {
    this.lane = lane;
    this.pool = pool;
    this.client = client;
    this.ends = ends;
    this.access = access;
    this.relaying = pool.spec().relaying();
  }

  void begin() {
    client.closeFuture().addListener(closed -> gone());
    await(pool.admit(Traffic.TUNNEL, new Source(ends.source())));
  }

  private void await(Admission next) {
    admission = next;
    next.lease().onSuccess(this::admitted).onFailure(this::refused);
  }

  private void refused(Throwable none) {
    admission = null;
    endLog("no-server");
    client.close();
  }

  private void endLog(String why) {
    Access logged = access;
    access = null;
    if (logged != null) {
      logged.end(why);
    }
  }

  private void admitted(Lease granted) {
    admission = null;
    if (!client.isActive()) {
      granted.release();
      return;
    }
    lease = granted;
    picked = System.nanoTime();
    if (access != null) {
      access.got(granted);
    }
    lane.connections().acquire(granted.member(), relaying, true, this);
  }

  @Override
  public void connected(MemberConnection connection) {
    Lease held = lease;
    if (held == null || !client.isActive()) {
      connection.close();
      gone();
      return;
    }
    lease = null;
    held.connected(System.nanoTime() - picked);
    Channel member = connection.detach();
    if (relaying.proxyProtocol()) {
      ByteBuf header = member.alloc().buffer(64);
      ProxyHeader.write(ends.source(), ends.destination(), header);
      member.writeAndFlush(header, member.voidPromise());
    }
    Access logged = access;
    access = null; // the tunnel's from here on
    Tunnel.bytes(lane, pool.spec(), held, logged)
        .join(client, member, () -> client.pipeline().remove(EarlyBytes.class));
  }

  @Override
  public void failed(Throwable cause) {
    Lease held = lease;
    lease = null;
    if (held == null) {
      return;
    }
    if (client.isActive()) {
      await(held.retry());
    } else {
      held.release();
    }
  }

  /** The client's socket is closed; a tunnel, if there is one, gives its place back itself. */
  private void gone() {
    Admission waiting = admission;
    Lease held = lease;
    admission = null;
    lease = null;
    endLog("client-gone");
    if (waiting != null) {
      waiting.abandon().run();
    }
    if (held != null) {
      held.release();
    }
  }

  /** All that is known of a connection of layer 4: where it comes from. */
  private record Source(InetSocketAddress address) implements RequestView {
    @Override
    public String method() {
      return "";
    }

    @Override
    public @Nullable String host() {
      return null;
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public @Nullable String query(String name) {
      return null;
    }

    @Override
    public @Nullable String header(String lowerCaseName) {
      return null;
    }

    @Override
    public String clientAddress() {
      return NetUtil.toAddressString(address.getAddress());
    }
  }
}

package dev.selvedge.relay;

import dev.selvedge.router.Member;
import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;

/**
 * The bytes that passed between one event loop's clients and a member, told to the member once a
 * second while any pass: what is counted for each read stays on the loop.
 */
final class ByteTally {
  private final EventLoop loop;
  private final Member member;
  private long fromClient;
  private long toClient;
  private boolean telling;

  ByteTally(EventLoop loop, Member member) {
    this.loop = loop;
    this.member = member;
  }

  void passed(int bytesFromClient, int bytesToClient) {
    fromClient += bytesFromClient;
    toClient += bytesToClient;
    if (!telling) {
      telling = true;
      loop.schedule(this::tell, 1, TimeUnit.SECONDS);
    }
  }

  private void tell() {
    telling = false;
    member.passed(fromClient, toClient);
    fromClient = 0;
    toClient = 0;
  }
}

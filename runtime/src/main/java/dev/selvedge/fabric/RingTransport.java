package dev.selvedge.fabric;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringSocketChannel;
import io.vertx.core.impl.transports.IoUringTransport;
import io.vertx.core.net.TcpConfig;
import io.vertx.core.transport.Transport;

/**
 * Sockets of Linux's io_uring. Unlike the transport that Vert.x has, an event loop's connections
 * share a ring of buffers to receive into: without it every idle connection holds a buffer of its
 * own.
 */
final class RingTransport extends IoUringTransport implements Transport {
  private static final short GROUP = 0;

  /** 1 MiB for an event loop; what is received takes as much of a buffer as it has bytes. */
  private static final int BUFFERS = 16;

  private static final int BUFFER_BYTES = 64 * 1024;

  /** How many sends and receives an event loop begins with one call to the kernel. */
  private static final int RING_SIZE = 512;

  @Override
  public String name() {
    return "io_uring";
  }

  @Override
  public boolean available() {
    return IoUring.isAvailable() && IoUring.isRegisterBufferRingSupported();
  }

  @Override
  public Throwable unavailabilityCause() {
    return IoUring.isAvailable() && !available()
        ? new UnsupportedOperationException(
            "the kernel has no rings of buffers (expected: Linux 6.0 or later)")
        : IoUring.unavailabilityCause();
  }

  @Override
  public io.vertx.core.spi.transport.Transport implementation() {
    return this;
  }

  @Override
  public boolean isAvailable() {
    return available();
  }

  @Override
  public IoHandlerFactory ioHandlerFactory() {
    IoUringBufferRingConfig buffers =
        IoUringBufferRingConfig.builder()
            .bufferGroupId(GROUP)
            .bufferRingSize((short) BUFFERS)
            .batchSize(BUFFERS)
            .allocator(new IoUringFixedBufferRingAllocator(ByteBufAllocator.DEFAULT, BUFFER_BYTES))
            .build();
    return IoUringIoHandler.newFactory(
        new IoUringIoHandlerConfig().setRingSize(RING_SIZE).setBufferRingConfig(buffers));
  }

  @Override
  public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
    return domainSocket ? super.channelFactory(true) : RingTransport::socket;
  }

  private static Channel socket() {
    IoUringSocketChannel channel = new IoUringSocketChannel();
    channel.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
    return channel;
  }

  @Override
  public void configure(TcpConfig config, boolean domainSocket, ServerBootstrap bootstrap) {
    super.configure(config, domainSocket, bootstrap);
    if (!domainSocket) {
      bootstrap.childOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
    }
  }
}

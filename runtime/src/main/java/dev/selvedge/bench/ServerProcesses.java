package dev.selvedge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * CPU time and memory of processes on this machine, with all their threads and the processes that
 * they have started. Linux only: read from {@code /proc}.
 */
final class ServerProcesses {
  /** The unit of {@code /proc/PID/stat}: USER_HZ is 100 on every architecture of Java. */
  private static final long NANOS_PER_TICK = 10_000_000L;

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  /**
   * Time so far.
   *
   * @param nanos of both kinds
   * @param kernelNanos of those the kernel's, for the processes
   */
  record Cpu(long nanos, long kernelNanos) {
    static final Cpu NONE = new Cpu(0, 0);

    Cpu plus(Cpu other) {
      return new Cpu(nanos + other.nanos, kernelNanos + other.kernelNanos);
    }

    Cpu minus(Cpu earlier) {
      return new Cpu(nanos - earlier.nanos, kernelNanos - earlier.kernelNanos);
    }
  }

  private final List<Long> pids;

  /** Throws IllegalArgumentException if one is not there. */
  ServerProcesses(List<Long> pids) {
    this.pids = pids;
    for (long pid : pids) {
      if (!Files.isReadable(Path.of("/proc", Long.toString(pid), "stat"))) {
        throw new IllegalArgumentException(
            "pid: " + pid + " (expected: a process of this machine, on Linux)");
      }
    }
  }

  boolean any() {
    return !pids.isEmpty();
  }

  Cpu cpu() {
    return all().mapToObj(ServerProcesses::cpu).reduce(Cpu.NONE, Cpu::plus);
  }

  long residentBytes() {
    return all().map(ServerProcesses::residentBytes).sum();
  }

  private LongStream all() {
    return pids.stream()
        .mapToLong(Long::longValue)
        .flatMap(
            pid ->
                LongStream.concat(
                    LongStream.of(pid),
                    ProcessHandle.of(pid).stream()
                        .flatMap(ProcessHandle::descendants)
                        .mapToLong(ProcessHandle::pid)))
        .distinct();
  }

  private static Cpu cpu(long pid) {
    String stat = read(pid, "stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long user = Long.parseLong(fields[USER_TICKS]) * NANOS_PER_TICK;
    long kernel = Long.parseLong(fields[SYSTEM_TICKS]) * NANOS_PER_TICK;
    return new Cpu(user + kernel, kernel);
  }

  private static long residentBytes(long pid) {
    return read(pid, "status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), file));
    } catch (IOException gone) {
      throw new IllegalStateException("process " + pid + " has ended", gone);
    }
  }
}

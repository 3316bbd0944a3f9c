package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultEventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class WheelTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final Wheel wheel = new Wheel(loop);
  private final List<String> fired = new CopyOnWriteArrayList<>();

  private final class Named implements Wheel.Owner {
    final String name;
    final Wheel.Timer timer = new Wheel.Timer(this);

    Named(String name) {
      this.name = name;
    }

    @Override
    public void onDeadline() {
      fired.add(name);
    }

    @Override
    public void onShutdown() {
      wheel.cancel(timer);
    }
  }

  @AfterEach
  void stop() throws Exception {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
  }

  private <T> T on(Callable<T> action) throws Exception {
    return loop.submit(action).get(60, TimeUnit.SECONDS);
  }

  @Test
  void deadlinesFireInTheirOrderAndOnce() throws Exception {
    on(
        () -> {
          wheel.arm(new Named("late").timer, Duration.ofMillis(600));
          wheel.arm(new Named("early").timer, Duration.ofMillis(100));
          wheel.arm(new Named("middle").timer, Duration.ofMillis(300));
          return null;
        });

    EdgeFixture.until(() -> fired.size() == 3);
    assertEquals(List.of("early", "middle", "late"), fired);
    assertEquals(0, on(wheel::size));
  }

  @Test
  void aMovedDeadlineFiresOnlyAtItsNewTimeAndACancelledOneNever() throws Exception {
    Named moved = new Named("moved");
    Named cancelled = new Named("cancelled");
    Named far = new Named("a day away in the same slot");
    on(
        () -> {
          wheel.arm(moved.timer, 1);
          wheel.arm(cancelled.timer, 2);
          wheel.arm(far.timer, 512 * 1000 + 3);
          wheel.arm(moved.timer, 5);
          wheel.cancel(cancelled.timer);
          wheel.arm(new Named("between").timer, 3);
          return null;
        });

    EdgeFixture.until(() -> fired.size() == 2);
    assertEquals(List.of("between", "moved"), fired);
    assertEquals(1, on(wheel::size));
    assertTrue(on(far.timer::linked));
  }

  @Test
  void aDeadlineMayCancelAnotherThatIsDueAtTheSameTick() throws Exception {
    Named victim = new Named("victim");
    Wheel.Timer killer =
        new Wheel.Timer(
            new Wheel.Owner() {
              @Override
              public void onDeadline() {
                fired.add("killer");
                wheel.cancel(victim.timer);
              }

              @Override
              public void onShutdown() {}
            });
    on(
        () -> {
          wheel.arm(killer, 2);
          wheel.arm(victim.timer, 2);
          wheel.arm(new Named("after").timer, 4);
          return null;
        });

    EdgeFixture.until(() -> fired.contains("after"));
    assertEquals(List.of("killer", "after"), fired);
  }

  @Test
  void parkedTimersAreListedAndDoNotFire() throws Exception {
    Named parked = new Named("parked");
    List<Wheel.Owner> all = new ArrayList<>();
    on(
        () -> {
          wheel.park(parked.timer);
          wheel.arm(new Named("armed").timer, 2);
          wheel.forEach(all::add);
          return null;
        });

    EdgeFixture.until(() -> fired.size() == 1);
    assertEquals(2, all.size());
    on(
        () -> {
          wheel.forEach(Wheel.Owner::onShutdown);
          return null;
        });
    assertEquals(0, on(wheel::size));
    assertFalse(on(parked.timer::linked));
  }

  @Test
  void timeGoesOnAfterAPauseWithoutTimers() throws Exception {
    on(
        () -> {
          wheel.arm(new Named("first").timer, 1);
          return null;
        });
    EdgeFixture.until(() -> fired.size() == 1);
    Thread.sleep(3 * Wheel.TICK_MILLIS); // long enough for the wheel to stop
    int before = on(wheel::now);
    on(
        () -> {
          wheel.arm(new Named("second").timer, 1);
          return null;
        });

    assertTrue(on(wheel::now) - before >= 0);
    EdgeFixture.until(() -> fired.size() == 2);
  }
}

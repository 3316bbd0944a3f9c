package dev.selvedge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmationsTest {
  private final List<Runnable> later = new ArrayList<>();
  private final List<Long> asked = new ArrayList<>();
  private final List<String> done = new ArrayList<>();
  private final Confirmations confirmations = new Confirmations(later::add, asked::add);

  private void await(String what) {
    confirmations.await(() -> done.add(what));
  }

  private void turn() {
    List<Runnable> now = List.copyOf(later);
    later.clear();
    now.forEach(Runnable::run);
  }

  @Test
  void asksOnceForAllOfATurn() {
    await("a");
    await("b");
    assertEquals(List.of(), asked);
    turn();
    assertEquals(List.of(2L), asked);
    await("c");
    turn();
    assertEquals(List.of(2L, 3L), asked);
    assertEquals(List.of(), done);
  }

  @Test
  void whatIsConfirmedRunsInOrder() {
    await("a");
    await("b");
    await("c");
    confirmations.confirmed(2);
    assertEquals(List.of("a", "b"), done);
    confirmations.confirmed(2);
    assertEquals(List.of("a", "b"), done);
    confirmations.confirmed(3);
    assertEquals(List.of("a", "b", "c"), done);
    assertTrue(confirmations.isEmpty());
  }

  @Test
  void anotherStandbyIsAskedForAllThatWaits() {
    await("a");
    await("b");
    turn();
    confirmations.confirmed(1);
    confirmations.again();
    assertEquals(List.of(2L, 2L), asked);
    confirmations.confirmed(2);
    confirmations.again();
    assertEquals(List.of(2L, 2L), asked);
  }

  @Test
  void whatComesWhileTheRestIsGivenUpDoesNotOvertakeIt() {
    confirmations.await(
        () -> {
          done.add("a");
          await("c");
        });
    await("b");
    confirmations.giveUp();
    assertEquals(List.of("a", "b", "c"), done);
    assertTrue(confirmations.isEmpty());
  }

  @Test
  void whatIsForgottenNeverRuns() {
    await("a");
    confirmations.forget();
    turn();
    confirmations.confirmed(1);
    assertEquals(List.of(), asked);
    assertEquals(List.of(), done);
  }
}

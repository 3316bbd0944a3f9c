package dev.selvedge.fabric;

import static dev.selvedge.fabric.Waiting.await;
import static dev.selvedge.fabric.Waiting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selvedge.fabric.Registers.Entry;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What every implementation of registers promises. */
abstract class RegistersContract {
  abstract Fabric fabric();

  final Registers registers() {
    return fabric().registers("r" + UUID.randomUUID());
  }

  static JsonObject document(int value) {
    return new JsonObject().put("v", value);
  }

  @Test
  void whatIsNotThereIsEmpty() throws Exception {
    Registers registers = registers();

    assertEquals(Optional.empty(), await(registers.get("a")));
    assertEquals(Map.of(), await(registers.entries()));
  }

  @Test
  void aWriteNeedsThePresentRevision() throws Exception {
    Registers registers = registers();

    assertTrue(await(registers.compareAndSet("a", 0, document(1))));
    assertFalse(await(registers.compareAndSet("a", 0, document(2))));
    assertFalse(await(registers.compareAndSet("a", 2, document(2))));
    assertTrue(await(registers.compareAndSet("a", 1, document(3))));

    assertEquals(Optional.of(new Entry(2, document(3))), await(registers.get("a")));
    assertEquals(Map.of("a", new Entry(2, document(3))), await(registers.entries()));
  }

  @Test
  void anOfferIsTakenIfItsRevisionIsHigher() throws Exception {
    Registers registers = registers();

    assertEquals(new Entry(5, document(1)), await(registers.offer("a", new Entry(5, document(1)))));
    assertEquals(new Entry(5, document(1)), await(registers.offer("a", new Entry(4, document(9)))));
    assertEquals(new Entry(6, document(2)), await(registers.offer("a", new Entry(6, document(2)))));
  }

  @Test
  void ofTwoOffersWithOneRevisionTheSameWinsInEitherOrder() throws Exception {
    Registers registers = registers();

    for (String key : List.of("a", "b")) {
      int first = key.equals("a") ? 1 : 2;
      await(registers.offer(key, new Entry(3, document(first))));
      await(registers.offer(key, new Entry(3, document(3 - first))));
    }

    assertEquals(await(registers.get("a")), await(registers.get("b")));
  }

  @Test
  void aDocumentIsNobodysToChange() throws Exception {
    Registers registers = registers();
    JsonObject mine = document(1);
    await(registers.compareAndSet("a", 0, mine));

    mine.put("v", 2);
    await(registers.get("a")).orElseThrow().document().put("v", 3);

    assertEquals(document(1), await(registers.get("a")).orElseThrow().document());
  }

  @Test
  void changesAreToldOnLaneZero() throws Exception {
    Registers registers = registers();
    List<String> told = new CopyOnWriteArrayList<>();
    registers.onChange(
        (key, entry) -> told.add(key + entry.revision() + fabric().lane(0).isCurrent()));

    await(registers.compareAndSet("a", 0, document(1)));
    until("the write is told", () -> told.contains("a1true"));
    await(registers.offer("a", new Entry(7, document(2))));
    until("the offer is told", () -> told.contains("a7true"));
  }
}

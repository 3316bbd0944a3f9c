package dev.selvedge.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class AddressLimitTest {
  @Test
  void eachAddressHasItsOwnPlacesAndIsForgottenWithItsLast() throws Exception {
    AddressLimit limit = new AddressLimit(2);
    InetAddress one = InetAddress.getByName("10.0.0.1");
    InetAddress two = InetAddress.getByName("10.0.0.2");

    assertTrue(limit.acquire(one));
    assertTrue(limit.acquire(one));
    assertTrue(limit.acquire(two));
    assertFalse(limit.acquire(one));
    assertEquals(3, limit.total());
    assertEquals(2, limit.addresses());

    limit.release(one);
    assertTrue(limit.acquire(one));
    limit.release(one);
    limit.release(one);
    limit.release(two);
    assertEquals(0, limit.addresses());
  }

  @Test
  void zeroIsNoLimit() throws Exception {
    AddressLimit none = new AddressLimit(0);
    for (int i = 0; i < 5_000; i++) {
      assertTrue(none.acquire(InetAddress.getLoopbackAddress()));
    }
  }
}

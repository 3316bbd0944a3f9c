package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class CookiesTest {
  private final Pools pools = new Fixture().pools;

  CookiesTest() {
    pools.apply(List.of(PoolSpec.of("shop", List.of()), PoolSpec.of("chat", List.of())));
  }

  private String seenByMember(String line) {
    return Cookies.without(line, pools::isStickyCookie);
  }

  @Test
  void theMemberDoesNotSeeTheStickyCookieOfAnyPool() {
    assertEquals("a=b; c=d", seenByMember("a=b; c=d"));
    assertEquals("a=b; c=d", seenByMember("a=b; selvedge-shop=v1.x; c=d"));
    assertEquals(
        "a=b", seenByMember("__Host-selvedge-shop=1; a=b;selvedge-chat=2 ; selvedge-shop"));
    assertEquals("selvedge-shop2=x", seenByMember("selvedge-shop2=x;selvedge-shop=y"));
    assertNull(seenByMember("selvedge-shop=v1.x"));
  }

  @Test
  void aSetCookieLineIsKnownByItsName() {
    assertTrue(pools.isStickyCookie(Cookies.name("selvedge-shop=x; Path=/")));
    assertTrue(pools.isStickyCookie(Cookies.name(" __Host-selvedge-shop = x")));
    assertFalse(pools.isStickyCookie(Cookies.name("session=selvedge-shop=x")));
  }

  @Test
  void aValueIsTheFirstOfItsName() {
    assertEquals("1", Cookies.value("a=0; b = 1 ;b=2", "b"));
    assertEquals("x=y", Cookies.value("b=x=y", "b"));
    assertNull(Cookies.value("bb=1; b; =3", "b"));
    assertNull(Cookies.value(null, "b"));
  }
}

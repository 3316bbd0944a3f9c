package dev.selvedge.router;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selvedge.config.ConfigException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerFormatTest {
  @Test
  void whatIsWrittenReadsAsTheSame() {
    for (ListenerSpec listener :
        List.of(
            new ListenerSpec("mqtt", "0.0.0.0", 1883, "brokers", false, List.of()),
            new ListenerSpec(
                "mqtt", "::1", 0, "brokers", true, List.of("10.0.0.0/8", "fd00::/8")))) {
      assertEquals(
          listener, ListenerFormat.read("listeners.mqtt", "mqtt", ListenerFormat.write(listener)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'port':1,'pool':'a','proxy-protocol':true} | listeners.a.proxy-protocol: true"
            + " (expected: false, or trusted-proxies that name who may send a PROXY header)",
        "{'port':1,'pool':'a','trusted-proxies':['10.0.0.0/8']} | listeners.a.trusted-proxies:"
            + " [\"10.0.0.0/8\"] (expected: no key of that name, or proxy-protocol: true)",
        "{'port':1,'pool':'a','proxy-protocol':true,'trusted-proxies':['me']} |"
            + " listeners.a.trusted-proxies[0]: me (expected: an address block such as 10.0.0.0/8 or"
            + " fd00::/8)",
        "{'pool':'a'} | listeners.a.port: (missing) (expected: 0..65535)"
      })
  void whatIsWrongIsNamed(String json, String complaint) {
    ConfigException error =
        assertThrows(
            ConfigException.class,
            () -> ListenerFormat.read("listeners.a", "a", new JsonObject(json.replace('\'', '"'))));
    assertEquals(complaint, error.getMessage());
  }
}

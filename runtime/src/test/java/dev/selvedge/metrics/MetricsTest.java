package dev.selvedge.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private final Metrics metrics = new Metrics();

  @AfterEach
  void close() {
    metrics.close();
  }

  private void shows(String line) {
    String text = metrics.scrape();
    assertTrue(text.lines().anyMatch(line::equals), () -> line + "\nis not in\n" + text);
  }

  @Test
  void openSessionsAreCountedByFunctionProtocolAndTransport() {
    metrics.sessionOpened("chat", "raw", "sse");
    metrics.sessionOpened("chat", "raw", "sse");
    metrics.sessionClosed("chat", "raw", "sse", 1000);

    String tags = "{function=\"chat\",protocol=\"raw\",transport=\"sse\"}";
    shows("selvedge_sessions" + tags + " 1.0");
    shows("selvedge_sessions_opened_total" + tags + " 2.0");
    shows("selvedge_sessions_closed_total{code=\"1000\",function=\"chat\"} 1.0");
  }

  @Test
  void codesThatClientsMakeUpShareOneTag() {
    metrics.sessionClosed("chat", "raw", "sse", 3333);
    metrics.sessionClosed("chat", "raw", "sse", 4000);
    metrics.sessionClosed("chat", "raw", "sse", 4711);

    shows("selvedge_sessions_closed_total{code=\"other\",function=\"chat\"} 2.0");
    shows("selvedge_sessions_closed_total{code=\"function\",function=\"chat\"} 1.0");
  }

  @Test
  void aFunctionsMetersAreTheSameForEveryoneWhoAsks() {
    FunctionMeters meters = metrics.function("echo");
    meters.messageIn();
    metrics.function("echo").messageIn();
    meters.messageOut();
    meters.error();
    meters.rebound();
    meters.outboundDropped();

    assertSame(meters, metrics.function("echo"));
    assertEquals(1, meters.errorCount());
    shows("selvedge_messages_in_total{function=\"echo\"} 2.0");
    shows("selvedge_messages_out_total{function=\"echo\"} 1.0");
    shows("selvedge_function_errors_total{function=\"echo\"} 1.0");
    shows("selvedge_sessions_rebound_total{function=\"echo\"} 1.0");
    shows("selvedge_outbound_dropped_total{function=\"echo\"} 1.0");
  }

  @Test
  void callbackTimesFallIntoCumulativeBuckets() {
    FunctionMeters meters = metrics.function("echo");
    meters.callbackTook(64_000);
    meters.callbackTook(64_001);
    meters.callbackTook(10_000_000_000L);

    shows("selvedge_callback_seconds_bucket{function=\"echo\",le=\"6.4E-5\"} 1");
    shows("selvedge_callback_seconds_bucket{function=\"echo\",le=\"2.56E-4\"} 2");
    shows("selvedge_callback_seconds_bucket{function=\"echo\",le=\"+Inf\"} 3");
    shows("selvedge_callback_seconds_count{function=\"echo\"} 3");
  }

  @Test
  void requestsAreCountedByClassOfStatus() {
    metrics.httpAnswered(200);
    metrics.httpAnswered(404);
    metrics.httpAnswered(431);
    metrics.httpAnswered(-1);
    metrics.httpAnswered(999);

    shows("selvedge_http_requests_total{status=\"2xx\"} 1.0");
    shows("selvedge_http_requests_total{status=\"4xx\"} 2.0");
    shows("selvedge_http_requests_total{status=\"5xx\"} 0.0");
  }

  @Test
  void theNodesOwnStateIsShown() {
    AtomicBoolean up = new AtomicBoolean(true);
    metrics.watchStore("redis", up::get);
    metrics.watchNodes(() -> 3);
    metrics.webSocketOpened();
    metrics.webSocketOpened();
    metrics.webSocketClosed();
    metrics.groupPublished();
    metrics.watchFunctions(() -> 3, () -> 1);
    shows("selvedge_store_up{store=\"redis\"} 1.0");
    up.set(false);

    shows("selvedge_store_up{store=\"redis\"} 0.0");
    shows("selvedge_nodes 3.0");
    shows("selvedge_websocket_connections 1.0");
    shows("selvedge_group_publishes_total 1.0");
    shows("selvedge_loop_stalls 3.0");
    shows("selvedge_loader_leaks 1.0");
    assertTrue(metrics.scrape().contains("jvm_memory_used_bytes"));
    assertTrue(metrics.scrape().contains("selvedge_direct_memory_bytes"));
  }

  @Test
  void whatGoesToOtherNodesIsCountedByKind() {
    BusMeters bus = new BusMeters();
    metrics.watchBus(bus);
    assertFalse(metrics.scrape().contains("selvedge_bus_envelopes_total"));
    bus.envelope(Map.Entry.class);
    bus.envelope(Map.Entry.class);
    bus.envelope(String.class);
    bus.frame();

    shows("selvedge_bus_envelopes_total{kind=\"Map.Entry\"} 2.0");
    shows("selvedge_bus_envelopes_total{kind=\"String\"} 1.0");
    shows("selvedge_bus_frames_total 1.0");
  }

  @Test
  void membersOfPoolsAreReadAtEachScrape() {
    try (Metrics metrics = new Metrics()) {
      List<MemberReading> members = new ArrayList<>();
      metrics.watchPools(() -> List.of(new PoolReading("chat", 3)), () -> members);
      assertFalse(metrics.scrape().contains("selvedge_pool_member"));

      members.add(
          new MemberReading(
              "chat",
              "10.0.0.7:80",
              "down",
              0.5,
              3,
              2,
              1,
              40,
              5,
              6,
              7,
              4,
              9,
              0.25,
              2,
              0.5,
              100,
              200));
      String text = metrics.scrape();

      String labels = "{member=\"10.0.0.7:80\",pool=\"chat\"}";
      for (String line :
          List.of(
              "state{member=\"10.0.0.7:80\",pool=\"chat\",state=\"down\"} 1.0",
              "weight" + labels + " 0.5",
              "tunnels" + labels + " 3.0",
              "requests" + labels + " 2.0",
              "queued" + labels + " 1.0",
              "picks_total" + labels + " 40.0",
              "sticky_hits_total" + labels + " 5.0",
              "sticky_misses_total" + labels + " 6.0",
              "limit_hits_total" + labels + " 7.0",
              "connect_failures_total" + labels + " 9.0",
              "connect_seconds_count" + labels + " 4",
              "connect_seconds_sum" + labels + " 0.25",
              "handshake_seconds_count" + labels + " 2",
              "handshake_seconds_sum" + labels + " 0.5",
              "bytes_in_total" + labels + " 100.0",
              "bytes_out_total" + labels + " 200.0")) {
        assertTrue(text.contains("selvedge_pool_member_" + line), line + " in " + text);
      }
      assertTrue(text.contains("selvedge_pool_waiting{pool=\"chat\"} 3.0"), text);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server on the loopback address that is busy, slow to come, or at another address. */
class WebhookPatienceTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
  private static final Alert ALERT =
      new Alert(
          Alert.Kind.LATENCY_SPIKE,
          "ada",
          true,
          false,
          StillTime.BEGIN,
          StillTime.BEGIN,
          "p50",
          5000,
          1000,
          4000,
          6000,
          20);

  private final StillTime time = new StillTime();
  private final Deque<String> answers = new ArrayDeque<>();
  private final StubServer server =
      new StubServer(
          (stub, in, out) ->
              StubServer.http(answers.isEmpty() ? OK : answers.remove()).with(stub, in, out));
  private final Outbox outbox =
      new Outbox(
          WebhookChannel.to("http://127.0.0.1:" + server.port() + "/x")
              .allowPlainHttp()
              .allowHost("127.0.0.1")
              .allowPrivateAddresses()
              .sources(time.sources())
              .build(),
          Runnable::run,
          time.sources().nanoTime());

  WebhookPatienceTest() throws IOException {}

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static String busy(String... headers) {
    return "HTTP/1.1 429 Too Many Requests\r\n" + String.join("\r\n", headers) + "\r\n\r\n";
  }

  private void tell() {
    outbox.add(ALERT);
    outbox.wake();
  }

  /** Lets time pass and asks after each second, as a host's check does. */
  private void pass(Duration span) {
    for (long i = 0; i < span.toSeconds(); i++) {
      time.advance(Duration.ofSeconds(1));
      outbox.wake();
    }
  }

  @Test
  void an_alert_waits_for_as_long_as_the_server_asks_and_arrives() {
    for (int i = 0; i < 10; i++) {
      answers.add(busy("Retry-After: 30"));
    }
    tell();
    outbox.add(ALERT.resolved(StillTime.BEGIN));

    for (int busy = 1; busy <= 10; busy++) {
      assertThat(server.requests).hasSize(busy);
      pass(Duration.ofSeconds(29));
      assertThat(server.requests).as("not before its time").hasSize(busy);
      pass(Duration.ofSeconds(1));
    }

    assertThat(outbox.state().sent()).isEqualTo(2);
    assertThat(outbox.state().givenUp()).isZero();
    assertThat(server.requests.get(10)).contains("FIRING");
    assertThat(server.requests.get(11)).contains("RESOLVED");
  }

  /** The fake clock says 2026-01-01T00:00:00Z at the begin. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Retry-After: %s | 90",
        "retry-after:%s | 90",
        "Retry-After: 0 | 2",
        "Retry-After: -5 | 2",
        "Retry-After: soon | 2",
        "Retry-After: 1.5 | 2",
        "Retry-After: | 2",
        "Retry-After: 99999 | 3600",
        "Retry-After: 99999999999999999999 | 3600",
        "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT | 3600",
        "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT | 2",
        "Retry-After: Sun Nov  6 08:49:37 1994 | 2",
      })
  void a_time_is_believed_within_bounds(String header, long seconds) {
    String date =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            time.now().plusSeconds(90).atZone(ZoneOffset.UTC));
    answers.add(busy(header.replace("%s", date)));
    tell();

    pass(Duration.ofSeconds(seconds - 1));
    assertThat(server.requests).hasSize(1);
    pass(Duration.ofSeconds(1));
    assertThat(server.requests).hasSize(2);
    assertThat(outbox.state().sent()).isEqualTo(1);
  }

  @Test
  void a_date_counts_from_the_servers_own_clock() {
    Instant now = Instant.parse("1994-11-06T08:49:37Z");
    HttpAnswer rfc850 =
        new HttpAnswer(503, "Tuesday, 08-Nov-94 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT");
    HttpAnswer asctime =
        new HttpAnswer(503, "Sun Nov  6 08:50:37 1994", "Sun, 06 Nov 1994 08:49:37 GMT");

    assertThat(rfc850.wait(now.plusSeconds(9_999_999))).isEqualTo(Duration.ofDays(2));
    assertThat(asctime.wait(Instant.EPOCH)).isEqualTo(Duration.ofMinutes(1));
    assertThat(new HttpAnswer(503, "Sun Nov  6 08:50:37 1994", "").wait(now))
        .isEqualTo(Duration.ofMinutes(1));
    assertThat(new HttpAnswer(302, "5", "").wait(now)).isNull();
    assertThat(new HttpAnswer(400, "5", "").wait(now)).isEqualTo(Duration.ofSeconds(5));
    assertThat(new HttpAnswer(400, "", "").wait(now)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 502, 503, 504})
  void without_a_time_the_pause_doubles_to_five_minutes(int status) {
    for (int i = 0; i < 12; i++) {
      answers.add("HTTP/1.1 " + status + "\r\n\r\n");
    }
    tell();

    for (long pause : List.of(2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300)) {
      int before = server.requests.size();
      pass(Duration.ofSeconds(pause - 1));
      assertThat(server.requests).hasSize(before);
      pass(Duration.ofSeconds(1));
      assertThat(server.requests).hasSize(before + 1);
    }
    assertThat(outbox.state().sent()).isEqualTo(1);
  }

  @Test
  void after_a_day_of_patience_the_alert_is_given_up_and_the_next_has_its_turn() {
    for (int i = 0; i < 25; i++) {
      answers.add(busy("Retry-After: 3600"));
    }
    tell();
    outbox.add(ALERT);

    for (int hour = 0; hour < 24; hour++) {
      assertThat(outbox.state().givenUp()).isZero();
      time.advance(Duration.ofHours(1));
      outbox.wake();
    }

    assertThat(outbox.state().givenUp()).isEqualTo(1);
    assertThat(outbox.state().sent()).isEqualTo(1);
  }

  @Test
  void at_most_64_alerts_wait_and_the_others_are_counted() {
    answers.add(busy("Retry-After: 60"));
    tell();
    for (int i = 0; i < 99; i++) {
      tell();
    }

    assertThat(server.requests).hasSize(1);
    assertThat(outbox.state().queued()).isEqualTo(64);
    assertThat(outbox.state().dropped()).isEqualTo(36);
    pass(Duration.ofSeconds(60));
    assertThat(outbox.state().sent()).isEqualTo(64);
  }

  @Test
  void a_refusal_for_good_is_given_up_after_three_tries() {
    for (int i = 0; i < 3; i++) {
      answers.add("HTTP/1.1 404 Not Found\r\n\r\n");
    }
    tell();
    pass(Duration.ofSeconds(4));

    assertThat(server.requests).hasSize(3);
    assertThat(outbox.state().givenUp()).isEqualTo(1);
  }

  @Test
  void headers_that_never_end_change_nothing_about_the_status() {
    answers.add("HTTP/1.1 429 Busy\r\n" + "X: y\r\n".repeat(10_000));
    answers.add("HTTP/1.1 429 Busy\r\nno header");
    tell();
    pass(Duration.ofSeconds(6));

    assertThat(server.requests).hasSize(3);
    assertThat(outbox.state().sent()).isEqualTo(1);
  }

  @Test
  void each_address_of_the_host_is_tried_until_one_can_be_reached() throws IOException {
    WebhookChannel channel = at("127.0.0.2", "127.0.0.3", "127.0.0.1").build();

    channel.send(ALERT);

    assertThat(server.requests).hasSize(1);
  }

  @Test
  void an_address_that_never_answers_leaves_time_for_the_next() throws IOException {
    try (ServerSocket full =
            new ServerSocket(server.port(), 1, InetAddress.getByName("127.0.0.2"));
        Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
        Socket second = new Socket(full.getInetAddress(), full.getLocalPort())) {
      assertThat(first.isConnected() && second.isConnected()).isTrue();
      WebhookChannel channel = at("127.0.0.2", "127.0.0.1").timeout(Duration.ofSeconds(2)).build();

      channel.send(ALERT);
    }

    assertThat(server.requests).hasSize(1);
  }

  @Test
  void one_address_that_is_not_allowed_refuses_all_as_before() {
    WebhookChannel channel =
        WebhookChannel.to("http://hooks.slack.com:" + server.port() + "/x")
            .allowPlainHttp()
            .resolver(host -> addresses("192.0.2.1", "127.0.0.1"))
            .build();

    assertThatThrownBy(() -> channel.send(ALERT)).hasMessageContaining("open network");
    assertThat(server.connections).hasValue(0);
  }

  /** It may have arrived: another address would tell it twice. */
  @Test
  void a_message_that_was_sent_and_not_answered_goes_to_no_other_address() throws IOException {
    try (StubServer silent =
        new StubServer(
            new ServerSocket(server.port(), 5, InetAddress.getByName("127.0.0.2")),
            (stub, in, out) -> stub.requests.add(in.readLine()))) {
      WebhookChannel channel = at("127.0.0.2", "127.0.0.1").build();

      assertThatThrownBy(() -> channel.send(ALERT)).isInstanceOf(IOException.class);
      assertThat(silent.requests).hasSize(1);
      assertThat(server.connections).hasValue(0);
    }
  }

  private WebhookChannel.Builder at(String... addresses) {
    return WebhookChannel.to("http://hooks.slack.com:" + server.port() + "/x")
        .allowPlainHttp()
        .allowPrivateAddresses()
        .resolver(host -> addresses(addresses));
  }

  private static InetAddress[] addresses(String... texts) throws UnknownHostException {
    InetAddress[] addresses = new InetAddress[texts.length];
    for (int i = 0; i < texts.length; i++) {
      addresses[i] = InetAddress.getByName(texts[i]);
    }
    return addresses;
  }
}

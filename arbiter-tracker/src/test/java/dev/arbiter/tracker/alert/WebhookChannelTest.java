/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real server on the loopback address. */
class WebhookChannelTest {
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String SECRET = "T000/B000/hushhushhush";
  private static final Alert ALERT =
      new Alert(
          Alert.Kind.LATENCY_SPIKE,
          "ada <!channel> & \u202e\n\u00e9",
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

  private final List<StubServer> servers = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    for (StubServer server : servers) {
      server.close();
    }
  }

  @Test
  void posts_what_slack_takes() throws IOException {
    start(StubServer.http(OK));

    local("/services/" + SECRET + "?x=%20y").build().send(ALERT);

    assertThat(server().requests).hasSize(1);
    assertThat(server().requests.get(0))
        .startsWith("POST /services/" + SECRET + "?x=%20y HTTP/1.1\n")
        .contains("Host: 127.0.0.1:" + server().port() + "\n")
        .contains("Content-Type: application/json; charset=utf-8\n")
        .contains("{\"text\":\"FIRING latency_spike ada &lt;!channel&gt; &amp; ")
        .contains("\\\\u202e\\\\u000a\\u00E9")
        .endsWith("\"}");
  }

  @Test
  void the_root_needs_no_path() throws IOException {
    start(StubServer.http("HTTP/1.0 204 No Content\r\n\r\n"));

    local("").build().send(ALERT);

    assertThat(server().requests.get(0)).startsWith("POST / HTTP/1.1\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"500 no", "404 x", "199 x", "100 Continue", "301 x", "429 slow down"})
  void any_status_but_2xx_is_a_failure(String status) throws IOException {
    start(StubServer.http("HTTP/1.1 " + status + "\r\n\r\n"));

    assertThatThrownBy(() -> local("/").build().send(ALERT))
        .isInstanceOf(UndeliveredException.class)
        .hasMessage("the answer is status " + status.substring(0, 3));
  }

  @Test
  void a_redirect_is_not_followed() throws IOException {
    try (StubServer target = new StubServer(StubServer.http(OK))) {
      start(
          StubServer.http(
              "HTTP/1.1 307 x\r\nLocation: http://127.0.0.1:" + target.port() + "/\r\n\r\n"));

      assertThatThrownBy(() -> local("/").build().send(ALERT)).hasMessageContaining("307");
      assertThat(target.connections).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-x\r\n", "\r\n", "HTTP/1.1\r\n", "HTTP/1.1 2000 x\r\n", ""})
  void an_answer_that_is_no_http_is_a_failure(String answer) throws IOException {
    start(StubServer.http(answer));

    assertThatThrownBy(() -> local("/").build().send(ALERT)).hasMessage("the answer is not HTTP");
  }

  @Test
  void a_status_line_without_end_is_read_up_to_4_kb() throws IOException {
    start(StubServer.http("HTTP/1.1 200 " + "x".repeat(5000)));

    assertThatThrownBy(() -> local("/").build().send(ALERT)).hasMessage("the answer is not HTTP");
  }

  @Test
  void a_server_that_hangs_is_left() throws IOException {
    start(StubServer.hang());

    assertThatThrownBy(() -> local("/").timeout(Duration.ofMillis(200)).build().send(ALERT))
        .hasMessage("no answer within the time-out");
  }

  @Test
  void a_server_that_sends_a_byte_now_and_then_is_left_too() throws IOException {
    start(
        (stub, in, out) -> {
          while (!stub.pause(20)) {
            StubServer.write(out, "H");
          }
        });

    assertThatThrownBy(() -> local("/").timeout(Duration.ofMillis(300)).build().send(ALERT))
        .hasMessage("no answer within the time-out");
  }

  @Test
  void nothing_is_sent_to_a_loopback_address_unless_allowed() throws IOException {
    start(StubServer.http(OK));
    WebhookChannel channel =
        WebhookChannel.to("http://127.0.0.1:" + server().port() + "/")
            .allowPlainHttp()
            .allowHost("127.0.0.1")
            .build();

    assertThatThrownBy(() -> channel.send(ALERT)).hasMessageContaining("open network");
    assertThat(server().connections).hasValue(0);
  }

  @Test
  void one_private_address_among_public_ones_is_enough_to_refuse() throws IOException {
    start(StubServer.http(OK));
    InetAddress open = InetAddress.getByAddress(new byte[] {93, (byte) 184, (byte) 216, 34});
    WebhookChannel channel =
        slack(host -> new InetAddress[] {open, InetAddress.getLoopbackAddress()}).build();

    assertThatThrownBy(() -> channel.send(ALERT)).hasMessageContaining("open network");
    assertThat(server().connections).hasValue(0);
  }

  @Test
  void a_name_that_resolves_otherwise_a_moment_later_changes_nothing() throws IOException {
    start(StubServer.http(OK));
    AtomicInteger asked = new AtomicInteger();
    InetAddress checked = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    InetAddress later = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    WebhookChannel channel =
        slack(host -> new InetAddress[] {asked.getAndIncrement() == 0 ? checked : later})
            .allowPrivateAddresses()
            .build();

    channel.send(ALERT);

    assertThat(asked).hasValue(1);
    assertThat(server().requests.get(0))
        .contains("Host: hooks.slack.com:" + server().port() + "\n");
  }

  @Test
  void a_host_without_address_is_a_failure() throws IOException {
    start(StubServer.http(OK));

    assertThatThrownBy(() -> slack(host -> new InetAddress[0]).build().send(ALERT))
        .hasMessage("the host has no address");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.slack.com/x",
        "ftp://hooks.slack.com/x",
        "file:///etc/passwd",
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/hooks.slack.com",
        "https://hooks.slack.com@evil.example/x",
        "https://user:pw@hooks.slack.com/x",
        "https://hooks.slack.com/x#y",
        "https://127.0.0.1/x",
        "https://2130706433/x",
        "https://0x7f.1/x",
        "https://0177.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/x",
        "https://hooks.slack.com%2eevil.example/x",
        "https://hooks.slack.com\u3002evil.example/x",
        "https://hooks.slack.com/x\r\nHost: evil.example",
        "https:///x",
        "hooks.slack.com/x",
        ""
      })
  void an_address_that_is_not_allowed_is_refused_when_it_is_built(String address) {
    assertThatThrownBy(() -> WebhookChannel.to(address).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("alerts.webhook");
  }

  @Test
  void slack_is_allowed_and_case_does_not_matter() {
    assertThatCode(() -> WebhookChannel.to("https://Hooks.Slack.com/services/x").build())
        .doesNotThrowAnyException();
    assertThatCode(
            () -> WebhookChannel.to("https://chat.example/x").allowHost("Chat.Example").build())
        .doesNotThrowAnyException();
  }

  @Test
  void the_address_shows_nowhere() throws IOException {
    start(StubServer.http("HTTP/1.1 403 invalid_token " + SECRET + "\r\n\r\n"));
    WebhookChannel channel = local("/services/" + SECRET).name("ops").build();

    assertThat(channel.toString() + channel.name()).doesNotContain("hushhush");
    assertThatThrownBy(() -> channel.send(ALERT)).message().doesNotContain("hushhush");
    assertThatThrownBy(() -> WebhookChannel.to("https://evil.example/" + SECRET).build())
        .message()
        .doesNotContain("hushhush");
    assertThatThrownBy(() -> WebhookChannel.to("not a url " + SECRET))
        .message()
        .doesNotContain("hushhush");
  }

  @Test
  void time_outs_below_a_millisecond_are_refused_by_name() {
    WebhookChannel.Builder builder = WebhookChannel.to("https://hooks.slack.com/x");

    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .hasMessageContaining("alerts.webhook.timeout");
    assertThatThrownBy(() -> builder.connectTimeout(Duration.ofNanos(5)))
        .hasMessageContaining("alerts.webhook.connectTimeout");
  }

  private void start(StubServer.Talk talk) throws IOException {
    servers.add(new StubServer(talk));
  }

  private StubServer server() {
    return servers.get(0);
  }

  private WebhookChannel.Builder local(String path) {
    return WebhookChannel.to("http://127.0.0.1:" + server().port() + path)
        .allowPlainHttp()
        .allowHost("127.0.0.1")
        .allowPrivateAddresses();
  }

  private WebhookChannel.Builder slack(WebhookChannel.Resolver resolver) {
    return WebhookChannel.to("http://hooks.slack.com:" + server().port() + "/services/x")
        .allowPlainHttp()
        .resolver(resolver);
  }
}

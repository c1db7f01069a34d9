/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real TLS server whose certificate is for hooks.slack.com, made for the test. */
class WebhookTlsTest {
  @TempDir static Path directory;
  private static SSLContext context;

  @BeforeAll
  static void make_a_certificate() throws Exception {
    context = TestCertificate.of("dns:hooks.slack.com", directory);
  }

  @Test
  void the_certificate_is_held_against_the_name_and_not_the_address() throws Exception {
    try (StubServer server = server()) {
      channel("hooks.slack.com", server).build().send(alert());

      assertThat(server.requests.get(0)).startsWith("POST /x HTTP/1.1");
    }
  }

  @Test
  void a_server_with_the_certificate_of_another_name_gets_nothing() throws Exception {
    try (StubServer server = server()) {
      WebhookChannel channel = channel("chat.example", server).allowHost("chat.example").build();

      assertThatThrownBy(() -> channel.send(alert())).hasMessageContaining("TLS handshake");
      assertThat(server.requests).doesNotContain("POST");
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
    try (StubServer server = server()) {
      WebhookChannel channel =
          WebhookChannel.to("https://hooks.slack.com:" + server.port() + "/x")
              .allowPrivateAddresses()
              .resolver(host -> new InetAddress[] {InetAddress.getLoopbackAddress()})
              .build();

      assertThatThrownBy(() -> channel.send(alert())).hasMessageContaining("TLS handshake");
    }
  }

  @Test
  void a_handshake_that_hangs_is_left() throws Exception {
    try (StubServer server = new StubServer(StubServer.hang())) {
      WebhookChannel channel =
          channel("hooks.slack.com", server).timeout(Duration.ofMillis(200)).build();

      assertThatThrownBy(() -> channel.send(alert())).isInstanceOf(UndeliveredException.class);
    }
  }

  private static StubServer server() throws Exception {
    return new StubServer(
        context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress()),
        StubServer.http("HTTP/1.1 200 OK\r\n\r\n"));
  }

  private static WebhookChannel.Builder channel(String host, StubServer server) {
    return WebhookChannel.to("https://" + host + ":" + server.port() + "/x")
        .allowPrivateAddresses()
        .tls(context.getSocketFactory())
        .resolver(name -> new InetAddress[] {InetAddress.getLoopbackAddress()});
  }

  private static Alert alert() {
    return new Alert(
        Alert.Kind.ACCURACY_DROP,
        "ada",
        true,
        false,
        StillTime.BEGIN,
        StillTime.BEGIN,
        "quality",
        0.5,
        0.9,
        0.4,
        0.6,
        20);
  }
}

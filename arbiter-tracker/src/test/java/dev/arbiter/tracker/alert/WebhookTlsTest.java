/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real TLS server whose certificate is for hooks.slack.com, made for the test. */
class WebhookTlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  @TempDir static Path directory;
  private static SSLContext context;

  @BeforeAll
  static void make_a_certificate() throws Exception {
    Path store = directory.resolve("store.p12");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder(
                List.of(
                    keytool.toString(),
                    "-genkeypair",
                    "-alias",
                    "stub",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=stub",
                    "-ext",
                    "SAN=dns:hooks.slack.com",
                    "-keystore",
                    store.toString(),
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    new String(PASSWORD)))
            .redirectErrorStream(true)
            .start();
    process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
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
        AnomalyKind.ACCURACY_DROP,
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

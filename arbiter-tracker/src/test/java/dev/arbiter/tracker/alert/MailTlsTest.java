/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against a server that upgrades to real TLS; its certificate, made for the test, is for an
 * address.
 */
class MailTlsTest {
  private static final String LOGIN =
      Base64.getEncoder().encodeToString("arbiter\0arbiter\0hush".getBytes(StandardCharsets.UTF_8));
  @TempDir static Path directory;
  private static SSLContext context;

  @BeforeAll
  static void make_a_certificate() throws Exception {
    context = TestCertificate.of("ip:127.0.0.1", directory);
  }

  @Test
  void password_and_mail_go_behind_the_upgrade() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.upgrading(context))) {
      channel("127.0.0.1", server)
          .tls(context.getSocketFactory())
          .build()
          .send(MailChannelTest.alert("ada"));

      assertThat(server.requests.get(1)).isEqualTo("STARTTLS");
      assertThat(server.requests)
          .anyMatch(line -> line.startsWith("AUTH PLAIN") && line.endsWith(LOGIN))
          .contains("MAIL FROM:<arbiter@example.org>", "Subject: FIRING error_rate_increase:ada");
    }
  }

  @Test
  void a_server_with_the_certificate_of_another_name_gets_nothing() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.upgrading(context))) {
      MailChannel channel = channel("localhost", server).tls(context.getSocketFactory()).build();

      assertThatThrownBy(() -> channel.send(MailChannelTest.alert("ada")))
          .message()
          .doesNotContain("hush");
      assertThat(server.requests).noneMatch(line -> line.startsWith("AUTH"));
    }
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.upgrading(context))) {
      MailChannel channel = channel("127.0.0.1", server).build();

      assertThatThrownBy(() -> channel.send(MailChannelTest.alert("ada")))
          .isInstanceOf(Exception.class);
      assertThat(server.requests).noneMatch(line -> line.startsWith("AUTH"));
    }
  }

  private static MailChannel.Builder channel(String host, StubServer server) {
    return MailChannel.through(host)
        .port(server.port())
        .from("arbiter@example.org")
        .to(List.of("ops@example.org"))
        .credentials("arbiter", "hush");
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Against a small SMTP server on the loopback address. */
class MailChannelTest {
  @Test
  void sends_each_alert_as_a_mail_to_all_recipients() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.answering("250 OK"))) {
      channel(server).to(List.of("a@example.org", " b@example.org")).build().send(alert("ada"));

      String talk = String.join("\n", server.requests);
      assertThat(talk)
          .contains("MAIL FROM:<arbiter@example.org>")
          .contains("RCPT TO:<a@example.org>")
          .contains("RCPT TO:<b@example.org>")
          .contains("Subject: FIRING error_rate_increase:ada")
          .contains("Date: Thu, 1 Jan 2026")
          .contains("errors 50.0 %, usually 5.0 %");
    }
  }

  @Test
  void a_name_cannot_add_a_header() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.answering("250 OK"))) {
      channel(server).build().send(alert("ada\r\nBcc: evil@example.org\r\n\r\nhello"));

      assertThat(server.requests)
          .noneMatch(line -> line.startsWith("Bcc:"))
          .noneMatch(line -> line.startsWith("hello"))
          .noneMatch(line -> line.contains("RCPT TO:<evil"));
    }
  }

  @Test
  void a_server_that_refuses_is_a_failure() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.answering("550 no such user here"))) {
      MailChannel channel = channel(server).build();

      assertThatThrownBy(() -> channel.send(alert("ada")))
          .isInstanceOf(UndeliveredException.class)
          .hasMessage("the server does not take the message");
    }
  }

  @Test
  void a_server_without_starttls_gets_nothing_unless_allowed() throws Exception {
    try (StubServer server = new StubServer(StubSmtp.answering("250 OK"))) {
      MailChannel channel =
          MailChannel.through("127.0.0.1")
              .port(server.port())
              .from("arbiter@example.org")
              .to(List.of("ops@example.org"))
              .credentials("arbiter", "s3cret")
              .build();

      assertThatThrownBy(() -> channel.send(alert("ada"))).message().doesNotContain("s3cret");
      assertThat(server.requests)
          .noneMatch(line -> line.startsWith("MAIL"))
          .noneMatch(line -> line.startsWith("AUTH"));
      assertThat(channel.toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void a_server_that_hangs_is_left() throws Exception {
    try (StubServer server = new StubServer(StubServer.hang())) {
      MailChannel channel = channel(server).timeout(Duration.ofMillis(200)).build();

      assertThatThrownBy(() -> channel.send(alert("ada"))).isInstanceOf(Exception.class);
    }
  }

  @Test
  void a_server_that_sends_a_byte_now_and_then_is_left_too() throws Exception {
    StubServer.Talk drip =
        (stub, in, out) -> {
          while (!stub.pause(20)) {
            StubServer.write(out, "2");
          }
        };
    try (StubServer server = new StubServer(drip)) {
      MailChannel channel = channel(server).timeout(Duration.ofMillis(300)).build();

      assertThatThrownBy(() -> channel.send(alert("ada"))).isInstanceOf(Exception.class);
    }
  }

  @Test
  void settings_that_make_no_sense_are_refused_by_name() {
    MailChannel.Builder builder =
        MailChannel.through("localhost").from("a@example.org").to(List.of("b@example.org"));

    assertThatThrownBy(() -> builder.port(0)).hasMessageContaining("alerts.mail.port");
    assertThatThrownBy(() -> builder.port(65_536)).hasMessageContaining("alerts.mail.port");
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .hasMessageContaining("alerts.mail.timeout");
    assertThatThrownBy(() -> builder.connectTimeout(Duration.ZERO))
        .hasMessageContaining("alerts.mail.connectTimeout");
    assertThatThrownBy(() -> builder.credentials("u", "p").withoutTls().build())
        .hasMessageContaining("alerts.mail.credentials");
    assertThatThrownBy(() -> MailChannel.through("h").to(List.of("b@example.org")).build())
        .hasMessageContaining("alerts.mail.from");
    assertThatThrownBy(() -> MailChannel.through("h").from("a@example.org").build())
        .hasMessageContaining("alerts.mail.to");
    assertThatThrownBy(
            () ->
                MailChannel.through("h")
                    .from("a@example.org")
                    .to(List.of("b@example.org\r\nBcc: c@example.org"))
                    .build())
        .hasMessageContaining("alerts.mail.to");
  }

  private static MailChannel.Builder channel(StubServer server) {
    return MailChannel.through("127.0.0.1")
        .port(server.port())
        .from("arbiter@example.org")
        .to(List.of("ops@example.org"))
        .withoutTls();
  }

  static Alert alert(String agent) {
    return new Alert(
        Alert.Kind.ERROR_RATE_INCREASE,
        agent,
        true,
        false,
        StillTime.BEGIN,
        StillTime.BEGIN,
        "errors",
        0.5,
        0.05,
        0.2,
        0.8,
        20);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Require;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.tracker.alert.MailChannel.Credentials;
import dev.arbiter.tracker.alert.MailChannel.Settings;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** The only class that knows Jakarta Mail; loaded when a mail channel is built. */
final class JakartaMail {
  private final Settings settings;
  private final InternetAddress from;
  private final InternetAddress[] to;

  JakartaMail(Settings settings) {
    this.settings = settings;
    this.from = address("from", settings.from());
    List<String> recipients = settings.to();
    Require.that(!recipients.isEmpty(), "alerts.mail.to must name a recipient, got none");
    this.to = recipients.stream().map(one -> address("to", one)).toArray(InternetAddress[]::new);
  }

  private static InternetAddress address(String key, String text) {
    try {
      return new InternetAddress(text, true);
    } catch (AddressException e) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "alerts.mail.%s must be an e-mail address, got %s",
              key,
              Sanitizer.text(text, Alert.LONGEST)));
    }
  }

  void send(Alert alert) throws MessagingException, IOException {
    Session session = Session.getInstance(properties());
    MimeMessage message = new MimeMessage(session);
    message.setFrom(from);
    message.setRecipients(Message.RecipientType.TO, to);
    message.setSubject(subject(alert), StandardCharsets.UTF_8.name());
    message.setText(alert.text() + "\n", StandardCharsets.UTF_8.name());
    message.setSentDate(Date.from(alert.at()));
    message.saveChanges();
    try (Transport transport = session.getTransport("smtp")) {
      connect(transport);
      transport.sendMessage(message, to);
    } catch (AuthenticationFailedException e) {
      throw new UndeliveredException("the server does not accept the credentials");
    } catch (SendFailedException e) {
      throw new UndeliveredException("the server does not take the message");
    }
  }

  private void connect(Transport transport) throws MessagingException {
    Credentials login = settings.credentials().orElse(null);
    if (login == null) {
      transport.connect(settings.host(), settings.port(), null, null);
    } else {
      transport.connect(settings.host(), settings.port(), login.user, login.password);
    }
  }

  private static String subject(Alert alert) {
    return (alert.firing() ? "FIRING " : "RESOLVED ") + Sanitizer.text(alert.key(), Alert.LONGEST);
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("mail.smtp.auth", String.valueOf(settings.credentials().isPresent()));
    properties.put("mail.smtp.starttls.enable", String.valueOf(settings.tls()));
    properties.put("mail.smtp.starttls.required", String.valueOf(settings.tls()));
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    settings.trusted().ifPresent(sockets -> properties.put("mail.smtp.ssl.socketFactory", sockets));
    properties.put("mail.smtp.socketFactory", new TimedTcpSockets(settings.timeouts()));
    properties.put("mail.smtp.socketFactory.fallback", "false");
    return properties;
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;

/**
 * Sends each alert as a plain-text e-mail through an SMTP server.
 *
 * <p>Needs Jakarta Mail, which Arbiter does not include: {@code jakarta.mail:jakarta.mail-api} with
 * an implementation such as {@code org.eclipse.angus:angus-mail}. {@link Builder#build} fails
 * without it; everything else works. On the module path it needs {@code --add-modules jakarta.mail}
 * unless a module requires it.
 *
 * <p>STARTTLS protects the connection, and the server's certificate must match its name; only
 * {@link Builder#withoutTls} sends in the clear. Connecting takes at most 5 s, the conversation 30
 * s. The operator sets host and recipients, so private addresses are allowed. The password appears
 * in no message, log or {@code toString}. No threads of its own.
 */
public final class MailChannel implements AlertChannel {
  private final String name;
  private final JakartaMail mail;

  private MailChannel(String name, JakartaMail mail) {
    this.name = name;
    this.mail = mail;
  }

  /** The settings of a mail. */
  record Settings(
      String host,
      int port,
      String from,
      List<String> to,
      Optional<Credentials> credentials,
      boolean tls,
      Optional<SSLSocketFactory> trusted,
      Timeouts timeouts) {}

  /** Not a record, because a record's toString shows its content. */
  static final class Credentials {
    final String user;
    final String password;

    Credentials(String user, String password) {
      this.user = user;
      this.password = password;
    }
  }

  /**
   * Starts with the server.
   *
   * @param host name or address of the SMTP server
   * @return a builder
   */
  public static Builder through(String host) {
    return new Builder(host);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void send(Alert alert) throws Exception {
    mail.send(alert);
  }

  @Override
  public String toString() {
    return "MailChannel " + name;
  }

  /** Builder of {@link MailChannel}. Not thread-safe. */
  public static final class Builder {
    private static final int SUBMISSION = 587;
    private static final int MOST_PORT = 65_535;

    private final String host;
    private String name = "mail";
    private int port = SUBMISSION;
    private String from = "";
    private List<String> to = List.of();
    private Optional<Credentials> credentials = Optional.empty();
    private boolean tls = true;
    private Optional<SSLSocketFactory> trusted = Optional.empty();
    private Timeouts timeouts = new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(30));

    private Builder(String host) {
      this.host = host;
    }

    /**
     * Sets the channel's name; default {@code mail}.
     *
     * @param name without secrets
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Sets the port, default 587.
     *
     * @param port 1 to 65535
     */
    public Builder port(int port) {
      Require.that(
          port >= 1 && port <= MOST_PORT, "alerts.mail.port must be 1 to 65535, got %s", port);
      this.port = port;
      return this;
    }

    /**
     * Sets the sender.
     *
     * @param address an e-mail address
     */
    public Builder from(String address) {
      this.from = address;
      return this;
    }

    /**
     * Sets the recipients, such as {@code ALERT_EMAIL_RECIPIENTS} split at commas.
     *
     * @param addresses e-mail addresses, at least one
     */
    public Builder to(List<String> addresses) {
      this.to = addresses.stream().map(String::trim).toList();
      return this;
    }

    /**
     * Sets the login; default none.
     *
     * @param user the account
     * @param password its password
     */
    public Builder credentials(String user, String password) {
      this.credentials = Optional.of(new Credentials(user, password));
      return this;
    }

    /**
     * Sets the trusted certificates; default those of the JDK.
     *
     * @param sockets creates the upgraded connection; the server's name is checked in any case
     */
    public Builder tls(SSLSocketFactory sockets) {
      this.trusted = Optional.of(sockets);
      return this;
    }

    /** Sends in the clear, for a relay on the same machine; not allowed with credentials. */
    public Builder withoutTls() {
      this.tls = false;
      return this;
    }

    /**
     * Limits connecting, default 5 s.
     *
     * @param timeout at least 1 ms
     */
    public Builder connectTimeout(Duration timeout) {
      this.timeouts = timeouts.withConnect("alerts.mail.connectTimeout", timeout);
      return this;
    }

    /**
     * Limits connecting and the conversation together, default 30 s.
     *
     * @param timeout at least 1 ms
     */
    public Builder timeout(Duration timeout) {
      this.timeouts = timeouts.withWhole("alerts.mail.timeout", timeout);
      return this;
    }

    /**
     * Sets the time source; default the machine's nano clock.
     *
     * @param sources the nano clock for time-outs
     */
    public Builder sources(Sources sources) {
      this.timeouts = timeouts.with(sources);
      return this;
    }

    /**
     * Builds the channel. Connects to nothing yet.
     *
     * @return a new channel
     * @throws IllegalArgumentException if sender or recipients are missing or no addresses, or a
     *     password would go in the clear
     * @throws IllegalStateException if Jakarta Mail is missing
     */
    public MailChannel build() {
      if (credentials.isPresent() && !tls) {
        throw new IllegalArgumentException(
            "alerts.mail.credentials must not go in the clear; drop them, or use TLS");
      }
      Settings settings = new Settings(host, port, from, to, credentials, tls, trusted, timeouts);
      try {
        return new MailChannel(name, new JakartaMail(settings));
      } catch (NoClassDefFoundError e) {
        throw new IllegalStateException(
            "alerts.mail needs jakarta.mail-api and an implementation such as angus-mail on the"
                + " path; add them, or use another channel",
            e);
      }
    }
  }
}

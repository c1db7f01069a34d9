/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.net.ssl.SSLSocketFactory;

/**
 * Posts each alert to a webhook in Slack's format: {@code {"text": "..."}} as JSON.
 *
 * <p><b>Targets.</b> Only https, unless {@link Builder#allowPlainHttp}, and only hosts on the
 * allow-list, by default {@code hooks.slack.com}. The host is resolved for each alert. If any of
 * its addresses is private, loopback, link-local or otherwise not public, nothing is sent, unless
 * {@link Builder#allowPrivateAddresses}. The connection goes to the checked address, so a name that
 * resolves differently a moment later changes nothing; certificate, SNI and Host header use the
 * name. Therefore this class speaks HTTP/1.1 over its own socket: {@code java.net.http} resolves
 * again and accepts no address. If the host has several addresses, each is tried until one can be
 * reached. Redirects are not followed: any status but 2xx is a failure.
 *
 * <p><b>Proxy.</b> If the JVM names a proxy for the host ({@code https.proxyHost}, or its {@link
 * ProxySelector}), the channel connects to that, through a tunnel ({@code CONNECT}) for https. The
 * proxy resolves the name again, so an address checked here binds it no more: with https the
 * certificate still does, and nothing of the alert goes to another host; with plain http the proxy
 * must be trusted. A name that has a private address here is refused as without a proxy; one that
 * has none here is left to the proxy for https only. The proxy must not want a password.
 *
 * <p><b>Patience.</b> After 408, 425, 429, 502, 503, 504, or any refusal with {@code Retry-After},
 * the alert waits and is not given up for a day: see {@link AlertChannel#send}.
 *
 * <p><b>Time.</b> Connecting takes at most 3 s, the whole at most 10 s, both configurable; the
 * JVM's resolver has its own time-outs. <b>Secrets.</b> The address of a webhook is a secret: it
 * appears in no message, log or {@code toString}. <b>Threads.</b> None of its own.
 */
public final class WebhookChannel implements AlertChannel {
  private static final String NO_ADDRESS = "the host has no address";

  private final String name;
  private final URI uri;
  private final boolean privateAllowed;
  private final Resolver resolver;
  private final PinnedPost post;
  private final InstantSource clock;

  /** Gives all addresses of a name. */
  @FunctionalInterface
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private WebhookChannel(Builder builder) {
    this.name = builder.name;
    this.uri = builder.uri;
    this.privateAllowed = builder.privateAllowed;
    this.resolver = builder.resolver;
    this.clock = builder.sources.clock();
    this.post = new PinnedPost(uri, builder.timeouts, builder.tls);
  }

  /**
   * Starts with the address, such as the value of {@code ALERT_SLACK_WEBHOOK}.
   *
   * @param address an https URL without user, password and fragment
   * @return a builder
   * @throws IllegalArgumentException if it is no such URL; the message does not show it
   */
  public static Builder to(String address) {
    return new Builder(address);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void send(Alert alert) throws IOException {
    HttpAnswer answer = post.send(hops(), body(alert));
    if (!answer.isSuccess()) {
      String message = "the answer is status " + answer.status();
      Duration wait = answer.wait(clock.instant());
      throw wait == null
          ? new UndeliveredException(message)
          : UndeliveredException.later(message, wait);
    }
  }

  private List<PinnedPost.Hop> hops() throws IOException {
    List<InetAddress> addresses = addresses();
    List<PinnedPost.Hop> hops = new ArrayList<>();
    for (Proxy proxy : proxies()) {
      if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress at) {
        if (addresses.isEmpty() && !post.isTls()) {
          throw new UndeliveredException(NO_ADDRESS);
        }
        InetSocketAddress known = new InetSocketAddress(at.getHostString(), at.getPort());
        hops.add(new PinnedPost.Hop(known, true));
      } else {
        for (InetAddress address : addresses) {
          hops.add(new PinnedPost.Hop(new InetSocketAddress(address, post.port()), false));
        }
      }
    }
    return hops;
  }

  /** The selector is not shown the path, which is a secret. */
  private List<Proxy> proxies() {
    ProxySelector selector = ProxySelector.getDefault();
    List<Proxy> chosen =
        selector == null
            ? List.of()
            : selector.select(
                URI.create(uri.getScheme() + "://" + uri.getHost() + ":" + post.port() + "/"));
    return chosen == null || chosen.isEmpty() ? List.of(Proxy.NO_PROXY) : chosen;
  }

  /** All addresses of the host, none if it has none; refused if one of them is not public. */
  private List<InetAddress> addresses() throws IOException {
    List<InetAddress> addresses;
    try {
      addresses = List.of(resolver.resolve(uri.getHost()));
    } catch (UnknownHostException e) {
      return List.of();
    }
    if (!privateAllowed && !addresses.stream().allMatch(PublicAddresses::isPublic)) {
      throw new UndeliveredException("the host has an address that is not of the open network");
    }
    return addresses;
  }

  /**
   * Slack reads {@code <}, {@code >} and {@code &} as markup; unescaped, a name could notify a
   * user.
   */
  private static byte[] body(Alert alert) {
    String text = alert.text().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return Json.writeAscii(Map.of("text", text)).getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "WebhookChannel " + name;
  }

  /** Builder of {@link WebhookChannel}. Not thread-safe. */
  public static final class Builder {
    private static final String SLACK = "hooks.slack.com";

    private final URI uri;
    private final Set<String> hosts = new TreeSet<>(Set.of(SLACK));
    private String name = "webhook";
    private boolean plainAllowed;
    private boolean privateAllowed;
    private Timeouts timeouts = new Timeouts(Duration.ofSeconds(3), Duration.ofSeconds(10));
    private Resolver resolver = InetAddress::getAllByName;
    private Sources sources = Sources.system();
    private SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();

    private Builder(String address) {
      this.uri = parse(address);
    }

    private static URI parse(String address) {
      URI uri;
      try {
        uri = URI.create(address);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "alerts.webhook must be a URL; its value is not shown because it is a secret");
      }
      boolean sound =
          uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawFragment() == null
              && uri.toASCIIString().equals(address);
      if (!sound) {
        throw new IllegalArgumentException(
            "alerts.webhook must be a URL of ASCII characters with a host, and without user,"
                + " password and fragment; its value is not shown because it is a secret");
      }
      return uri;
    }

    /**
     * Sets the channel's name; default {@code webhook}.
     *
     * @param name without secrets
     */
    public Builder name(String name) {
      this.name = name;
      return this;
    }

    /**
     * Adds a host to the allow-list.
     *
     * @param host its exact name
     */
    public Builder allowHost(String host) {
      hosts.add(host.toLowerCase(Locale.ROOT));
      return this;
    }

    /** Allows unencrypted http. */
    public Builder allowPlainHttp() {
      this.plainAllowed = true;
      return this;
    }

    /** Allows private addresses, for a host inside the operator's own network. */
    public Builder allowPrivateAddresses() {
      this.privateAllowed = true;
      return this;
    }

    /**
     * Limits connecting, default 3 s.
     *
     * @param timeout at least 1 ms
     */
    public Builder connectTimeout(Duration timeout) {
      this.timeouts = timeouts.withConnect("alerts.webhook.connectTimeout", timeout);
      return this;
    }

    /**
     * Limits connecting, handshake, sending and the answer together, default 10 s.
     *
     * @param timeout at least 1 ms
     */
    public Builder timeout(Duration timeout) {
      this.timeouts = timeouts.withWhole("alerts.webhook.timeout", timeout);
      return this;
    }

    /**
     * Sets the trusted certificates; default those of the JVM.
     *
     * @param factory creates the TLS sockets
     */
    public Builder tls(SSLSocketFactory factory) {
      this.tls = factory;
      return this;
    }

    /**
     * Sets the time source; default the machine's clocks.
     *
     * @param sources the nano clock for time-outs, the clock for answers that name a date
     */
    public Builder sources(Sources sources) {
      this.timeouts = timeouts.with(sources);
      this.sources = sources;
      return this;
    }

    Builder resolver(Resolver resolver) {
      this.resolver = resolver;
      return this;
    }

    /**
     * Builds the channel. Connects to nothing yet.
     *
     * @return a new channel
     * @throws IllegalArgumentException if the scheme or the host is not allowed
     */
    public WebhookChannel build() {
      Json.require();
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      boolean allowed = scheme.equals("https") || (scheme.equals("http") && plainAllowed);
      if (!allowed) {
        throw new IllegalArgumentException(
            "alerts.webhook must be https, got " + scheme + "; http must be allowed by name");
      }
      if (!hosts.contains(uri.getHost().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "alerts.webhook must be at one of %s, got %s; others must be allowed by name",
                hosts,
                Sanitizer.text(uri.getHost(), Alert.LONGEST)));
      }
      return new WebhookChannel(this);
    }
  }
}

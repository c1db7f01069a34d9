/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real proxies and servers on the loopback address. */
class WebhookProxyTest {
  private static final String OK = "HTTP/1.1 200 OK\r\n\r\n";
  private static final byte[] PUBLIC = {(byte) 198, 41, 0, 4};

  @TempDir static Path directory;
  private static SSLContext context;

  private final ProxySelector before = ProxySelector.getDefault();
  private final List<URI> asked = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void make_a_certificate() throws Exception {
    context = TestCertificate.of("dns:hooks.slack.com", directory);
  }

  @AfterEach
  void restore() {
    ProxySelector.setDefault(before);
    System.clearProperty("https.proxyHost");
    System.clearProperty("https.proxyPort");
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

  private static WebhookChannel.Builder to(String address) {
    return WebhookChannel.to(address)
        .tls(context.getSocketFactory())
        .resolver(host -> new InetAddress[] {InetAddress.getByAddress(PUBLIC)});
  }

  private void choose(Proxy... proxies) {
    ProxySelector.setDefault(
        new ProxySelector() {
          @Override
          public List<Proxy> select(URI uri) {
            asked.add(uri);
            return uri.getHost().equals("hooks.slack.com")
                ? List.of(proxies)
                : List.of(Proxy.NO_PROXY);
          }

          @Override
          public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
        });
  }

  private static Proxy http(int port) {
    return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("127.0.0.1", port));
  }

  @Test
  void https_goes_through_a_tunnel_to_a_server_with_the_right_certificate() throws Exception {
    try (StubServer server = tlsServer();
        TunnelProxy proxy = new TunnelProxy(server.port(), "200 Connection established")) {
      choose(http(proxy.port()));

      to("https://hooks.slack.com/secret/path").build().send(alert());

      assertThat(proxy.lines.get(0)).isEqualTo("CONNECT hooks.slack.com:443 HTTP/1.1");
      assertThat(server.requests.get(0)).startsWith("POST /secret/path HTTP/1.1\n");
      assertThat(asked.get(0)).hasToString("https://hooks.slack.com:443/");
    }
  }

  @Test
  void the_proxy_of_the_jvms_properties_is_taken() throws Exception {
    try (StubServer server = tlsServer();
        TunnelProxy proxy = new TunnelProxy(server.port(), "200 OK")) {
      System.setProperty("https.proxyHost", "127.0.0.1");
      System.setProperty("https.proxyPort", String.valueOf(proxy.port()));

      to("https://hooks.slack.com/x").build().send(alert());

      assertThat(server.requests).hasSize(1);
    }
  }

  /** Its certificate is trusted here, so that only the name is wrong. */
  @Test
  void a_tunnel_to_a_server_without_the_certificate_gets_nothing() throws Exception {
    Path elsewhere = Files.createDirectory(directory.resolve("other"));
    SSLContext other = TestCertificate.of("dns:internal.example", elsewhere);
    try (StubServer inside =
            new StubServer(
                other
                    .getServerSocketFactory()
                    .createServerSocket(0, 5, InetAddress.getLoopbackAddress()),
                StubServer.http(OK));
        TunnelProxy proxy = new TunnelProxy(inside.port(), "200 OK")) {
      choose(http(proxy.port()));

      WebhookChannel channel =
          to("https://hooks.slack.com/x").tls(other.getSocketFactory()).build();
      assertThatThrownBy(() -> channel.send(alert())).hasMessageContaining("TLS handshake");
      assertThat(inside.requests).doesNotContain("POST");
    }
  }

  @Test
  void a_name_with_a_private_address_is_refused_before_the_proxy_is_asked() throws Exception {
    try (TunnelProxy proxy = new TunnelProxy(1, "200 OK")) {
      choose(http(proxy.port()));
      WebhookChannel channel =
          to("https://hooks.slack.com/x")
              .resolver(host -> new InetAddress[] {InetAddress.getByName("10.0.0.7")})
              .build();

      assertThatThrownBy(() -> channel.send(alert())).hasMessageContaining("open network");
      assertThat(proxy.lines).isEmpty();
    }
  }

  @Test
  void a_name_that_only_the_proxy_knows_is_left_to_it_for_https_alone() throws Exception {
    try (StubServer server = tlsServer();
        TunnelProxy proxy = new TunnelProxy(server.port(), "200 OK")) {
      choose(http(proxy.port()));
      WebhookChannel.Resolver none =
          host -> {
            throw new UnknownHostException(host);
          };

      to("https://hooks.slack.com/x").resolver(none).build().send(alert());
      assertThat(server.requests).hasSize(1);

      WebhookChannel plain = to("http://hooks.slack.com/x").allowPlainHttp().resolver(none).build();
      assertThatThrownBy(() -> plain.send(alert())).hasMessageContaining("no address");
      assertThat(proxy.lines).hasSize(1);
    }
  }

  @Test
  void plain_http_names_the_whole_address() throws Exception {
    try (StubServer proxy = new StubServer(StubServer.http(OK))) {
      choose(http(proxy.port()));

      to("http://hooks.slack.com/x?y=1").allowPlainHttp().build().send(alert());

      assertThat(proxy.requests.get(0))
          .startsWith("POST http://hooks.slack.com/x?y=1 HTTP/1.1\nHost: hooks.slack.com\n");
    }
  }

  @Test
  void a_proxy_that_refuses_is_named_and_the_next_one_tried() throws Exception {
    try (StubServer server = tlsServer();
        TunnelProxy closed = new TunnelProxy(1, "407 Proxy Authentication Required");
        TunnelProxy open = new TunnelProxy(server.port(), "200 OK")) {
      choose(http(closed.port()));
      WebhookChannel channel = to("https://hooks.slack.com/x").build();
      assertThatThrownBy(() -> channel.send(alert())).hasMessageContaining("wants a password");

      choose(http(closed.port()), http(open.port()));
      channel.send(alert());

      assertThat(server.requests).hasSize(1);
    }
  }

  private static StubServer tlsServer() throws IOException {
    return new StubServer(
        context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.getLoopbackAddress()),
        StubServer.http(OK));
  }

  /** A proxy that leads every tunnel to one port. */
  private static final class TunnelProxy implements AutoCloseable {
    final List<String> lines = new CopyOnWriteArrayList<>();
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final int target;
    private final String answer;

    TunnelProxy(int target, String answer) throws IOException {
      this.target = target;
      this.answer = answer;
      daemon(this::serve);
    }

    int port() {
      return server.getLocalPort();
    }

    private void serve() {
      while (!server.isClosed()) {
        try {
          Socket client = server.accept();
          daemon(() -> tunnel(client));
        } catch (IOException e) {
          return;
        }
      }
    }

    private void tunnel(Socket client) {
      try (client) {
        lines.add(line(client.getInputStream()));
        while (!line(client.getInputStream()).isEmpty()) {
          // the other headers
        }
        StubServer.write(client.getOutputStream(), "HTTP/1.1 " + answer + "\r\nX: y\r\n\r\n");
        if (answer.startsWith("200")) {
          try (Socket there = new Socket(InetAddress.getLoopbackAddress(), target)) {
            daemon(() -> copy(there, client));
            copy(client, there);
          }
        }
      } catch (IOException e) {
        lines.add("broken off");
      }
    }

    private static void copy(Socket from, Socket to) {
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        in.transferTo(out);
        to.shutdownOutput();
      } catch (IOException e) {
        // one side has gone
      }
    }

    private static String line(InputStream in) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
        line.append((char) c);
      }
      return line.toString().trim();
    }

    private static void daemon(Runnable run) {
      Thread thread = new Thread(run, "proxy");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}

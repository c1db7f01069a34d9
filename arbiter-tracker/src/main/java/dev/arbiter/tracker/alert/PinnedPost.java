/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Posts a few kilobytes of JSON to the first of some checked addresses that answers. */
final class PinnedPost {
  /*
   * java.net.http resolves a name itself when it connects, so it may connect to an address that was
   * never checked; it also has its own threads. Here the caller resolves and checks the name once;
   * the name itself is used only for the Host header, SNI and the certificate, and for a proxy.
   *
   * Another address is tried while nothing was sent: after that the message may have arrived. All
   * addresses share one deadline, each may take its part of what is left. Of the answer only the
   * head is read, at most 36 KB. A redirect is a status like any other; its target is ignored.
   */
  private static final int PROXY_WANTS_A_PASSWORD = 407;
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final URI uri;
  private final Timeouts timeouts;
  private final SSLSocketFactory tls;

  /** Where to connect: the host, or a proxy that connects to the host. */
  record Hop(InetSocketAddress address, boolean isProxy) {}

  PinnedPost(URI uri, Timeouts timeouts, SSLSocketFactory tls) {
    this.uri = uri;
    this.timeouts = timeouts;
    this.tls = tls;
  }

  /** Sends by the first hop that can be reached. */
  HttpAnswer send(List<Hop> hops, byte[] json) throws IOException {
    long deadline = timeouts.deadline();
    IOException failure = new UndeliveredException("the host has no address");
    for (int i = 0; i < hops.size(); i++) {
      Hop hop = hops.get(i);
      try (TimedTcpSocket plain = new TimedTcpSocket(timeouts, deadline)) {
        Socket open;
        try {
          plain.connect(hop.address(), plain.millisLeft() / (hops.size() - i));
          open = opened(plain, hop);
        } catch (IOException e) {
          failure = named(e);
          continue;
        }
        try (Socket socket = open) {
          socket.getOutputStream().write(request(json, hop));
          socket.getOutputStream().flush();
          return HttpAnswer.read(socket.getInputStream());
        } catch (IOException e) {
          throw named(e);
        }
      } catch (SocketTimeoutException e) {
        throw named(e);
      }
    }
    throw failure;
  }

  private static IOException named(IOException e) {
    if (e instanceof SocketTimeoutException) {
      return new UndeliveredException("no answer within the time-out");
    }
    return e instanceof SSLException
        ? new UndeliveredException("the TLS handshake failed: is it the host it should be?")
        : e;
  }

  private Socket opened(TimedTcpSocket plain, Hop hop) throws IOException {
    if (!isTls()) {
      return plain;
    }
    if (hop.isProxy()) {
      tunnel(plain);
    }
    return secure(plain);
  }

  private void tunnel(Socket plain) throws IOException {
    String target = uri.getHost() + ":" + port();
    String head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n";
    plain.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    plain.getOutputStream().flush();
    int status = HttpAnswer.throughProxy(plain.getInputStream());
    if (status == PROXY_WANTS_A_PASSWORD) {
      throw new UndeliveredException("the proxy wants a password; give one that does not");
    }
    if (status / 100 != 2) {
      throw new UndeliveredException("the proxy's answer is status " + status);
    }
  }

  private SSLSocket secure(Socket plain) throws IOException {
    SSLSocket socket = (SSLSocket) tls.createSocket(plain, uri.getHost(), port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (isName(uri.getHost())) {
      parameters.setServerNames(List.of(new SNIHostName(uri.getHost())));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static boolean isName(String host) {
    return !host.startsWith("[") && Character.isLetter(host.charAt(host.length() - 1));
  }

  private byte[] request(byte[] json, Hop hop) throws IOException {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String origin = hop.isProxy() && !isTls() ? "http://" + uri.getRawAuthority() : "";
    String head =
        String.join(
            "\r\n",
            "POST " + origin + path + query + " HTTP/1.1",
            "Host: " + uri.getRawAuthority(),
            "User-Agent: arbiter",
            "Content-Type: application/json; charset=utf-8",
            "Content-Length: " + json.length,
            "Connection: close",
            "",
            "");
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.getBytes(StandardCharsets.US_ASCII));
    request.write(json);
    return request.toByteArray();
  }

  int port() {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return isTls() ? HTTPS : HTTP;
  }

  boolean isTls() {
    return "https".equalsIgnoreCase(uri.getScheme());
  }
}

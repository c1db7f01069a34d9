/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
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

/** Posts a few kilobytes of JSON to one checked address. */
final class PinnedPost {
  /*
   * java.net.http resolves a name itself when it connects, so it may connect to an address that was
   * never checked; it also has its own threads. Here the caller resolves and checks the name once;
   * the name itself is used only for the Host header, SNI and the certificate.
   *
   * Only the status line of the answer is read, at most 4 KB. A redirect is a status like any
   * other; its target is ignored.
   */
  private static final int MOST_STATUS = 4096;
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  private final URI uri;
  private final Timeouts timeouts;
  private final SSLSocketFactory tls;

  PinnedPost(URI uri, Timeouts timeouts, SSLSocketFactory tls) {
    this.uri = uri;
    this.timeouts = timeouts;
    this.tls = tls;
  }

  /** The status of the answer. */
  int send(InetAddress address, byte[] json) throws IOException {
    try (TimedTcpSocket plain = new TimedTcpSocket(timeouts)) {
      plain.connect(new InetSocketAddress(address, port()));
      try (Socket socket = isTls() ? secure(plain) : plain) {
        socket.getOutputStream().write(request(json));
        socket.getOutputStream().flush();
        return status(socket.getInputStream());
      }
    } catch (SocketTimeoutException e) {
      throw new UndeliveredException("no answer within the time-out");
    } catch (SSLException e) {
      throw new UndeliveredException("the TLS handshake failed: is it the host it should be?");
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

  private byte[] request(byte[] json) throws IOException {
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String head =
        "POST "
            + path
            + query
            + " HTTP/1.1\r\nHost: "
            + uri.getRawAuthority()
            + "\r\nUser-Agent: arbiter\r\nContent-Type: application/json; charset=utf-8"
            + "\r\nContent-Length: "
            + json.length
            + "\r\nConnection: close\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.getBytes(StandardCharsets.US_ASCII));
    request.write(json);
    return request.toByteArray();
  }

  private static int status(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() == MOST_STATUS) {
        throw new UndeliveredException("the answer is not HTTP");
      }
      line.append((char) c);
    }
    String[] parts = line.toString().trim().split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("[1-5][0-9]{2}")) {
      throw new UndeliveredException("the answer is not HTTP");
    }
    return Integer.parseInt(parts[1]);
  }

  private int port() {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return isTls() ? HTTPS : HTTP;
  }

  private boolean isTls() {
    return "https".equalsIgnoreCase(uri.getScheme());
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A server on the loopback address that takes one connection after the other. */
final class StubServer implements AutoCloseable {
  final List<String> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ServerSocket server;
  private final Talk talk;
  private Socket current = new Socket();

  /** What the server does with a connection. */
  interface Talk {
    void with(StubServer server, BufferedReader in, OutputStream out) throws IOException;
  }

  StubServer(Talk talk) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), talk);
  }

  StubServer(ServerSocket server, Talk talk) {
    this.server = server;
    this.talk = talk;
    Thread thread = new Thread(this::serve, "stub");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        connections.incrementAndGet();
        current = socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        talk.with(this, in, socket.getOutputStream());
      } catch (IOException e) {
        requests.add("broken off");
      }
    }
  }

  /** Goes on in TLS, as the server. */
  Socket upgrade(SSLContext context) throws IOException {
    SSLSocket upgraded =
        (SSLSocket) context.getSocketFactory().createSocket(current, null, port(), false);
    upgraded.setUseClientMode(false);
    upgraded.startHandshake();
    return upgraded;
  }

  int port() {
    return server.getLocalPort();
  }

  /** Waits until the server is closed; for talks that hang. */
  boolean pause(long millis) {
    try {
      return closed.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Reads a whole request and answers. */
  static Talk http(String answer) {
    return (server, in, out) -> {
      StringBuilder request = new StringBuilder();
      int length = 0;
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        request.append(line).append('\n');
        if (line.startsWith("Content-Length: ")) {
          length = Integer.parseInt(line.substring(16));
        }
      }
      char[] body = new char[length];
      for (int read = 0; read < length; ) {
        read += in.read(body, read, length - read);
      }
      server.requests.add(request + "\n" + new String(body));
      write(out, answer);
    };
  }

  /** Takes everything and never says a word. */
  static Talk hang() {
    return (server, in, out) -> server.pause(60_000);
  }

  static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    server.close();
  }
}

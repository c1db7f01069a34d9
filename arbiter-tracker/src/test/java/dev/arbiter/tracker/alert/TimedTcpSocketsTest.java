/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import javax.net.SocketFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TimedTcpSocketsTest {
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();
  private final SocketFactory sockets =
      new TimedTcpSockets(new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(200)));

  /** A way to ask for a connected socket. */
  interface Way {
    Socket open(SocketFactory sockets, int port) throws IOException;
  }

  static List<Way> ways() {
    return List.of(
        (sockets, port) -> sockets.createSocket("127.0.0.1", port),
        (sockets, port) -> sockets.createSocket(HERE, port),
        (sockets, port) -> sockets.createSocket("127.0.0.1", port, HERE, 0),
        (sockets, port) -> sockets.createSocket(HERE, port, HERE, 0));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_connected_socket_leaves_a_server_that_hangs(Way way) throws Exception {
    try (StubServer server = new StubServer(StubServer.hang());
        Socket socket = way.open(sockets, server.port())) {
      assertThat(socket.isConnected()).isTrue();
      assertThatThrownBy(() -> socket.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @ParameterizedTest
  @MethodSource("ways")
  void a_port_where_nobody_listens_is_an_error(Way way) throws Exception {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
      port = server.getLocalPort();
    }
    assertThatThrownBy(() -> way.open(sockets, port)).isInstanceOf(IOException.class);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;

/** A TCP connection whose reads all end by one deadline, however slowly bytes come. */
final class TimedTcpSocket extends Socket {
  /*
   * A read time-out restarts with every byte, so a slow peer could hold a thread for ever. Here
   * each read may take only what is left of the whole. Writes cannot be limited; a request fits
   * into the send buffer, so writing does not wait for the peer.
   */
  static final int SEND_BUFFER = 1 << 16;
  private static final long NANOS_A_MILLI = 1_000_000;

  private final Timeouts timeouts;
  private final long deadline;

  TimedTcpSocket(Timeouts timeouts) throws IOException {
    this(timeouts, timeouts.deadline());
  }

  TimedTcpSocket(Timeouts timeouts, long deadline) throws IOException {
    this.timeouts = timeouts;
    this.deadline = deadline;
    setSendBufferSize(SEND_BUFFER);
    setTcpNoDelay(true);
  }

  @Override
  public void connect(SocketAddress to, int timeoutMillis) throws IOException {
    int most = (int) Math.min(timeouts.connect().toMillis(), millisLeft());
    super.connect(to, timeoutMillis > 0 ? Math.min(most, timeoutMillis) : most);
  }

  @Override
  public void connect(SocketAddress to) throws IOException {
    connect(to, 0);
  }

  void connect(InetSocketAddress to) throws IOException {
    connect(to, 0);
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(super.getInputStream()) {
      @Override
      public int read() throws IOException {
        setSoTimeout(millisLeft());
        return super.read();
      }

      @Override
      public int read(byte[] bytes, int from, int length) throws IOException {
        setSoTimeout(millisLeft());
        return super.read(bytes, from, length);
      }
    };
  }

  /** At least 1: to {@link Socket}, 0 means for ever. */
  int millisLeft() throws IOException {
    long left = (deadline - timeouts.nanoTime().getAsLong()) / NANOS_A_MILLI;
    if (left <= 0) {
      throw new SocketTimeoutException("took too long as a whole");
    }
    return (int) Math.min(left, Integer.MAX_VALUE);
  }
}

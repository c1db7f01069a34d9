/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The standard output, which remembers whether its reader went away: as in {@code arbiter tasks
 * list .. | head}. {@code System.out} hides why a write failed.
 */
final class StandardOutput extends OutputStream {
  private static final Path OWN = Path.of("/proc/self/fd/1");

  private final OutputStream to = new FileOutputStream(FileDescriptor.out);
  private boolean lostItsReader;

  /** {@return whether a write failed because the other end was closed} */
  boolean lostItsReader() {
    return lostItsReader;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      to.write(bytes, from, length);
    } catch (IOException e) {
      lostItsReader = lostItsReader || isClosedPipe(e);
      throw e;
    }
  }

  /* The system says why in its own language, so what kind of file it is counts too. */
  private static boolean isClosedPipe(IOException e) {
    String why = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (why.contains("pipe")) {
      return true;
    }
    try {
      String file = Files.readSymbolicLink(OWN).toString();
      return file.startsWith("pipe:") || file.startsWith("socket:");
    } catch (IOException | UnsupportedOperationException unknown) {
      return false;
    }
  }
}

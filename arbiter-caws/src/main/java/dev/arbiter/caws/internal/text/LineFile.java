/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import dev.arbiter.internal.DurableFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A file of lines that one owner appends to. Not thread-safe: the owner's lock guards it. */
public final class LineFile {
  /*
   * After a failed write or force the file refuses lines: the kernel may have dropped the pages, and
   * would report success the next time. Replaying cuts off an incomplete last line of a crash.
   */
  private static final int BUFFER = 64 * 1024;

  /** The longest line, in bytes. */
  public static final int LONGEST_LINE = 16 << 20;

  private final Path file;
  private final DurableFile disk;
  private byte[] buffer = new byte[BUFFER];
  private int buffered;
  private boolean failed;

  private LineFile(Path file, DurableFile disk) {
    this.file = file;
    this.disk = disk;
  }

  /** Receives each complete line that is read. */
  public interface Reader {
    /** Receives one line without its line feed; the array is valid until the method returns. */
    void line(byte[] bytes, int length);
  }

  /**
   * Opens a file and locks it; creates it, and its folder, if it does not exist.
   *
   * @param taken the message of the exception when another owner has it open
   */
  public static LineFile open(Path file, String taken) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    DurableFile disk = DurableFile.open(file);
    if (disk.lock()) {
      return new LineFile(file, disk);
    }
    disk.close();
    throw new IOException(taken);
  }

  /** Reads the lines, cuts off an incomplete last one, and continues after them. */
  public void replay(Reader reader) throws IOException {
    long complete = read(file, reader);
    disk.truncate(complete);
  }

  /** Reads every complete line, and returns how many bytes these have. */
  public static long read(Path file, Reader reader) throws IOException {
    long complete = 0;
    byte[] line = new byte[4096];
    int length = 0;
    try (InputStream in = new BufferedInputStream(DurableFile.read(file), BUFFER)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          reader.line(line, length);
          complete += length + 1;
          length = 0;
        } else {
          if (length == LONGEST_LINE) {
            throw new IOException(
                file.getFileName()
                    + " has an entry of more than "
                    + LONGEST_LINE
                    + " bytes; no log wrote it");
          }
          line = length == line.length ? Arrays.copyOf(line, length * 2) : line;
          line[length++] = (byte) b;
        }
      }
    }
    return complete;
  }

  /** Adds a line to the buffer; the bytes have no line end. */
  public void append(byte[] bytes, int length) throws IOException {
    refuseAfterFailure();
    if (isClosed()) {
      throw new IOException(file + " is closed");
    }
    if (length > LONGEST_LINE) {
      throw new IllegalArgumentException(
          "an entry has at most " + LONGEST_LINE + " bytes, got " + length);
    }
    if (length + 1 > buffer.length - buffered) {
      flush();
      buffer = length + 1 > buffer.length ? new byte[length + 1] : buffer;
    }
    System.arraycopy(bytes, 0, buffer, buffered, length);
    buffer[buffered + length] = '\n';
    buffered += length + 1;
  }

  /** Writes the buffer to the operating system. */
  public void flush() throws IOException {
    refuseAfterFailure();
    failed = true;
    disk.append(buffer, 0, buffered);
    buffered = 0;
    failed = false;
  }

  /** Forces to disk; needs no lock. A failure is final, even if a concurrent flush succeeds. */
  public void force() throws IOException {
    try {
      disk.force();
    } catch (IOException e) {
      disk.close();
      throw e;
    }
  }

  private void refuseAfterFailure() throws IOException {
    if (failed) {
      throw new IOException("an earlier write to " + file + " failed; close it and check it");
    }
  }

  /** Whether the file was closed, by its owner or after a failed force. */
  public boolean isClosed() {
    return disk.isClosed();
  }

  /** Closes the file and gives up its lock; the buffer is not written. */
  public void close() {
    try {
      disk.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}

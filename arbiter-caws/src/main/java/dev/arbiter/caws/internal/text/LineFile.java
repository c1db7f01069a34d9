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
import org.jspecify.annotations.Nullable;

/** A file of lines that one owner appends to. Not thread-safe: the owner's lock guards it. */
public final class LineFile {
  /*
   * After a failed write or force the file refuses lines: the kernel may have dropped the pages, and
   * would report success the next time. Replaying cuts off an incomplete last line of a crash.
   */
  private static final int BUFFER = 64 * 1024;

  /** The longest line, in bytes. */
  public static final int LONGEST_LINE = 16 << 20;

  /** The ending of the empty file beside it that is claimed. */
  public static final String CLAIM = ".lock";

  private static final int MARK = 3;

  private final Path file;
  private final DurableFile disk;
  private final @Nullable DurableFile claim;
  private byte[] buffer = new byte[BUFFER];
  private int buffered;
  private boolean failed;

  private LineFile(Path file, @Nullable DurableFile claim) throws IOException {
    this.file = file;
    this.claim = claim;
    this.disk = DurableFile.open(file);
  }

  /** Receives each complete line that is read. */
  public interface Reader {
    /** Receives one line without its line feed; the array is valid until the method returns. */
    void line(byte[] bytes, int length) throws IOException;
  }

  /** Receives each complete line that is read, and the place in the file where it begins. */
  public interface PlaceReader {
    /** Receives one line without its line end; the array is valid until the method returns. */
    void line(byte[] bytes, int length, long start) throws IOException;
  }

  /**
   * Opens a file and claims it; creates it, and its folder, if it does not exist. The claim is on
   * an empty file beside it, {@code NAME.lock}, which stays there.
   *
   * @param taken the message of the exception when another owner has it open
   */
  public static LineFile open(Path file, String taken) throws IOException {
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    DurableFile claim = DurableFile.claim(file.resolveSibling(file.getFileName() + CLAIM));
    if (claim == null) {
      throw new IOException(taken);
    }
    boolean open = false;
    try {
      LineFile opened = new LineFile(file, claim);
      open = true;
      return opened;
    } finally {
      if (!open) {
        claim.close();
      }
    }
  }

  /** Opens a file that the claim on another one protects. */
  public static LineFile openClaimed(Path file) throws IOException {
    return new LineFile(file, null);
  }

  /** Reads the lines, cuts off an incomplete last one, and continues after them. */
  public void replay(Reader reader) throws IOException {
    cut(read(file, reader));
  }

  /** Cuts the file after so many bytes, and continues there; before the first append. */
  public void cut(long size) throws IOException {
    disk.truncate(size);
  }

  /** Reads every complete line, and returns how many bytes these have. */
  public static long read(Path file, Reader reader) throws IOException {
    return read(file, (bytes, length, start) -> reader.line(bytes, length));
  }

  /**
   * Reads every complete line with its place, and returns how many bytes these have.
   *
   * <p>A checkout by another system reads the same: a byte order mark, a carriage return before a
   * line feed, and blank lines are no part of any line. No line that is written ends in one.
   */
  public static long read(Path file, PlaceReader reader) throws IOException {
    long complete = 0;
    byte[] line = new byte[4096];
    int length = 0;
    try (InputStream in = new BufferedInputStream(DurableFile.read(file), BUFFER)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          int mark = complete == 0 && isMarked(line, length) ? MARK : 0;
          int end = length > mark && line[length - 1] == '\r' ? length - 1 : length;
          if (end > mark) {
            System.arraycopy(line, mark, line, 0, end - mark);
            reader.line(line, end - mark, complete + mark);
          }
          complete += length + 1;
          length = 0;
        } else {
          if (length == LONGEST_LINE + MARK) {
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

  /** Whether a line begins with a byte order mark. */
  public static boolean isMarked(byte[] line, int length) {
    return length >= MARK
        && line[0] == (byte) 0xef
        && line[1] == (byte) 0xbb
        && line[2] == (byte) 0xbf;
  }

  /** Refuses a line that {@link #append} would refuse. */
  public void check(int length) throws IOException {
    refuseAfterFailure();
    if (isClosed()) {
      throw new IOException(file + " is closed");
    }
    if (length > LONGEST_LINE) {
      throw new IllegalArgumentException(
          "an entry has at most " + LONGEST_LINE + " bytes, got " + length);
    }
  }

  /** Whether the buffer has room for a line of this length. */
  public boolean hasRoom(int length) {
    return length < buffer.length - buffered;
  }

  /** Adds a line to the buffer; the bytes have no line end. */
  public void append(byte[] bytes, int length) throws IOException {
    check(length);
    if (!hasRoom(length)) {
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
      close();
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
      try {
        disk.close();
      } finally {
        if (claim != null) {
          claim.close();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + file, e);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import dev.arbiter.caws.internal.text.SmallFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** The files of a provenance log. Not thread-safe: the log's locks guard it. */
final class VerdictFile {
  /*
   * After a failed write or force the file refuses entries: the kernel may have dropped the pages,
   * and would report success the next time. Opening cuts off an incomplete last line of a crash. No
   * checkpoint covers it, because the file is forced before a checkpoint is signed.
   */
  private static final int BUFFER = 64 * 1024;
  static final int LONGEST_NOTE = 64 * 1024;
  static final int LONGEST_ENTRY = 16 << 20;

  private final Path folder;
  private final FileChannel channel;
  private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
  private boolean failed;

  private VerdictFile(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** Receives each entry that is read. */
  interface Reader {
    void entry(byte[] bytes, int length);
  }

  static VerdictFile open(Path folder) throws IOException {
    Files.createDirectories(folder);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("verdicts.jsonl"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return new VerdictFile(folder, channel);
      }
    } catch (OverlappingFileLockException e) {
      // another log of this process has the lock: the same answer as for another process
    }
    channel.close();
    throw new IOException("another log has " + folder + " open; close it or take another folder");
  }

  void replay(Reader reader) throws IOException {
    long whole = lines(folder, reader);
    channel.truncate(whole);
    channel.position(whole);
  }

  /** Reads every complete line, and returns how many bytes these have. */
  static long lines(Path folder, Reader reader) throws IOException {
    long whole = 0;
    byte[] line = new byte[4096];
    int length = 0;
    try (InputStream in =
        new BufferedInputStream(Files.newInputStream(folder.resolve("verdicts.jsonl")), BUFFER)) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          reader.entry(line, length);
          whole += length + 1;
          length = 0;
        } else {
          if (length == LONGEST_ENTRY) {
            throw new IOException(
                "verdicts.jsonl has an entry of more than "
                    + LONGEST_ENTRY
                    + " bytes; no log wrote it");
          }
          line = length == line.length ? Arrays.copyOf(line, length * 2) : line;
          line[length++] = (byte) b;
        }
      }
    }
    return whole;
  }

  /** Reads all lines again; does not move the writing position. */
  void reread(Reader reader) throws IOException {
    lines(folder, reader);
  }

  void append(byte[] bytes, int length) throws IOException {
    refuseAfterFailure();
    if (isClosed()) {
      throw new IOException("the log in " + folder + " is closed");
    }
    if (length > LONGEST_ENTRY) {
      throw new IllegalArgumentException(
          "an entry has at most " + LONGEST_ENTRY + " bytes, got " + length);
    }
    if (length + 1 > buffer.remaining()) {
      flush();
      buffer = length + 1 > buffer.capacity() ? ByteBuffer.allocateDirect(length + 1) : buffer;
    }
    buffer.put(bytes, 0, length).put((byte) '\n');
  }

  void flush() throws IOException {
    refuseAfterFailure();
    failed = true;
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
    failed = false;
  }

  /** Called by the signing thread; a failure is final, even if a concurrent flush succeeds. */
  void force() throws IOException {
    try {
      channel.force(false);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void refuseAfterFailure() throws IOException {
    if (failed) {
      throw new IOException("an earlier write to " + folder + " failed; open another folder");
    }
  }

  Optional<String> readCheckpoint() throws IOException {
    return readCheckpoint(folder);
  }

  static Optional<String> readCheckpoint(Path folder) throws IOException {
    Path file = folder.resolve("checkpoint.txt");
    return Files.exists(file) ? Optional.of(SmallFile.read(file, LONGEST_NOTE)) : Optional.empty();
  }

  void writeCheckpoint(String note) throws IOException {
    SmallFile.replace(folder.resolve("checkpoint.txt"), note);
  }

  void writePublicKey(String pem) throws IOException {
    SmallFile.replace(folder.resolve("public-key.pem"), pem);
  }

  boolean isClosed() {
    return !channel.isOpen();
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the verdict log in " + folder, e);
    }
  }
}

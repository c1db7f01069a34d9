/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for damage in the write-ahead log of SQLite, before SQLite reads it; and writes the log
 * again, before SQLite appends to it.
 *
 * <p>Format: <a href="https://www.sqlite.org/fileformat2.html#walformat">sqlite.org</a>, section 4.
 */
final class WalFile {
  /*
   * SQLite reads the log up to the first frame whose checksum does not fit, and takes that for its
   * end: right for a torn end, but damage in the middle would hide every later commit. Frames of
   * this run of the log behind such a frame tell the two apart. One commit behind it may be the
   * commit that a loss of power tore, which nobody was told of. Two are damage, because a forced
   * commit is synced before the next one begins.
   *
   * Commits that are not forced are not synced. A loss of power may tear two of them, and then this
   * refuses though nothing that was forced is lost. The log does not say which commits were forced,
   * so it cannot tell; it never passes over a forced one. What to do is in the message: a log that
   * is cut at the bad frame keeps all commits before it.
   */
  private static final Logger LOG = LoggerFactory.getLogger(WalFile.class);
  private static final int HEADER = 32;
  private static final int FRAME = 24;
  private static final int MAGIC = 0x377f0682;
  private static final int PIECE = 1 << 20;

  private final Path file;
  private final FileChannel channel;
  private final ByteBuffer header;
  private final ByteOrder order;
  private int first;
  private int second;

  private WalFile(Path file, FileChannel channel, ByteBuffer header) {
    this.file = file;
    this.channel = channel;
    this.header = header;
    this.order = (header.getInt(0) & 1) == 1 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
  }

  /**
   * Checks the log of a store that no process owns.
   *
   * @param store the file of the store
   * @throws IllegalStateException if commits would be lost in silence
   */
  static void check(Path store) throws IOException {
    Path file = of(store);
    if (!Files.exists(file) || Files.size(file) <= HEADER) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer header = read(channel, 0, HEADER);
      if (!isBlank(header)) {
        new WalFile(store, channel, header).check();
      }
    }
  }

  /** {@return the log of a store} */
  static Path of(Path store) {
    return store.resolveSibling(store.getFileName() + "-wal");
  }

  /**
   * Makes sure that the disk has the log. No process may write to it meanwhile.
   *
   * @param store the file of the store
   */
  static void writeAgain(Path store) throws IOException {
    Path file = of(store);
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, READ, WRITE)) {
      long size = channel.size();
      for (long at = 0; at < size; at += PIECE) {
        ByteBuffer piece = read(channel, at, (int) Math.min(PIECE, size - at));
        while (piece.hasRemaining()) {
          int unused = channel.write(piece, at + piece.position());
        }
      }
      channel.force(false);
    }
  }

  /* Made longer, but not written before the power was lost. */
  private static boolean isBlank(ByteBuffer header) {
    for (int i = 0; i < HEADER; i++) {
      if (header.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private void check() throws IOException {
    int page = header.getInt(8);
    add(header, 0, FRAME);
    if ((header.getInt(0) & ~1) != MAGIC
        || page < 512
        || Integer.bitCount(page) != 1
        || first != header.getInt(24)
        || second != header.getInt(28)) {
      throw damaged(
          "its header does not fit its checksum; SQLite would ignore all of it",
          "delete the log to go on without its commits");
    }
    long frames = (channel.size() - HEADER) / (FRAME + page);
    long bad = -1;
    int commits = 0;
    for (long i = 0; i < frames; i++) {
      ByteBuffer frame = read(channel, HEADER + i * (FRAME + page), FRAME + page);
      boolean ours = frame.getInt(8) == header.getInt(16) && frame.getInt(12) == header.getInt(20);
      if (bad < 0) {
        add(frame, 0, 8);
        add(frame, FRAME, page);
        boolean fits = first == frame.getInt(16) && second == frame.getInt(20);
        bad = ours && fits ? -1 : i;
      }
      commits += bad >= 0 && ours && frame.getInt(4) != 0 ? 1 : 0;
    }
    if (commits > 1) {
      throw damaged(
          String.format(
              Locale.ROOT, "frame %d is damaged, and %d commits follow it", bad + 1, commits),
          String.format(
              Locale.ROOT,
              "cut the log to its first %d bytes to go on without them",
              HEADER + bad * (FRAME + page)));
    }
    if (commits == 1) {
      LOG.warn("the last commit in {}-wal is torn at frame {}, and is left out", file, bad + 1);
    }
  }

  private IllegalStateException damaged(String how, String orElse) {
    return new IllegalStateException(
        String.format(
            Locale.ROOT,
            "the log %s-wal is damaged: %s; restore both files from a backup, or copy them away and"
                + " %s",
            file,
            how,
            orElse));
  }

  private void add(ByteBuffer from, int at, int length) {
    ByteBuffer words = from.duplicate().order(order);
    for (int i = at; i < at + length; i += 8) {
      first += words.getInt(i) + second;
      second += words.getInt(i + 4) + first;
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("the log became shorter while it was read");
      }
    }
    return bytes.flip();
  }
}

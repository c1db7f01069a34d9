/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.arbiter.caws.internal.text.LineFile;
import dev.arbiter.internal.DurableFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds entries of before a log was opened by their subject. Not thread-safe. */
final class EarlierEntries {
  /*
   * A process that goes on after a crash asks a few times, and most never ask. So the index is made
   * with the first question: from a hash of the subject, which ends a statement, to the newest line
   * with it, for the last 16 MB. What is read from the file is not believed: the caller compares it
   * with the tree.
   */
  private static final long MOST_BYTES = 16 << 20;
  private static final byte[] SUBJECT = "\"subject\":[".getBytes(UTF_8);

  private final Path file;
  private final long size;
  private @Nullable Map<Integer, Line> index;

  private record Line(long start, int length) {}

  /**
   * Those of a file.
   *
   * @param size how many bytes it had when the log was opened
   */
  EarlierEntries(Path file, long size) {
    this.file = file;
    this.size = size;
  }

  /** The newest entry that ends with a subject and may be one of the log; null if there is none. */
  @Nullable String find(String subject) throws IOException {
    Map<Integer, Line> lines = index;
    if (lines == null) {
      lines = read();
      index = lines;
    }
    byte[] wanted = subject.getBytes(UTF_8);
    Line line = lines.get(hash(wanted, 0, wanted.length));
    if (line == null) {
      return null;
    }
    try (InputStream in = DurableFile.read(file)) {
      in.skipNBytes(line.start);
      String entry = new String(in.readNBytes(line.length), UTF_8);
      return entry.endsWith(subject) ? entry : null;
    }
  }

  private Map<Integer, Line> read() throws IOException {
    Map<Integer, Line> lines = new HashMap<>();
    LineFile.read(
        file,
        (bytes, length, start) -> {
          int from = start < size - MOST_BYTES || start >= size ? -1 : subject(bytes, length);
          if (from >= 0) {
            lines.put(hash(bytes, from, length), new Line(start, length));
          }
        });
    return lines;
  }

  /** Where the last subject begins; -1 if there is none. */
  private static int subject(byte[] bytes, int length) {
    for (int from = length - SUBJECT.length; from >= 0; from--) {
      if (isSubject(bytes, from)) {
        return from;
      }
    }
    return -1;
  }

  private static boolean isSubject(byte[] bytes, int from) {
    for (int i = 0; i < SUBJECT.length; i++) {
      if (bytes[from + i] != SUBJECT[i]) {
        return false;
      }
    }
    return true;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 1;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    return hash;
  }
}

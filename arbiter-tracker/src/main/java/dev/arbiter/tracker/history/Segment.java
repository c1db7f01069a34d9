/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.Disk;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/**
 * One file of a history.
 *
 * @param first the number of its first record
 * @param file plain, or compressed once closed
 */
record Segment(long first, Path file) {
  private static final String PREFIX = "history-";
  private static final String PLAIN = ".jsonl";
  private static final String COMPRESSED = ".jsonl.gz";

  static Segment plain(Path folder, long first) {
    return new Segment(
        first, folder.resolve(String.format(Locale.ROOT, "%s%019d%s", PREFIX, first, PLAIN)));
  }

  /**
   * The segments in a folder, oldest first. Of a duplicate, the compressed file wins, unless
   * records were added to the plain one: then its removal had failed.
   */
  static List<Segment> list(Path folder) throws IOException {
    List<Segment> all = new ArrayList<>();
    List<Path> files;
    try (var stream = Files.list(folder)) {
      files = stream.sorted().toList();
    }
    for (Path file : files) {
      String name = file.getFileName().toString();
      boolean compressed = name.endsWith(COMPRESSED);
      if (name.startsWith(PREFIX) && (compressed || name.endsWith(PLAIN))) {
        int end = name.length() - (compressed ? COMPRESSED : PLAIN).length();
        Segment segment = new Segment(number(name.substring(PREFIX.length(), end)), file);
        if (!all.isEmpty() && all.get(all.size() - 1).first == segment.first) {
          Segment plain = all.remove(all.size() - 1);
          boolean isOlder = segment.isBeginningOf(plain);
          Files.delete(isOlder ? segment.file : plain.file);
          segment = isOlder ? plain : segment;
        }
        all.add(segment);
      }
    }
    return all;
  }

  private boolean isBeginningOf(Segment plain) throws IOException {
    byte[] whole = Files.readAllBytes(plain.file);
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      byte[] own = in.readAllBytes();
      return own.length < whole.length && Arrays.equals(own, Arrays.copyOf(whole, own.length));
    } catch (ZipException | EOFException e) {
      return false;
    }
  }

  private static long number(String digits) throws IOException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new IOException("a file that is no segment: " + PREFIX + digits, e);
    }
  }

  boolean isCompressed() {
    return file.toString().endsWith(COMPRESSED);
  }

  long bytes() throws IOException {
    return Files.size(file);
  }

  /** Calls for each line in order, until one is refused. */
  void read(Reader reader) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = isCompressed() ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reader.take(HistoryEntry.read(line));
      }
    }
  }

  /** Takes entries. */
  interface Reader {
    void take(HistoryEntry entry) throws IOException;
  }

  List<HistoryEntry> entries() throws IOException {
    List<HistoryEntry> entries = new ArrayList<>();
    read(entries::add);
    return entries;
  }

  /** Replaces the lines, compressed. A crash leaves the old file or the new one. */
  Segment rewrite(List<HistoryEntry> entries, Disk disk) throws IOException {
    StringBuilder text = new StringBuilder();
    entries.forEach(entry -> text.append(entry.text()).append('\n'));
    return replace(text.toString().getBytes(StandardCharsets.UTF_8), disk);
  }

  Segment compress(Disk disk) throws IOException {
    return replace(Files.readAllBytes(file), disk);
  }

  private Segment replace(byte[] plain, Disk disk) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(plain);
    }
    String name = file.getFileName().toString();
    Path target = isCompressed() ? file : file.resolveSibling(name + ".gz");
    disk.writeAtomically(target, out -> out.write(packed.toByteArray()));
    if (!isCompressed()) {
      Files.delete(file);
    }
    return new Segment(first, target);
  }
}

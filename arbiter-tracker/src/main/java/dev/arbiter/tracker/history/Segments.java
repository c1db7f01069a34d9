/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.Disk;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The files of a history and its head. Guarded by the owner's lock. */
final class Segments implements Closeable {
  /*
   * On opening, the newest plain segment is read and its chain checked. A last line without a line
   * feed was cut by a crash: it is removed, as its record was never reported as written. Any other
   * misfit means that the file was changed: a copy is set aside, and the segment is cut to the
   * valid records, from which the chain continues. Only verify reads older segments.
   *
   * After a failed write the segment is cut back. If that fails too, it is closed, and cut when the
   * next record opens it. After a failed force it is also closed and reopened: a power cut may lose
   * what the kernel had accepted, and verify would show it.
   */
  private static final int LONGEST = 2 << 20;

  private final Path folder;
  private final Disk disk;
  private final Disk.Output lock;
  private final List<Segment> all = new ArrayList<>();
  private ChainHead head = new ChainHead(0, ChainedLine.NOTHING);
  private Disk.@Nullable Output active;
  private long goodBytes;
  private int repaired;
  private final List<Damage> damages = new ArrayList<>();

  /** A file that was set aside. */
  record Damage(String file, long after, String why) {}

  private Segments(Path folder, Disk disk, Disk.Output lock) {
    this.folder = folder;
    this.disk = disk;
    this.lock = lock;
  }

  static Segments open(Path folder, Disk disk) throws IOException {
    Files.createDirectories(folder);
    Disk.Output lock = disk.append(folder.resolve("history.lock"));
    if (!lock.lock()) {
      lock.close();
      throw new IOException("it is open elsewhere; close that, or take another folder");
    }
    Segments segments = new Segments(folder, disk, lock);
    try {
      segments.all.addAll(Segment.list(folder));
      segments.recover();
      return segments;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void recover() throws IOException {
    while (!all.isEmpty()) {
      Segment newest = all.get(all.size() - 1);
      boolean some = newest.isCompressed() ? recoverCompressed(newest) : recoverPlain(newest);
      if (some) {
        return;
      }
      Files.delete(newest.file());
      all.remove(all.size() - 1);
    }
  }

  /** Whether any of it is left. */
  private boolean recoverCompressed(Segment segment) throws IOException {
    try {
      segment.read(entry -> head = new ChainHead(entry.gap().to(), entry.gap().last()));
      return head.seq() > 0;
    } catch (IOException e) {
      head = new ChainHead(0, ChainedLine.NOTHING);
      setAside(segment, e);
      return false;
    }
  }

  private boolean recoverPlain(Segment segment) throws IOException {
    byte[] bytes = Files.readAllBytes(segment.file());
    int good = 0;
    int from = 0;
    for (int at = 0; at < bytes.length; at++) {
      if (bytes[at] != '\n') {
        continue;
      }
      try {
        follow(segment, new String(bytes, from, at - from, StandardCharsets.UTF_8), good == 0);
      } catch (IOException e) {
        setAside(segment, e);
        break;
      }
      from = at + 1;
      good = from;
    }
    if (good < bytes.length) {
      repaired += damages.isEmpty() ? 1 : 0;
      try (Disk.Output out = disk.append(segment.file())) {
        out.truncate(good);
        out.force();
      }
    }
    goodBytes = good;
    return good > 0;
  }

  private void follow(Segment segment, String line, boolean isFirst) throws IOException {
    DeletedRange gap = HistoryEntry.read(line).gap();
    boolean fits =
        isFirst
            ? gap.from() == segment.first()
            : gap.from() == head.seq() + 1 && gap.prev().equals(head.hash());
    if (!fits) {
      throw new IOException("record " + gap.from() + " does not follow the one before");
    }
    head = new ChainHead(gap.to(), gap.last());
  }

  private void setAside(Segment segment, IOException why) throws IOException {
    for (int number = 1; ; number++) {
      Path aside =
          segment.file().resolveSibling(segment.file().getFileName() + ".damaged-" + number);
      if (!Files.exists(aside)) {
        Files.copy(segment.file(), aside);
        String reason = why.getMessage() == null ? why.toString() : why.getMessage();
        damages.add(new Damage(aside.getFileName().toString(), head.seq(), reason));
        return;
      }
    }
  }

  int repaired() {
    return repaired;
  }

  List<Damage> damages() {
    return damages;
  }

  ChainHead head() {
    return head;
  }

  List<Segment> all() {
    return all;
  }

  long bytes() throws IOException {
    long bytes = 0;
    for (Segment segment : all) {
      bytes += segment.bytes();
    }
    return bytes;
  }

  /**
   * Adds records; all of them, or none and an exception: {@link IllegalArgumentException} if one
   * could not be read back, before anything is written.
   */
  void append(List<Map<String, Object>> records) throws IOException {
    StringBuilder text = new StringBuilder();
    ChainHead after = head;
    for (Map<String, Object> record : records) {
      ChainedLine line =
          ChainedLine.seal(HistoryEntry.DOMAIN, after.seq() + 1, after.hash(), record);
      if (line.text().length() > LONGEST) {
        throw new IllegalArgumentException("is longer than " + LONGEST + " characters");
      }
      after = new ChainHead(line.seq(), line.hash());
      text.append(line.text()).append('\n');
    }
    Disk.Output out = active == null ? begin() : active;
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    try {
      out.write(bytes);
    } catch (IOException e) {
      cutBack(out);
      throw e;
    }
    goodBytes += bytes.length;
    head = after;
  }

  private void cutBack(Disk.Output out) {
    try {
      out.truncate(goodBytes);
    } catch (IOException e) {
      abandon();
    }
  }

  private Disk.Output begin() throws IOException {
    Segment newest = all.isEmpty() ? null : all.get(all.size() - 1);
    if (newest == null || newest.isCompressed()) {
      newest = Segment.plain(folder, head.seq() + 1);
      Files.deleteIfExists(newest.file());
      Disk.Output out = disk.append(newest.file());
      all.add(newest);
      goodBytes = 0;
      active = out;
      return out;
    }
    Disk.Output out = disk.append(newest.file());
    if (out.size() > goodBytes) {
      out.truncate(goodBytes);
    }
    active = out;
    return out;
  }

  /** Closes the segment; the next record opens it again. */
  private void abandon() {
    Disk.Output out = active;
    active = null;
    if (out != null) {
      try {
        out.close();
      } catch (IOException e) {
        // it is given up in any case
      }
    }
  }

  long activeBytes() {
    return active == null ? 0 : goodBytes;
  }

  void force() throws IOException {
    Disk.Output out = active;
    if (out != null) {
      try {
        out.force();
      } catch (IOException e) {
        abandon();
        throw e;
      }
    }
  }

  /** Ends and compresses the active segment; the next record begins another. */
  void roll() throws IOException {
    if (all.isEmpty() || all.get(all.size() - 1).isCompressed()) {
      return;
    }
    force();
    abandon();
    int newest = all.size() - 1;
    all.set(newest, all.get(newest).compress(disk));
  }

  void replace(int index, List<HistoryEntry> entries) throws IOException {
    all.set(index, all.get(index).rewrite(entries, disk));
  }

  void removeOldest() throws IOException {
    Files.deleteIfExists(all.get(0).file());
    all.remove(0);
  }

  /**
   * The last record of the segments to remove from the beginning, never the newest; 0 for none.
   * Reads the first segment that stays, and those removed for their age. One that cannot be read is
   * as old as the next that can be.
   */
  long through(History.Retention retention, Instant now) throws IOException {
    Instant oldest = oldest(retention.age(), now);
    long tooMuch = bytes() - retention.bytes();
    long through = 0;
    for (int index = 0; index + 1 < all.size(); index++) {
      if (tooMuch <= 0) {
        Instant newest = newest(all.get(index));
        if (newest == null) {
          continue;
        }
        if (!newest.isBefore(oldest)) {
          return through;
        }
      }
      tooMuch -= all.get(index).bytes();
      through = all.get(index + 1).first() - 1;
    }
    return through;
  }

  private static Instant oldest(Duration age, Instant now) {
    return age.compareTo(Duration.between(Instant.MIN, now)) < 0 ? now.minus(age) : Instant.MIN;
  }

  private static @Nullable Instant newest(Segment segment) {
    Instant newest = Instant.MIN;
    try {
      for (HistoryEntry entry : segment.entries()) {
        newest = entry.at().isAfter(newest) ? entry.at() : newest;
      }
    } catch (IOException e) {
      return null;
    }
    return newest;
  }

  /** Closes the files, of which nothing more is needed, after a failure. */
  void giveUp() {
    abandon();
    try {
      lock.close();
    } catch (IOException e) {
      // the first failure tells more
    }
  }

  @Override
  public void close() throws IOException {
    try {
      force();
    } finally {
      abandon();
      lock.close();
    }
  }
}

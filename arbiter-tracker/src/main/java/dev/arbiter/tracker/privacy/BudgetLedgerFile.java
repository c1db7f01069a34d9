/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.Disk;
import dev.arbiter.tracker.internal.Json;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The file of a privacy ledger: sealed lines, each forced before its answer leaves. */
final class BudgetLedgerFile implements Closeable {
  /*
   * A last line without a line feed was cut by a crash before its append returned, so its answer
   * was never released: it is removed. Any other misfit is damage, and the spent budget is unknown:
   * the file is left unchanged and not opened. After a failed write or force no line is accepted
   * until the file is reopened; by then the line counts, or it is torn, and in both cases no answer
   * left.
   *
   * A separate file carries the lock, because the ledger is replaced when it forgets.
   */
  private static final String DOMAIN = "arbiter.privacy.v1";

  private final Path file;
  private final Disk disk;
  private final Disk.Output lock;
  private Disk.Output out;
  private long seq;
  private String last = ChainedLine.NOTHING;
  private boolean failed;

  private BudgetLedgerFile(Path file, Disk disk, Disk.Output lock, Disk.Output out) {
    this.file = file;
    this.disk = disk;
    this.lock = lock;
    this.out = out;
  }

  static BudgetLedgerFile open(Path file, Disk disk) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Disk.Output lock = disk.append(file.resolveSibling(file.getFileName() + ".lock"));
    if (!lock.lock()) {
      lock.close();
      throw new IOException("it is open elsewhere; close that, or take another file");
    }
    try {
      return new BudgetLedgerFile(file, disk, lock, disk.append(file));
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  /** Reads all lines, in order. */
  List<Json.Fields> read() throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int whole = bytes.length;
    while (whole > 0 && bytes[whole - 1] != '\n') {
      whole--;
    }
    String text = new String(bytes, 0, whole, StandardCharsets.UTF_8);
    List<Json.Fields> lines = new ArrayList<>();
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at);
      ChainedLine line = ChainedLine.read(DOMAIN, text.substring(at, end));
      if (line.seq() != seq + 1 || !line.prev().equals(last)) {
        throw new IOException("line " + (seq + 1) + " does not follow the line before");
      }
      advance(line);
      lines.add(line.fields());
      at = end + 1;
    }
    if (whole < bytes.length) {
      out.truncate(whole);
      out.force();
    }
    return lines;
  }

  private void advance(ChainedLine line) {
    seq = line.seq();
    last = line.hash();
  }

  boolean isFailed() {
    return failed;
  }

  /** Adds a line; {@link IllegalArgumentException}, and nothing changed, if none could read it. */
  void append(Map<String, ?> fields) throws IOException {
    if (failed) {
      throw new IOException("an earlier write failed; open the ledger anew");
    }
    ChainedLine line = ChainedLine.seal(DOMAIN, seq + 1, last, fields);
    failed = true;
    out.write(line.bytes());
    out.force();
    advance(line);
    failed = false;
  }

  /** Replaces all lines; after a failure the file is unchanged. */
  void rewrite(List<Map<String, ?>> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    long place = 0;
    String prev = ChainedLine.NOTHING;
    for (Map<String, ?> fields : lines) {
      ChainedLine line = ChainedLine.seal(DOMAIN, ++place, prev, fields);
      prev = line.hash();
      text.append(line.text()).append('\n');
    }
    failed = true;
    disk.writeAtomically(file, text.toString());
    out.close();
    out = disk.append(file);
    seq = place;
    last = prev;
    failed = false;
  }

  @Override
  public void close() throws IOException {
    failed = true;
    try {
      out.close();
    } finally {
      lock.close();
    }
  }
}

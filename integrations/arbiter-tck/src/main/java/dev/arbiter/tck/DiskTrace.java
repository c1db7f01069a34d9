/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process asked of the disk, and the lines that it wrote, in order: by strace. */
final class DiskTrace {
  private static final String SYNCS = "fsync,fdatasync,msync";

  /* A call that another thread interrupts in the trace is in two lines; the second has the answer. */
  private static final Pattern SYNC =
      Pattern.compile("(?:fsync|fdatasync|msync)(?:\\(| resumed>).*= (-?[0-9]+)[^=]*");

  private static final Pattern LINE = Pattern.compile("write\\(1, \"([^\"\\\\]*)");

  private final Path file;

  private DiskTrace(Path file) {
    this.file = file;
  }

  /** Makes a trace, or ends the test as one that cannot be run here. */
  static DiskTrace to(Path file) throws InterruptedException {
    assumeTrue(works(), "needs Linux, strace, and the right to trace a process");
    return new DiskTrace(file);
  }

  private static boolean works() throws InterruptedException {
    try {
      Process tried = new ProcessBuilder("strace", "-o", "/dev/null", "true").start();
      return tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * {@return what stands before the command of the process} The process stays a child of this one.
   *
   * @param failing which syncs of each thread fail with an error of the disk, as in strace's {@code
   *     when}; empty for none
   */
  List<String> command(String failing) {
    List<String> command = new ArrayList<>(List.of("strace", "-D", "-f", "--seccomp-bpf"));
    command.addAll(List.of("-o", file.toString(), "-e", "trace=write," + SYNCS));
    if (!failing.isEmpty()) {
      command.addAll(List.of("-e", "inject=" + SYNCS + ":error=EIO:when=" + failing));
    }
    return command;
  }

  /** {@return how many syncs failed} */
  long failed() throws IOException {
    return Files.readAllLines(file).stream()
        .map(SYNC::matcher)
        .filter(sync -> sync.find() && !sync.group(1).equals("0"))
        .count();
  }

  /**
   * Requires a sync before each line with a number, and after a sync that failed a line "refused"
   * before the next such line. While the storage opens, a sync may fail and be made good.
   */
  void check() throws IOException {
    boolean synced = false;
    boolean lost = false;
    String last = "";
    List<String> since = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      since.add(line);
      Matcher sync = SYNC.matcher(line);
      Matcher written = LINE.matcher(line);
      if (sync.find()) {
        synced |= sync.group(1).equals("0");
        lost |= !sync.group(1).equals("0");
      } else if (written.find()) {
        String text = written.group(1);
        lost &= !text.matches("(refused|open).*");
        // A write that was begun again is in the trace twice.
        if (text.matches("[0-9]+") && !text.equals(last)) {
          require(!lost, "a sync had failed before append " + text, since);
          require(synced, "no fsync, fdatasync or msync ran before append " + text, since);
          synced = false;
          last = text;
          since.clear();
          since.add(line);
        }
      }
    }
  }

  private static void require(boolean holds, String otherwise, List<String> since) {
    if (!holds) {
      throw new AssertionError(
          otherwise
              + ", which was forced and acknowledged; if a server syncs, override forcesFiles;"
              + " the trace: "
              + since);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a process asked of the disk, and the lines that it wrote, in order: by strace. */
final class DiskTrace {
  /*
   * A number that the process told says that a batch is on the disk. By then each file of the
   * storage that was written since the last number must be synced, after its last write; a file
   * that is new, or has a new name, also needs a sync of its folder. A file that was opened with
   * O_DSYNC or O_SYNC is synced by each write. A file that is mapped into memory is written without
   * a call, so a call on it proves nothing; but one sync at least, of any file, must have run.
   * Files that are written while the storage opens, such as the name of its owner, hold no batch.
   */
  private static final String SYNCS = "fsync,fdatasync,msync";
  private static final String OTHERS =
      "write,pwrite64,writev,pwritev,?pwritev2,mmap,?open,openat,?rename,?renameat,?renameat2,?unlink,"
          + "unlinkat";

  private static final Pattern STARTED = Pattern.compile("(\\d+) +(.*) <unfinished \\.\\.\\.>");
  private static final Pattern RESUMED = Pattern.compile("(\\d+) +<\\.\\.\\. \\w+ resumed>(.*)");
  private static final Pattern WHOLE = Pattern.compile("(\\d+) +(.*)");

  private static final Pattern SYNC =
      Pattern.compile("(fsync|fdatasync|msync)\\((?:\\d+<(.*?)>)?.*\\) += (-?\\d+)[^=]*");
  private static final Pattern TOLD = Pattern.compile("write\\(1(?:<[^>]*>)?, \"([^\"\\\\]*).*");
  private static final Pattern WRITE = Pattern.compile("(?:write|pwrite)\\w*\\((\\d+)<(.*?)>.*");
  private static final Pattern OPEN =
      Pattern.compile("open(?:at)?\\(.*\", ([A-Z_|]*)[^\"]*\\) += (\\d+)<(.*?)>.*");
  private static final Pattern MAP =
      Pattern.compile("mmap\\(.*PROT_WRITE.*MAP_SHARED.*?, \\d+<(.*?)>.*");
  private static final Pattern RENAME = Pattern.compile("rename\\w*\\(.*\"(.*?)\"[^\"]*\\) += 0");
  private static final Pattern DELETE = Pattern.compile("unlink\\w*\\(.*\"(.*?)\"[^\"]*\\) += 0");

  private final Path file;
  private final Path place;

  private DiskTrace(Path file, Path place) {
    this.file = file;
    this.place = place;
  }

  /** Makes a trace of a storage in a place, or ends the test as one that cannot be run here. */
  static DiskTrace to(Path file, Path place) throws InterruptedException {
    assumeTrue(works(), "needs Linux, strace, and the right to trace a process");
    return new DiskTrace(file, place);
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
    List<String> command = new ArrayList<>(List.of("strace", "-D", "-f", "-y", "--seccomp-bpf"));
    command.addAll(List.of("-o", file.toString(), "-e", "trace=" + OTHERS + "," + SYNCS));
    if (!failing.isEmpty()) {
      command.addAll(List.of("-e", "inject=" + SYNCS + ":error=EIO:when=" + failing));
    }
    return command;
  }

  /** {@return how many syncs failed} */
  long failed() throws IOException {
    return calls(Files.readAllLines(file)).stream()
        .map(SYNC::matcher)
        .filter(sync -> sync.matches() && !sync.group(3).equals("0"))
        .count();
  }

  /** {@return whether a file was synced, or that was tried} */
  boolean hasSyncs() throws IOException {
    return calls(Files.readAllLines(file)).stream()
        .map(SYNC::matcher)
        .anyMatch(sync -> sync.matches() && !isFolder(sync.group(2)));
  }

  private static boolean isFolder(@Nullable String path) {
    return path != null && Files.isDirectory(Path.of(path));
  }

  /* A call that another thread interrupts is in two lines. A write counts from its first one. */
  private static List<String> calls(List<String> lines) {
    Map<String, String> begun = new HashMap<>();
    List<String> calls = new ArrayList<>();
    for (String line : lines) {
      Matcher started = STARTED.matcher(line);
      Matcher resumed = RESUMED.matcher(line);
      Matcher whole = WHOLE.matcher(line);
      if (started.matches()) {
        String call = started.group(2);
        boolean isWrite = WRITE.matcher(call).matches();
        if (isWrite) {
          calls.add(call);
        }
        begun.put(started.group(1), isWrite ? "" : call);
      } else if (resumed.matches()) {
        calls.add(begun.getOrDefault(resumed.group(1), "") + resumed.group(2));
      } else if (whole.matches()) {
        calls.add(whole.group(2));
      }
    }
    return calls;
  }

  /**
   * Requires a sync before each line with a number, and after a sync that failed a line "refused"
   * before the next such line. While the storage opens, a sync may fail and be made good.
   */
  void check() throws IOException {
    Path parent = Objects.requireNonNull(place.toAbsolutePath().getParent());
    Path real = parent.toRealPath().resolve(parent.relativize(place.toAbsolutePath()));
    new Check(real.toString()).all(calls(Files.readAllLines(file)));
  }

  /** Follows calls; {@code DiskTraceTest} gives it some of its own. */
  static final class Check {
    private final String place;
    private final Set<String> seen = new HashSet<>();
    private final Set<String> newNames = new HashSet<>();
    private final Set<String> synchronous = new HashSet<>(); // descriptors
    private final Set<String> mapped = new HashSet<>();

    /* Since the last number: what was written, and of that what is not on the disk. */
    private final Set<String> written = new TreeSet<>();
    private final Set<String> unsynced = new TreeSet<>();
    private final List<String> since = new ArrayList<>();
    private boolean synced;
    private boolean lost;
    private String last = "";

    /**
     * Makes a check.
     *
     * @param place how the names of all files of the storage begin
     */
    Check(String place) {
      this.place = place;
    }

    void all(List<String> calls) {
      calls.forEach(this::next);
    }

    private void next(String call) {
      Matcher told = TOLD.matcher(call);
      Matcher sync = SYNC.matcher(call);
      Matcher write = WRITE.matcher(call);
      Matcher open = OPEN.matcher(call);
      Matcher map = MAP.matcher(call);
      Matcher rename = RENAME.matcher(call);
      Matcher delete = DELETE.matcher(call);
      if (told.matches()) {
        told(told.group(1));
      } else if (sync.matches()) {
        sync(sync.group(2), sync.group(3).equals("0"));
      } else if (write.matches() && isOurs(write.group(2))) {
        write(write.group(1), write.group(2));
      } else if (open.matches() && isOurs(open.group(3))) {
        open(open.group(1), open.group(2), open.group(3));
      } else if (map.matches() && isOurs(map.group(1))) {
        mapped.add(map.group(1));
      } else if (rename.matches() && isOurs(rename.group(1))) {
        newNames.add(rename.group(1));
        written.add(rename.group(1));
      } else if (delete.matches()) {
        written.remove(delete.group(1));
        unsynced.remove(delete.group(1));
      } else {
        return; // of another file
      }
      since.add(call);
    }

    private boolean isOurs(String path) {
      return path.startsWith(place);
    }

    private void open(String flags, String descriptor, String path) {
      if (flags.contains("O_DSYNC") || flags.contains("O_SYNC")) {
        synchronous.add(descriptor);
      } else {
        synchronous.remove(descriptor);
      }
      if (seen.add(path) && flags.contains("O_CREAT")) {
        newNames.add(path);
      }
    }

    private void write(String descriptor, String path) {
      written.add(path);
      if (synchronous.contains(descriptor)) {
        synced = true;
      } else {
        unsynced.add(path);
      }
    }

    private void sync(@Nullable String path, boolean worked) {
      lost |= !worked;
      synced |= worked;
      if (worked && path != null) {
        unsynced.remove(path);
        newNames.removeIf(name -> path.equals(folder(name)));
      }
    }

    private static String folder(String path) {
      return path.substring(0, path.lastIndexOf('/'));
    }

    private void told(String text) {
      lost &= !text.matches("(refused|open).*");
      if (text.startsWith("open")) {
        written.clear();
        unsynced.clear();
      }
      // A write that was begun again is in the trace twice.
      if (text.matches("[0-9]+") && !text.equals(last)) {
        unsynced.removeAll(mapped);
        written.retainAll(newNames);
        require(!lost, "a sync had failed before append " + text);
        require(synced, "no fsync, fdatasync or msync ran before append " + text);
        require(unsynced.isEmpty(), "no sync of " + unsynced + " ran before append " + text);
        require(
            written.isEmpty(),
            "no sync of the folder of the new file " + written + " ran before append " + text);
        synced = false;
        last = text;
        since.clear();
      }
    }

    private void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new AssertionError(
            otherwise
                + ", which was forced and acknowledged; if a server syncs, override forcesFiles;"
                + " the trace: "
                + since);
      }
    }
  }
}

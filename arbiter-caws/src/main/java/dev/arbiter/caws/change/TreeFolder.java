/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.internal.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The folder in which work trees lie. Many processes may share one; thread-safe. */
final class TreeFolder {
  /*
   * attempts/NAME.lock    claimed as long as the process of the attempt lives
   * attempts/NAME/tree    the work tree of one attempt
   * attempts/NAME/work    the snapshot of its work
   * attempts/NAME/parked  there while its agent waits for an answer
   * attempts/.git         ends git's search for a repository above, when an agent deletes its own
   * kept/TIME-...         work trees of denied and failed attempts
   * undecided/...         snapshots of work without a landing: of processes that were killed
   *
   * A lock is made, claimed and only then followed by its folder, and a name is never used again. So
   * a claim that can be had belongs to a dead process, and its folder may go.
   */
  private static final Duration UNDECIDED = Duration.ofDays(30);
  private static final String LOCK = ".lock";
  private static final String PARKED = "parked";
  private static final Pattern PARKED_LINES = Pattern.compile("([0-9a-f]{40,64})\n(\\d{1,12})\n");
  private static final int MOST_TRIES = 100;
  private static final int MOST_NAMES = 1_000;
  private static final Pattern KEPT = Pattern.compile("\\d{8}T\\d{6}Z-.*");
  private static final Pattern NAME =
      Pattern.compile("([0-9a-f]{26}-\\d+)-(\\d+)-([0-9a-f]+)(-\\d+)?");

  private final Path attempts;
  private final Path kept;
  private final Path undecided;
  private volatile boolean dirty = true;

  private TreeFolder(Path folder) {
    this.attempts = folder.resolve("attempts");
    this.kept = folder.resolve("kept");
    this.undecided = folder.resolve("undecided");
  }

  /** Makes the folder if it is not there, and tries to write to it. */
  static TreeFolder at(Path folder) throws IOException {
    Files.createDirectories(folder);
    TreeFolder made = new TreeFolder(folder.toRealPath());
    for (Path part : List.of(made.attempts, made.kept, made.undecided)) {
      if (!Files.isDirectory(part, LinkOption.NOFOLLOW_LINKS)) {
        makePrivate(part);
      }
    }
    Path barrier = made.attempts.resolve(".git");
    if (!Files.exists(barrier, LinkOption.NOFOLLOW_LINKS)) {
      Files.writeString(barrier, "no repository: work trees of Arbiter lie here\n");
    }
    made.take().giveBack();
    return made;
  }

  private static void makePrivate(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(folder);
    }
  }

  /** Claims a place for one attempt. */
  Place take() throws IOException {
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Path lock = Files.createTempFile(attempts, "a", LOCK);
      DurableFile claim = DurableFile.claim(lock);
      if (claim != null && Files.exists(lock, LinkOption.NOFOLLOW_LINKS)) {
        Place place = new Place(lock, claim);
        Files.createDirectory(place.home);
        return place;
      }
      if (claim != null) {
        claim.close();
      }
    }
    throw new IOException("no place for a work tree could be claimed in " + attempts);
  }

  /** Looks again for what could not be deleted before, if there is any. */
  void sweepIfNeeded(Instant now) throws IOException {
    if (dirty) {
      sweep(now);
    }
  }

  /** Deletes the trees of dead processes; their snapshots stay for a while. */
  void sweep(Instant now) throws IOException {
    dirty = false;
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(attempts, "*" + LOCK)) {
      for (Path lock : locks) {
        DurableFile claim = DurableFile.claim(lock);
        if (claim != null) {
          bury(new Place(lock, claim), now);
        }
      }
    }
    for (Path old : list(undecided)) {
      Matcher name = NAME.matcher(String.valueOf(old.getFileName()));
      if (name.matches()
          && Instant.ofEpochSecond(Long.parseLong(name.group(2))).isBefore(now.minus(UNDECIDED))) {
        Removal.delete(old);
      }
    }
  }

  private void bury(Place dead, Instant now) throws IOException {
    try {
      if (dead.parkedBase(now.minus(UNDECIDED)) != null) {
        dead.claim.close();
        return;
      }
      dead.leaveSnapshot();
    } catch (IOException e) { // it stays as it is until a later sweep
      dirty = true;
      dead.claim.close();
      return;
    }
    dead.giveBack();
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    }
    Collections.sort(entries);
    return entries;
  }

  /**
   * Finds a snapshot that a dead process left, or that could not land.
   *
   * @param attempt names the attempt
   * @param tree its tree, null for the newest of the attempt
   */
  @Nullable WorkSnapshot undecided(String attempt, @Nullable String tree) throws IOException {
    WorkSnapshot newest = null;
    for (Path folder : list(undecided)) {
      Matcher name = NAME.matcher(String.valueOf(folder.getFileName()));
      boolean fits =
          name.matches()
              && name.group(1).equals(attempt)
              && (tree == null || tree.equals(name.group(3)));
      WorkSnapshot found = fits ? WorkSnapshot.in(folder) : null;
      if (found != null && (newest == null || found.seconds() >= newest.seconds())) {
        newest = found;
      }
    }
    return newest;
  }

  /** A place in which the agent of a dead process asked and left. */
  record Parked(Place place, String base) {}

  /** Claims the parked tree of an attempt, if a dead process left one. */
  @Nullable Parked parked(String attempt) throws IOException {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(attempts, "*" + LOCK)) {
      for (Path lock : locks) {
        DurableFile claim = DurableFile.claim(lock);
        if (claim != null) {
          Place dead = new Place(lock, claim);
          String base = dead.isOf(attempt) ? dead.parkedBase(Instant.EPOCH) : null;
          if (base != null) {
            dead.unpark();
            return new Parked(dead, base);
          }
          claim.close();
          dirty = true;
        }
      }
    }
    return null;
  }

  /** The place of one attempt. Not thread-safe. */
  final class Place {
    private final Path lock;
    private final Path home;
    private final DurableFile claim;

    Place(Path lock, DurableFile claim) {
      String name = String.valueOf(lock.getFileName());
      this.lock = lock;
      this.home = lock.resolveSibling(name.substring(0, name.length() - LOCK.length()));
      this.claim = claim;
    }

    Path tree() {
      return home.resolve("tree");
    }

    Path work() {
      return home.resolve("work");
    }

    /** A folder for the ignore rules of the base. */
    Path rules() {
      return home.resolve("rules");
    }

    /** Names the attempt, for a snapshot that outlives this process. */
    void named(String attempt) throws IOException {
      DurableFile.replace(home.resolve("attempt"), attempt.getBytes(StandardCharsets.UTF_8));
    }

    /** Marks the tree as one in which an agent goes on, also after this process. */
    void park(String base, long seconds) throws IOException {
      String text = base + "\n" + seconds + "\n";
      DurableFile.replace(home.resolve(PARKED), text.getBytes(StandardCharsets.UTF_8));
    }

    void unpark() throws IOException {
      Files.deleteIfExists(home.resolve(PARKED));
    }

    /** The base of a parked tree that is no older than so, null if it is none. */
    @Nullable String parkedBase(Instant since) throws IOException {
      Path file = home.resolve(PARKED);
      Matcher lines = PARKED_LINES.matcher(Files.isRegularFile(file) ? Files.readString(file) : "");
      boolean isParked =
          lines.matches() && !Instant.ofEpochSecond(Long.parseLong(lines.group(2))).isBefore(since);
      return isParked ? lines.group(1) : null;
    }

    /** Moves the work tree to those that are kept, of which only so many stay. */
    void keep(String name, int most) throws IOException {
      if (Files.isDirectory(tree(), LinkOption.NOFOLLOW_LINKS)) {
        Files.move(tree(), unused(kept.resolve(name)));
      }
      List<Path> all = new ArrayList<>(list(kept));
      all.removeIf(path -> !KEPT.matcher(String.valueOf(path.getFileName())).matches());
      for (Path oldest : all.subList(0, Math.max(0, all.size() - most))) {
        Removal.delete(oldest);
      }
    }

    boolean isOf(String attempt) throws IOException {
      Path file = home.resolve("attempt");
      return Files.isRegularFile(file) && Files.readString(file).equals(attempt);
    }

    /** Moves a whole snapshot to where it is found after this process. */
    void leaveSnapshot() throws IOException {
      WorkSnapshot work = WorkSnapshot.in(work());
      Path attempt = home.resolve("attempt");
      if (work != null && Files.isRegularFile(attempt)) {
        String name = Files.readString(attempt) + "-" + work.seconds() + "-" + work.tree();
        Files.move(work(), unused(undecided.resolve(name)), StandardCopyOption.ATOMIC_MOVE);
      }
    }

    /**
     * Deletes all, and gives up the place. What cannot be deleted now, because something still
     * writes there, is deleted by a later sweep.
     */
    void giveBack() throws IOException {
      try {
        // First, so that no later sweep takes what is left for the work of a dead process.
        Files.deleteIfExists(home.resolve("attempt"));
        Removal.delete(home);
      } catch (IOException e) {
        dirty = true;
      } finally {
        claim.close();
      }
      if (!Files.exists(home, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(lock);
      }
    }
  }

  private static Path unused(Path wanted) {
    Path free = wanted;
    for (int i = 2; Files.exists(free, LinkOption.NOFOLLOW_LINKS) && i < MOST_NAMES; i++) {
      free = wanted.resolveSibling(wanted.getFileName() + "-" + i);
    }
    return free;
  }
}

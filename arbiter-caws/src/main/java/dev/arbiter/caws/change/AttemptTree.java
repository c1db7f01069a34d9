/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.agent.Assignment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The work tree of one attempt, from its checkout until it is given back, once. Thread-safe.
 *
 * <p>Two things end it, in any order: the agent leaves it, and the engine decides about the
 * attempt. The later of the two gives it back, so that no agent works in a tree that is gone.
 */
final class AttemptTree {
  /* Attributes of the base convert nothing: the tree holds the bytes of the commit. */
  private static final String ATTRIBUTES =
      "* -text -eol -crlf -ident -filter -working-tree-encoding\n";

  private final Assignment assignment;
  private final TreeFolder.Place place;
  private final GitFolder repository;
  private final String base;
  private final Ending ending;
  private @Nullable WorkSnapshot snapshot;
  private boolean left;
  private boolean parked;
  private boolean decided;
  private boolean ended;

  /** Gives a tree back that has ended without a landing. */
  interface Ending {
    void end(AttemptTree tree) throws IOException;
  }

  AttemptTree(
      Assignment assignment,
      TreeFolder.Place place,
      GitFolder repository,
      String base,
      Ending ending) {
    this.assignment = assignment;
    this.place = place;
    this.repository = repository;
    this.base = base;
    this.ending = ending;
  }

  Assignment assignment() {
    return assignment;
  }

  TreeFolder.Place place() {
    return place;
  }

  Path root() {
    return place.tree();
  }

  boolean isOf(Assignment other) {
    return assignment.attempt() == other.attempt() && assignment.agent().equals(other.agent());
  }

  /** Whether this attempt is made again: the number is its own, the agent may be another. */
  boolean isMadeAgain(Assignment next) {
    return assignment.attempt() == next.attempt();
  }

  /**
   * Makes the tree: the files of the base, and a repository of their own that borrows the objects.
   */
  void checkOut() throws IOException {
    Path git = Files.createDirectories(root().resolve(".git"));
    GitProcess process = new GitProcess(git);
    String format = ScratchRepository.format(base.length() == 64);
    process.run("-C", root().toString(), "init", "--quiet", "--template=", format);
    ScratchRepository.borrow(git, List.of(repository.objects()));
    repository.copyShallow(git);
    Files.createDirectories(git.resolve("info"));
    Files.writeString(git.resolve("info/attributes"), ATTRIBUTES);
    Files.writeString(git.resolve("HEAD"), base + "\n");
    process.run("--work-tree=" + root(), "read-tree", "-u", "--reset", base);
  }

  /**
   * Counts the changes, and takes the snapshot of what was counted.
   *
   * @param leftOut paths that do not count
   * @param ignores whether what the base ignores does not count either
   * @param seconds now, since 1970
   */
  ChangeSet measure(Predicate<String> leftOut, boolean ignores, long seconds) throws IOException {
    boolean isFolder = Files.isDirectory(root(), LinkOption.NOFOLLOW_LINKS);
    if (!isFolder || !root().toRealPath().equals(root())) {
      throw new IOException("the work tree " + root() + " is no folder any more");
    }
    GitFolder here = new GitFolder(root(), repository.gitDir(), repository.commonDir());
    try (WorkSnapshot.Maker maker = new WorkSnapshot.Maker(place.work(), repository, base);
        IgnoreRules rules =
            ignores ? new IgnoreRules(root(), place.rules(), maker.git(), base) : null) {
      Predicate<String> all = rules == null ? leftOut : leftOut.or(rules);
      ChangeSet changes = GitChanges.since(here, base, all, maker);
      WorkSnapshot made = maker.done(seconds);
      synchronized (this) {
        snapshot = made;
      }
      return changes;
    } catch (UncheckedIOException e) { // of the ignore rules, asked from within the walk
      throw e.getCause();
    }
  }

  /** The snapshot, null before the work was counted. */
  synchronized @Nullable WorkSnapshot snapshot() {
    return snapshot;
  }

  /** The agent is gone; its work waits for a decision if it was counted. */
  void left(boolean isCounted) throws IOException {
    end(true, !isCounted);
  }

  /**
   * The agent is gone, and will go on in this tree.
   *
   * @param seconds now, since 1970
   */
  void park(long seconds) throws IOException {
    place.park(base, seconds);
    synchronized (this) {
      parked = true;
    }
    end(true, false);
  }

  /** Gives a parked tree to its agent again; false if it is not parked, or over. */
  synchronized boolean resume() throws IOException {
    if (!parked || decided || ended) {
      return false;
    }
    place.unpark();
    parked = false;
    left = false;
    return true;
  }

  /** The engine has decided against the attempt. */
  void decided() throws IOException {
    end(false, true);
  }

  private void end(boolean agentLeft, boolean isDecided) throws IOException {
    synchronized (this) {
      left |= agentLeft;
      decided |= isDecided;
      if (!left || !decided || ended) {
        return;
      }
      ended = true;
    }
    ending.end(this);
  }

  /** Takes the tree to land its work; false if it has ended or was never counted. */
  synchronized boolean takeToLand() {
    boolean free = left && !ended && snapshot != null;
    ended |= free;
    return free;
  }

  synchronized boolean isDecided() {
    return decided;
  }
}

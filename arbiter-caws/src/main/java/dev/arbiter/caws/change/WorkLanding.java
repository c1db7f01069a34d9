/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import dev.arbiter.caws.change.WorkTrees.Landing;
import dev.arbiter.task.TaskResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes approved work a commit on a branch, a branch of its own, or a patch. The same work lands
 * once, even if a process dies in between.
 */
final class WorkLanding {
  private static final int MOST_NAMES = 10_000;
  private static final int MOST_TRIES = 100;
  private static final int LONGEST_NAME = 100;
  private static final String HEADS = "refs/heads/";

  /* One landing at a time on the branches of a repository, so that those of this process never
   * overtake each other; those of other processes are met by trying again. */
  private static final Map<Path, Object> TURNS = new ConcurrentHashMap<>();

  private final GitProcess user;
  private final String prefix;
  private final @Nullable String branch;
  private final @Nullable Path patches;
  private final String author;
  private final Function<TaskResult.Completed, String> message;

  /**
   * Sets where work goes.
   *
   * @param user the repository
   * @param prefix of the branches of single tasks
   * @param branch takes all work, null if it goes elsewhere
   * @param patches a folder for patches, null if work goes elsewhere
   * @param author name and address of author and committer; empty for the agent's name
   * @param message gives a commit's message
   */
  WorkLanding(
      GitProcess user,
      String prefix,
      @Nullable String branch,
      @Nullable Path patches,
      String author,
      Function<TaskResult.Completed, String> message) {
    this.user = user;
    this.prefix = prefix;
    this.branch = branch;
    this.patches = patches;
    this.author = author;
    this.message = message;
  }

  /** The tip of a branch, null if there is no such branch. */
  static @Nullable String tip(GitProcess user, String branch) throws IOException {
    return user.line("rev-parse", "--verify", "--quiet", HEADS + branch);
  }

  /** Whether a work tree of the user has a branch checked out. */
  static boolean isCheckedOut(GitProcess user, String branch) throws IOException {
    return new String(user.run("worktree", "list", "--porcelain"), StandardCharsets.UTF_8)
        .lines()
        .anyMatch(("branch " + HEADS + branch)::equals);
  }

  /** Whether a name can be that of a branch. */
  static boolean isName(GitProcess user, String branch) throws IOException {
    return !branch.startsWith("-") && user.ask("check-ref-format", HEADS + branch) != null;
  }

  /** Lands the work; empty if nothing was changed. */
  Optional<Landing> land(WorkSnapshot work, TaskResult.Completed done) throws IOException {
    synchronized (work) {
      if (work.isUnchanged()) {
        return Optional.empty();
      }
      if (patches != null) {
        return Optional.of(patch(work, patches, name(done.task().id())));
      }
      Landing together = branch == null ? null : onBranchInTurn(work, branch, done);
      return Optional.of(together == null ? onOwnBranch(work, done) : together);
    }
  }

  private @Nullable Landing onBranchInTurn(
      WorkSnapshot work, String name, TaskResult.Completed done) throws IOException {
    synchronized (TURNS.computeIfAbsent(user.gitDir(), repository -> new Object())) {
      return onBranch(work, name, done);
    }
  }

  /* A branch that others may move; null if the work does not fit on it. */
  private @Nullable Landing onBranch(WorkSnapshot work, String name, TaskResult.Completed done)
      throws IOException {
    for (int tries = 0; tries < MOST_TRIES && !isCheckedOut(user, name); tries++) {
      String tip = tip(user, name);
      String intent = work.intent();
      if (tip != null
          && !intent.isEmpty()
          && user.ask("merge-base", "--is-ancestor", intent, tip) != null) {
        return new Landing(name, intent);
      }
      String parent = tip == null ? work.base() : tip;
      String tree = parent.equals(work.base()) ? work.tree() : work.onto(parent);
      if (tree == null) {
        return null;
      }
      String commit = commit(work, tree, parent, done);
      work.intend(commit);
      if (move(name, commit, tip, done)) {
        return new Landing(name, commit);
      }
    }
    return null;
  }

  private Landing onOwnBranch(WorkSnapshot work, TaskResult.Completed done) throws IOException {
    String commit = commit(work, work.tree(), work.base(), done);
    String wanted = prefix + name(done.task().id());
    for (int i = 1; i < MOST_NAMES; i++) {
      String name = i == 1 ? wanted : wanted + "-" + i;
      String tip = tip(user, name);
      if (commit.equals(tip) || (tip == null && move(name, commit, null, done))) {
        return new Landing(name, commit);
      }
    }
    throw new IOException("no name for a branch is free: " + wanted + " and those with a number");
  }

  /** Makes a commit in the user's repository, which no name refers to yet. */
  private String commit(WorkSnapshot work, String tree, String parent, TaskResult.Completed done)
      throws IOException {
    String who =
        (author.isEmpty() ? person(done.agent()) : author) + " " + work.seconds() + " +0000";
    String text =
        "tree "
            + tree
            + "\nparent "
            + parent
            + "\nauthor "
            + who
            + "\ncommitter "
            + who
            + "\n\n"
            + message.apply(done).replace('\0', ' ').stripTrailing()
            + "\n";
    byte[] id =
        work.git()
            .feed(
                text.getBytes(StandardCharsets.UTF_8),
                "hash-object",
                "-t",
                "commit",
                "-w",
                "--stdin");
    String commit = new String(id, StandardCharsets.UTF_8).strip();
    Path pack = work.folder().resolve("landing.pack");
    String wanted = commit + "\n^" + work.base() + "\n^" + parent + "\n";
    work.git()
        .into(
            pack,
            wanted.getBytes(StandardCharsets.UTF_8),
            "pack-objects",
            "--revs",
            "--thin",
            "--stdout",
            "-q");
    user.from(pack, "unpack-objects", "-q", "--strict");
    user.run("rev-list", "--objects", "--quiet", commit, "^" + parent); // all of it is there
    return commit;
  }

  private static String person(String agent) {
    String plain = agent.replaceAll("[<>\\p{Cntrl}]", " ").strip();
    return (plain.isEmpty() ? "agent" : plain) + " <agent@localhost>";
  }

  /** Sets a branch if it is still where it was; false if it is not. */
  private boolean move(String name, String commit, @Nullable String from, TaskResult.Completed done)
      throws IOException {
    String old = from == null ? "0".repeat(commit.length()) : from;
    String why = "arbiter: task " + name(done.task().id());
    try {
      user.run("update-ref", "-m", why, HEADS + name, commit, old);
      return true;
    } catch (IOException e) {
      String now = tip(user, name);
      if (from == null ? now == null : from.equals(now)) {
        throw e;
      }
      return false;
    }
  }

  private static Landing patch(WorkSnapshot work, Path folder, String name) throws IOException {
    Path fresh = Files.createTempFile(folder, ".arbiter", ".patch");
    try {
      diff(work, fresh);
      for (int i = 1; i < MOST_NAMES; i++) {
        Path file = folder.resolve((i == 1 ? name : name + "-" + i) + ".patch");
        if (Files.exists(file) && Files.isRegularFile(file) && Files.mismatch(file, fresh) < 0) {
          return new Landing(file.toString(), "");
        }
        if (isReserved(file)) {
          Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
          return new Landing(file.toString(), "");
        }
      }
      throw new IOException("no name for a patch is free in " + folder + ": " + name);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static boolean isReserved(Path file) throws IOException {
    try {
      Files.createFile(file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /* Comparing lines can take long; whole contents as binary patches never do. */
  private static void diff(WorkSnapshot work, Path to) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("diff", "--binary", "--full-index", "--no-color", "--no-renames"));
    command.addAll(List.of("--no-ext-diff", "--no-textconv", work.base(), work.tree()));
    Path attributes = Files.createDirectories(work.folder().resolve("info")).resolve("attributes");
    try {
      Files.deleteIfExists(attributes);
      work.git().into(to, new byte[0], command.toArray(String[]::new));
    } catch (IOException tooLong) {
      Files.writeString(attributes, "* -diff\n");
      work.git().into(to, new byte[0], command.toArray(String[]::new));
    }
  }

  /** A task's id as a part of the name of a branch or file. */
  static String name(String task) {
    String plain = task.length() > LONGEST_NAME ? task.substring(0, LONGEST_NAME) : task;
    return plain.replaceAll("[^A-Za-z0-9._-]", "-").replaceAll("\\.(?=\\.|lock$|$)|^[.-]", "_");
  }
}

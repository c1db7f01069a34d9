/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that do to their tree what they can. */
class HostileAgentTest extends WorkTreesFixture {
  private TaskResult run(String script) throws Exception {
    return run(arbiter(WorkTrees.of(shop), script), "T-1");
  }

  /* Each hides or damages something, and adds one file of one line. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -rf .git",
        "rm -rf .git; echo 'gitdir: /nowhere' > .git",
        "rm -rf .git; git init -q; git add -A",
        "git add -A; git -c user.name=a -c user.email=a commit -qm x; git reset -q --soft HEAD~0",
        "git checkout -q --orphan o; git rm -rq --cached .",
        "echo '*' > .git/info/exclude; git add -A; git update-index --assume-unchanged README",
        "echo garbage > .git/index; echo garbage > .git/HEAD; rm -rf .git/objects",
        "rm .git/objects/info/alternates; mkfifo .git/objects/info/alternates",
        "echo '* filter=evil' > .git/info/attributes; git config filter.evil.clean 'touch WITNESS'",
        "printf '#!/bin/sh\\ntouch WITNESS\\n' > .git/hooks-x; chmod +x .git/hooks-x; mkdir -p"
            + " .git/hooks; for h in post-checkout pre-commit post-commit reference-transaction"
            + " post-index-change fsmonitor-watchman; do cp .git/hooks-x .git/hooks/$h; done;"
            + " git config core.fsmonitor .git/hooks-x",
        "git stash -q 2>/dev/null; git branch mine; git tag v1; git config user.name evil",
      })
  void own_writes_to_its_repository_decide_nothing(String trick) throws Exception {
    Path witness = dir.resolve("witness");
    Map<String, String> before = content(shop);

    TaskResult.Completed done =
        completed(run(trick.replace("WITNESS", witness.toString()) + "; echo x > mine.txt"));

    assertThat(done.report().changes()).containsExactly(new FileChange("mine.txt", 1, 0));
    assertThat(git(shop, "diff", "--name-status", "main", "arbiter/T-1")).isEqualTo("A\tmine.txt");
    assertThat(witness).doesNotExist();
    assertThat(content(shop, ".git/refs/heads/arbiter", ".git/logs/refs/heads/arbiter"))
        .isEqualTo(before);
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rm -rf \"$PWD\"",
        "D=\"$PWD\"; cd ..; rm -rf \"$D\"; ln -s SHOP \"$D\"",
        "H=\"$(dirname \"$PWD\")\"; mv \"$H\" DIR/moved; ln -s DIR/moved \"$H\"",
        "D=\"$PWD\"; cd ..; rm -rf \"$D\"; echo x > \"$D\"",
      })
  void a_tree_that_is_not_the_one_that_was_given_is_no_work(String trick) throws Exception {
    Map<String, String> before = content(shop);

    TaskResult.Failed failed =
        failed(run(trick.replace("SHOP", "'" + shop + "'").replace("DIR", "'" + dir + "'")));

    assertThat(failed.message()).contains("is no folder any more");
    assertThat(content(shop)).isEqualTo(before);
    assertNothingIsLeft();
  }

  @Test
  void a_tree_that_was_made_anew_counts_as_it_is() throws Exception {
    TaskResult.Completed done =
        completed(run("D=\"$PWD\"; cd ..; rm -rf \"$D\"; mkdir \"$D\"; echo x > \"$D/x\""));

    assertThat(git(shop, "ls-tree", "-r", "--name-only", "arbiter/T-1")).isEqualTo("x");
    assertThat(done.report().changes()).hasSize(4);
    assertNothingIsLeft();
  }

  @Test
  void links_are_counted_as_links_and_what_they_lead_to_is_not_read() throws Exception {
    Path secret = Files.createDirectories(dir.resolve("secret"));
    write(secret, "key.txt", "secret\n");

    TaskResult.Completed done =
        completed(run("rm -r src; ln -s '" + secret + "' src; ln -s '" + shop + "' all"));

    assertThat(done.report().changes())
        .containsExactlyInAnyOrder(
            new FileChange("src/cart.txt", 0, 3),
            new FileChange("src/till.txt", 0, 1),
            new FileChange("src", 1, 0),
            new FileChange("all", 1, 0));
    assertThat(git(shop, "ls-tree", "-r", "--name-only", "arbiter/T-1"))
        .isEqualTo("README\nall\nsrc");
    assertThat(secret.resolve("key.txt")).hasContent("secret");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mkdir n && cd n && git init -q && echo x > x",
        "mkdir -p n/.GIT/hooks && echo x > n/.GIT/hooks/pre-commit",
        "mkdir n && echo x > 'n/git~1'",
        "mkfifo pipe",
        "truncate -s 65M large",
        "i=0; while [ $i -lt 300 ]; do mkdir d; cd d; i=$((i+1)); done",
      })
  void what_cannot_be_counted_or_committed_fails_with_a_reason(String trick) throws Exception {
    TaskResult.Failed failed = failed(run(trick));

    assertThat(failed.message())
        .containsAnyOf(
            "no commit here can hold it",
            "no file, folder or link",
            "more than 67108864 bytes",
            "levels");
    assertThat(git(shop, "branch")).isEqualTo("* main");
    assertNothingIsLeft();
  }

  /** Its path has more than the 4,096 bytes that a path can have. */
  @Test
  void a_tree_that_is_too_deep_for_a_path_goes_away_all_the_same() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
    String deep =
        "i=0; while [ $i -lt 300 ]; do mkdir long-name-of-a-folder; cd -P long-name-of-a-folder;"
            + " i=$((i+1)); done; exit 3";

    failed(run(arbiter(trees, deep), "T-1"));

    assertNothingIsLeft();
  }

  @Test
  void names_of_any_bytes_land_as_they_are() throws Exception {
    String script =
        "echo 1 > 'back\\slash'; echo 2 > \"$(printf 'latin\\351')\"; echo 3 > \"$(printf 'a\\nb')\";"
            + " echo 4 > \"$(printf '\\303\\244 \"q\"\\t')\"; mkdir -- -d; echo 5 > -d/-f;"
            + " git add -A; git write-tree";

    TaskResult.Completed done = completed(run(script));

    assertThat(done.report().changes()).hasSize(5);
    assertThat(git(shop, "rev-parse", "arbiter/T-1^{tree}"))
        .isEqualTo(done.report().output().strip());
  }

  @Test
  void a_repository_above_is_not_reached_without_ones_own() throws Exception {
    git(dir, "init", "-q", "-b", "outer");
    Files.writeString(dir.resolve("outer.txt"), "x\n");
    git(dir, "add", "outer.txt");
    git(dir, "commit", "-q", "-m", "outer");
    String head = git(dir, "rev-parse", "HEAD");

    failed(run("rm -rf .git; git add -A && git -c user.name=a -c user.email=a commit -qm evil"));

    assertThat(git(dir, "rev-parse", "HEAD")).isEqualTo(head);
    assertThat(git(dir, "diff", "--cached", "--name-only")).isEmpty();
  }

  @Test
  void what_is_written_after_the_count_does_not_land() throws Exception {
    AtomicReference<@Nullable Path> root = new AtomicReference<>();
    Constitution late =
        new Constitution() {
          @Override
          public Admission admit(Task task) {
            return new Admission.Admitted("sha256:0", List.of());
          }

          @Override
          public String specDigest(Task task) {
            return "sha256:0";
          }

          @Override
          public Verdict judge(Assignment assignment, WorkReport report) {
            try {
              Path tree = Objects.requireNonNull(root.get());
              write(tree, "mine.txt", "evil\n");
              write(tree, "more.txt", "evil\n");
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return new Verdict.Approved(List.of(), 1, Seal.none());
          }
        };

    try (Arbiter arbiter =
        arbiter(WorkTrees.of(shop))
            .constitution(late)
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  root.set(assignment.directory().orElseThrow());
                  write(assignment.directory().orElseThrow(), "mine.txt", "good\n");
                  return WorkReport.of("done");
                })
            .build()) {
      completed(arbiter.submit(task("T-1")).await(SOON));
    }

    assertThat(git(shop, "diff", "--name-only", "main", "arbiter/T-1")).isEqualTo("mine.txt");
    assertThat(git(shop, "show", "arbiter/T-1:mine.txt")).isEqualTo("good");
  }

  /** It has left its parent, its session and its environment, so it outlives the attempt. */
  @Test
  void a_program_left_behind_neither_hangs_nor_changes_what_was_counted() throws Exception {
    Path pid = dir.resolve("pid");
    Path stop = dir.resolve("stop");
    String left =
        "while [ ! -e '"
            + stop
            + "' ]; do echo $$ > '"
            + pid
            + "'; mkdir -p late;"
            + " for n in 1 2 3 4 5 6 7 8 9; do echo x$n >> late/$n; done; done";
    Files.writeString(dir.resolve("left.sh"), left);
    String script =
        "echo good > mine.txt; mkdir late; (cd \"$PWD\"; env -i PATH=\"$PATH\" setsid sh '"
            + dir.resolve("left.sh")
            + "' >/dev/null 2>&1 &) ; while [ ! -s '"
            + pid
            + "' ]; do sleep 0.05; done";
    try {
      for (int i = 0; i < 3; i++) {
        Files.deleteIfExists(pid);
        WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
        TaskResult result = run(arbiter(trees, script), "T-" + i);
        if (result instanceof TaskResult.Completed done) {
          List<String> counted =
              done.report().changes().stream().map(FileChange::path).sorted().toList();
          assertThat(git(shop, "diff", "--name-only", "main", "arbiter/T-" + i).lines().sorted())
              .containsExactlyElementsOf(counted);
        } else {
          assertThat(failed(result).message())
              .containsAnyOf("changed while it was read", "NoSuchFile");
          assertThat(git(shop, "branch", "--list", "arbiter/T-" + i)).isEmpty();
        }
      }
    } finally {
      Files.createFile(stop);
    }
    Thread.sleep(300);
    WorkTrees.of(shop); // sweeps what could not be deleted while it was written to

    assertNothingIsLeft();
  }
}

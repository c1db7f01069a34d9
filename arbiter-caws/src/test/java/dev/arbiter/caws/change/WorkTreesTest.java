/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.change.WorkTrees.Landing;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of work in a tree of its own, with the real git and real commands. */
class WorkTreesTest extends WorkTreesFixture {
  private static final String WORK =
      "echo four >> src/cart.txt; rm src/till.txt; mkdir new; echo n > 'new/a b.txt'";

  /** Judges by the changes alone. */
  private static class Judge implements Constitution {
    private final Predicate<List<FileChange>> passes;

    Judge(Predicate<List<FileChange>> passes) {
      this.passes = passes;
    }

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
      return passes.test(report.changes())
          ? new Verdict.Approved(List.of(), 1, Seal.none())
          : new Verdict.Denied(List.of(Finding.error("no", "", "not this")), Seal.none());
    }
  }

  @Test
  void approved_work_becomes_a_branch_of_its_own_and_the_users_tree_is_left_alone()
      throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    Map<String, String> before = content(shop);
    String status = git(shop, "status", "--porcelain=v2", "--branch");

    TaskResult.Completed done = completed(run(arbiter(trees, WORK), "T-1"));

    assertThat(done.report().changes())
        .containsExactlyInAnyOrder(
            new FileChange("src/cart.txt", 1, 0),
            new FileChange("src/till.txt", 0, 1),
            new FileChange("new/a b.txt", 1, 0));
    assertThat(git(shop, "diff", "--name-status", "main", "arbiter/T-1"))
        .isEqualTo("A\tnew/a b.txt\nM\tsrc/cart.txt\nD\tsrc/till.txt");
    assertThat(git(shop, "show", "arbiter/T-1:src/cart.txt")).isEqualTo("one\ntwo\nthree\nfour");
    assertThat(git(shop, "rev-parse", "arbiter/T-1^")).isEqualTo(git(shop, "rev-parse", "main"));
    assertThat(
            git(shop, "log", "-1", "--format=%an|%s|%(trailers:key=Task,valueonly)", "arbiter/T-1"))
        .startsWith("ada|Mend the cart|T-1");
    assertThat(content(shop, ".git/refs/heads/arbiter", ".git/logs/refs/heads/arbiter"))
        .isEqualTo(before);
    assertThat(git(shop, "status", "--porcelain=v2", "--branch")).isEqualTo(status);
    assertNothingIsLeft();
    assertThat(kept()).isEmpty();
  }

  @Test
  void of_several_agents_at_once_each_has_its_tree_and_the_best_lands() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(5).build();
    Constitution fewest =
        new Judge(changes -> true) {
          @Override
          public Verdict judge(Assignment assignment, WorkReport report) {
            return new Verdict.Approved(
                List.of(), 1.0 / (1 + report.changes().size()), Seal.none());
          }
        };
    // Each waits until the other is there, so that both trees stand at once.
    String meet =
        "; touch " + dir + "/$0; until [ -e " + dir + "/a -a -e " + dir + "/b ]; do :; done";
    TaskResult result;
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(fewest)
            .interceptor(trees)
            .agent(
                AgentProfile.of("ada"), sh("echo a > one; echo a > two" + meet.replace("$0", "a")))
            .agent(AgentProfile.of("bob"), sh("echo b > one" + meet.replace("$0", "b")))
            .build()) {
      result = arbiter.submit(Task.builder("fix").id("T-1").bestOf(2).build()).await(SOON);
    }
    assertThat(completed(result).agent()).isEqualTo("bob");
    assertThat(git(shop, "diff", "--name-status", "main", "arbiter/T-1")).isEqualTo("A\tone");
    assertThat(git(shop, "show", "arbiter/T-1:one")).isEqualTo("b");
    assertNothingIsLeft();
    assertThat(kept()).hasSize(1);
    assertThat(kept().get(0)).endsWith("-ada");
  }

  @Test
  void the_landing_is_known_when_await_returns_and_landing_again_changes_nothing()
      throws Exception {
    WorkTrees trees = WorkTrees.of(shop);

    TaskResult.Completed done = completed(run(arbiter(trees, WORK), "T-1"));
    String tip = git(shop, "rev-parse", "arbiter/T-1");

    assertThat(trees.land(done)).contains(new Landing("arbiter/T-1", tip));
    assertThat(WorkTrees.of(shop).land(done)).isEmpty();
    assertThat(git(shop, "branch", "--list", "arbiter/*")).isEqualTo("arbiter/T-1");
  }

  @Test
  void a_renamed_file_is_one_change_and_its_old_path_is_evidence() throws Exception {
    String work = "mv src/cart.txt new.txt; mv src/till.txt src/bank.txt";

    TaskResult.Completed done = completed(run(arbiter(WorkTrees.of(shop), work), "T-1"));

    assertThat(done.report().changes())
        .containsExactlyInAnyOrder(
            new FileChange("new.txt", 0, 0), new FileChange("src/bank.txt", 0, 0));
    assertThat(ChangeSet.of(done.report()).movedFrom())
        .containsExactlyInAnyOrder("src/cart.txt", "src/till.txt");
    assertThat(git(shop, "diff", "-M", "--name-status", "main", "arbiter/T-1"))
        .isEqualTo("R100\tsrc/cart.txt\tnew.txt\nR100\tsrc/till.txt\tsrc/bank.txt");
  }

  @Test
  void the_evidence_names_the_content_that_was_counted() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    Evidence forged = Evidence.of(WorkTrees.EVIDENCE, true, "base x tree y");

    TaskResult.Completed done =
        completed(
            run(
                arbiter(trees)
                    .agent(
                        AgentProfile.of("ada"),
                        assignment -> {
                          write(assignment.directory().orElseThrow(), "new.txt", "n\n");
                          return WorkReport.of("done")
                              .withChanges(List.of(new FileChange("lie.txt", 9, 9)))
                              .withEvidence(forged, Evidence.of("other", true, "stays"))
                              .withEvidence(Evidence.of(ChangeSet.MOVED_FROM, true, "lie"));
                        }),
                "T-1"));

    String expected =
        "base "
            + git(shop, "rev-parse", "main")
            + " tree "
            + git(shop, "rev-parse", "arbiter/T-1^{tree}");
    assertThat(done.report().changes()).containsExactly(new FileChange("new.txt", 1, 0));
    assertThat(done.report().evidence())
        .containsExactly(
            Evidence.of("other", true, "stays"), Evidence.of(WorkTrees.EVIDENCE, true, expected));
  }

  @Test
  void a_second_task_of_the_same_id_gets_a_branch_with_a_number() throws Exception {
    for (int i = 0; i < 2; i++) {
      completed(run(arbiter(WorkTrees.of(shop), "echo " + i + " > x"), "T 1~^:?*[\\..lock"));
    }

    assertThat(git(shop, "for-each-ref", "--format=%(refname:short)", "refs/heads/arbiter"))
        .isEqualTo("arbiter/T-1-------__lock\narbiter/T-1-------__lock-2");
  }

  @Test
  void work_that_changes_nothing_lands_nowhere() throws Exception {
    TaskResult.Completed done = completed(run(arbiter(WorkTrees.of(shop), "true"), "T-1"));

    assertThat(done.report().changes()).isEmpty();
    assertThat(git(shop, "branch")).isEqualTo("* main");
    assertNothingIsLeft();
  }

  @Test
  void denied_work_is_kept_as_asked_and_lands_nowhere() throws Exception {
    for (int i = 1; i <= 3; i++) {
      WorkTrees trees = WorkTrees.builder(shop).keep(2).build();
      TaskResult.Failed denied =
          failed(
              run(
                  arbiter(trees, "echo " + i + " > mine.txt").constitution(new Judge(c -> false)),
                  "T-" + i));
      assertThat(denied.cause()).isEqualTo(FailureCause.DENIED);
    }

    assertThat(git(shop, "branch")).isEqualTo("* main");
    assertNothingIsLeft();
    assertThat(kept()).hasSize(2);
    assertThat(kept().get(1)).endsWith("-T-3-1-ada");
    assertThat(trees().resolve("kept").resolve(kept().get(1)).resolve("mine.txt")).hasContent("3");
  }

  @Test
  void denied_and_failed_work_is_dropped_as_asked() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();

    failed(run(arbiter(trees, WORK).constitution(new Judge(c -> false)), "T-1"));
    failed(run(arbiter(trees, WORK + "; exit 3"), "T-2"));

    assertNothingIsLeft();
    assertThat(kept()).isEmpty();
  }

  @Test
  void a_fallback_begins_anew_and_only_its_work_lands() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    Judge judge = new Judge(changes -> changes.stream().noneMatch(c -> c.path().equals("bad.txt")));

    TaskResult.Completed done =
        completed(
            run(
                Arbiter.builder()
                    .constitution(judge)
                    .interceptor(trees)
                    .agent(AgentProfile.of("a1"), sh("echo x > bad.txt"))
                    .agent(AgentProfile.of("a2"), sh("ls; echo x > good.txt")),
                "T-1"));

    assertThat(done.attempts()).isEqualTo(2);
    assertThat(git(shop, "diff", "--name-only", "main", "arbiter/T-1")).isEqualTo("good.txt");
    assertThat(kept()).hasSize(1);
    assertNothingIsLeft();
  }

  @Test
  void all_work_goes_on_one_branch_also_when_it_moves_meanwhile() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).commitTo("agents").build();
    CountDownLatch begun = new CountDownLatch(2);
    try (Arbiter arbiter =
        arbiter(trees)
            .agent(
                AgentProfile.builder("ada").capacity(2).build(),
                assignment -> {
                  Path root = assignment.directory().orElseThrow();
                  write(root, assignment.task().id() + ".txt", "x\n");
                  begun.countDown();
                  begun.await(SOON.toSeconds(), TimeUnit.SECONDS);
                  return WorkReport.of("done");
                })
            .build()) {
      var first = arbiter.submit(task("T-1"));
      var second = arbiter.submit(task("T-2"));
      completed(first.await(SOON));
      completed(second.await(SOON));
    }

    assertThat(git(shop, "rev-list", "--count", "main..agents")).isEqualTo("2");
    assertThat(git(shop, "diff", "--name-only", "main", "agents")).isEqualTo("T-1.txt\nT-2.txt");
    completed(run(arbiter(trees, "test -f T-1.txt && echo more >> T-1.txt"), "T-3"));
    assertThat(git(shop, "show", "agents:T-1.txt")).isEqualTo("x\nmore");
    assertNothingIsLeft();
  }

  @Test
  void work_that_meets_other_work_is_not_merged_but_gets_its_own_branch() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).commitTo("agents").build();
    git(shop, "branch", "agents");
    String other =
        "cd '"
            + shop
            + "'; T=$(git rev-parse main^{tree});"
            + " B=$(echo theirs | git hash-object -w --stdin);"
            + " export GIT_INDEX_FILE='"
            + dir.resolve("i")
            + "'; git read-tree main;"
            + " git update-index --cacheinfo 100644,$B,src/cart.txt;"
            + " git update-ref refs/heads/agents $(git -c user.name=t -c user.email=t"
            + " commit-tree -p main -m theirs $(git write-tree))";

    TaskResult.Completed done =
        completed(run(arbiter(trees, "echo mine > src/cart.txt; " + other), "T-1"));

    assertThat(git(shop, "show", "agents:src/cart.txt")).isEqualTo("theirs");
    assertThat(git(shop, "show", "arbiter/T-1:src/cart.txt")).isEqualTo("mine");
    assertThat(trees.land(done)).map(Landing::place).contains("arbiter/T-1");
  }

  @Test
  void a_branch_that_was_checked_out_meanwhile_is_left_alone() throws Exception {
    git(shop, "branch", "agents");
    WorkTrees trees = WorkTrees.builder(shop).commitTo("agents").build();
    git(shop, "worktree", "add", "-q", dir.resolve("linked").toString(), "agents");

    completed(run(arbiter(trees, WORK), "T-1"));

    assertThat(git(shop, "rev-parse", "agents")).isEqualTo(git(shop, "rev-parse", "main"));
    assertThat(git(shop, "branch", "--list", "arbiter/*")).isEqualTo("arbiter/T-1");
  }

  @Test
  void approved_work_becomes_a_patch_that_git_applies() throws Exception {
    Path patches = dir.resolve("patches");
    WorkTrees trees = WorkTrees.builder(shop).patchesTo(patches).build();
    String binary = "; printf 'a\\000b' > logo.bin; ln -s src/cart.txt link; chmod +x src/cart.txt";
    Map<String, String> before = content(shop);

    TaskResult.Completed done = completed(run(arbiter(trees, WORK + binary), "T-1"));

    Path patch = patches.resolve("T-1.patch");
    assertThat(trees.land(done)).contains(new Landing(patch.toString(), ""));
    assertThat(content(shop)).isEqualTo(before);
    git(dir, "clone", "-q", shop.toString(), "copy");
    git(dir.resolve("copy"), "apply", "--index", patch.toString());
    assertThat(git(dir.resolve("copy"), "write-tree"))
        .isEqualTo(done.report().evidence().get(0).detail().split(" ", -1)[3]);
    completed(run(arbiter(trees, "echo other > README"), "T-1"));
    assertThat(names(patches)).containsExactly("T-1-2.patch", "T-1.patch");
  }

  @Test
  void the_base_can_be_stated_and_is_looked_up_for_each_attempt() throws Exception {
    git(shop, "branch", "release");
    WorkTrees trees = WorkTrees.builder(shop).base("release").build();
    git(shop, "commit", "-q", "--allow-empty", "-m", "more");

    completed(run(arbiter(trees, WORK), "T-1"));
    assertThat(git(shop, "rev-parse", "arbiter/T-1^")).isEqualTo(git(shop, "rev-parse", "release"));

    git(shop, "branch", "-f", "release", "main");
    completed(run(arbiter(trees, WORK), "T-2"));
    assertThat(git(shop, "rev-parse", "arbiter/T-2^")).isEqualTo(git(shop, "rev-parse", "main"));
    git(shop, "branch", "-D", "release");
    assertThat(failed(run(arbiter(trees, WORK), "T-3")).message())
        .contains("'release' is no commit of");
  }

  @Test
  void files_that_are_left_out_neither_count_nor_land() throws Exception {
    WorkTrees trees =
        WorkTrees.builder(shop)
            .leaveOut(path -> path.equals("target") || path.startsWith("target/"))
            .build();

    TaskResult.Completed done =
        completed(run(arbiter(trees, "mkdir target; echo o > target/o; echo n > n"), "T-1"));

    assertThat(done.report().changes()).containsExactly(new FileChange("n", 1, 0));
    assertThat(git(shop, "diff", "--name-only", "main", "arbiter/T-1")).isEqualTo("n");
  }

  @Test
  void what_the_base_ignores_is_left_out_and_what_the_agent_ignores_counts() throws Exception {
    write(shop, ".gitignore", "target/\n*.log\n!keep.log\n/top.txt\nsrc/*\n");
    write(shop, "module/.gitignore", "out\n");
    git(shop, "add", "-f", ".gitignore", "module/.gitignore");
    git(shop, "commit", "-q", "-m", "ignore", "--", ".gitignore", "module/.gitignore");
    String build =
        "mkdir -p target/a module/out lib/target module/top.txt target2; echo x > target/a/o;"
            + " echo x > module/out/o; echo x > a.log; echo x > lib/keep.log; echo x > top.txt;"
            + " echo x > module/top.txt/f; echo x > lib/target/o; echo x > target2/f;"
            + " echo x > src/new.txt; echo four >> src/cart.txt; echo '*' > .gitignore;"
            + " echo hidden > hidden.txt; echo x > '\u00e4 b.log'; echo x > '\u00e4 b';";
    WorkTrees trees = WorkTrees.builder(shop).leaveOutIgnored().build();

    TaskResult.Completed done = completed(run(arbiter(trees, build), "T-1"));

    assertThat(done.report().changes())
        .extracting(FileChange::path)
        .containsExactlyInAnyOrder(
            ".gitignore",
            "hidden.txt",
            "lib/keep.log",
            "module/top.txt/f",
            "src/cart.txt",
            "target2/f",
            "\u00e4 b");
    assertThat(
            git(shop, "-c", "core.quotePath=false", "diff", "--name-only", "main", "arbiter/T-1")
                .lines())
        .hasSize(7);
    TaskResult.Completed all = completed(run(arbiter(WorkTrees.of(shop), build), "T-2"));
    assertThat(all.report().changes()).hasSize(14);
    assertNothingIsLeft();
  }

  /** A colon at the beginning of a path is magic to most commands of git. */
  @Test
  void a_path_that_begins_with_a_colon_is_asked_about_like_any_other() throws Exception {
    write(shop, ".gitignore", "*.log\n:out\n");
    commitAll(shop, "rules");
    String work =
        "for n in :a.log :a :out ':(top)b' ':!c' ':/d.log' :e; do mkdir -p \"$(dirname "
            + "\"$n\")\"; echo x > \"$n\"; done; mkdir :dir; echo x > :dir/f; echo x > :dir/f.log";
    WorkTrees trees = WorkTrees.builder(shop).leaveOutIgnored().build();

    TaskResult.Completed done = completed(run(arbiter(trees, work), "T-1"));

    assertThat(done.report().changes())
        .extracting(FileChange::path)
        .containsExactlyInAnyOrder(":a", ":(top)b", ":!c", ":e", ":dir/f");
  }

  @Test
  void gates_read_the_files_as_they_were_counted() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    List<String> read = Collections.synchronizedList(new ArrayList<>());
    Constitution reading =
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
              read.add(trees.text(assignment, "src/cart.txt").orElse("none"));
              read.add(trees.text(assignment, "src/till.txt").orElse("none"));
              read.add(trees.text(assignment, "README").orElse("none"));
              read.add(trees.text(assignment, "new").orElse("folder"));
            } catch (IOException e) {
              read.add(e.toString());
            }
            assertThatThrownBy(() -> trees.text(assignment, "link"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no plain file");
            return new Verdict.Approved(List.of(), 1, Seal.none());
          }
        };

    completed(run(arbiter(trees, WORK + "; ln -s /etc/passwd link").constitution(reading), "T-1"));

    assertThat(read).containsExactly("one\ntwo\nthree\nfour\n", "none", "shop\n", "folder");
  }

  @Test
  void an_agent_that_fails_leaves_nothing_but_what_is_kept() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);

    TaskResult.Failed failed = failed(run(arbiter(trees, WORK + "; exit 3"), "T-1"));

    assertThat(failed.message()).contains("ended with exit code 3");
    assertNothingIsLeft();
    assertThat(kept()).hasSize(1);
  }

  @Test
  void a_tree_stays_as_long_as_an_abandoned_agent_works_in_it() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    AtomicReference<@Nullable Path> root = new AtomicReference<>();
    try (Arbiter arbiter =
        arbiter(trees)
            .attemptLimit(Duration.ofMillis(300))
            .closeLimit(Duration.ZERO)
            .agent(
                AgentProfile.of("stubborn"),
                assignment -> {
                  root.set(assignment.directory().orElseThrow());
                  boolean isAllowed = false;
                  while (!isAllowed) {
                    try {
                      go.await();
                      isAllowed = true;
                    } catch (InterruptedException e) {
                      isAllowed = false; // stubborn
                    }
                  }
                  gone.countDown();
                  return WorkReport.of("late");
                })
            .build()) {
      TaskResult.Failed late = failed(arbiter.submit(task("T-1")).await(SOON));
      assertThat(late.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(root.get()).isDirectory();
      WorkTrees.of(shop); // another start takes no tree of a living process
      assertThat(root.get()).isDirectory();
      go.countDown();
      gone.await();
    }
    for (int i = 0; i < 100 && names(trees().resolve("attempts")).size() > 1; i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }

    assertNothingIsLeft();
    assertThat(git(shop, "branch")).isEqualTo("* main");
  }

  @Test
  void a_task_that_is_cancelled_gives_its_tree_back_and_ends_its_command() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
    try (Arbiter arbiter = arbiter(trees, "touch begun; sleep 600").build()) {
      var handle = arbiter.submit(task("T-1"));
      for (int i = 0; i < 200 && attemptsWith("begun") == 0; i++) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(attemptsWith("begun")).isEqualTo(1);
      handle.cancel("enough");
      handle.await(SOON);
    }

    assertNothingIsLeft();
  }

  private long attemptsWith(String file) throws IOException {
    return names(trees().resolve("attempts")).stream()
        .filter(
            name ->
                Files.exists(
                    trees().resolve("attempts").resolve(name).resolve("tree").resolve(file)))
        .count();
  }

  @Test
  void an_asynchronous_agent_is_measured_when_it_ends_and_cancelled_with_its_attempt()
      throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
    CompletableFuture<WorkReport> never = new CompletableFuture<>();
    try (Arbiter arbiter =
        arbiter(trees)
            .attemptLimit(Duration.ofSeconds(2))
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment -> {
                  Path root = assignment.directory().orElseThrow();
                  if (assignment.task().id().equals("T-2")) {
                    return never;
                  }
                  return CompletableFuture.supplyAsync(
                      () -> {
                        try {
                          write(root, "async.txt", "x\n");
                        } catch (IOException e) {
                          throw new IllegalStateException(e);
                        }
                        return WorkReport.of("done");
                      });
                })
            .build()) {
      TaskResult.Completed done = completed(arbiter.submit(task("T-1")).await(SOON));
      assertThat(done.report().changes()).containsExactly(new FileChange("async.txt", 1, 0));
      failed(arbiter.submit(task("T-2")).await(SOON));
    }

    assertThat(never).isCancelled();
    assertNothingIsLeft();
  }

  @Test
  void the_tree_is_clean_and_its_repository_is_its_own() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    write(shop, ".gitattributes", "*.txt text eol=crlf\n*.bin filter=lfs\n");
    write(shop, "a.bin", "pointer\n");
    git(shop, "add", ".gitattributes", "a.bin");
    git(shop, "commit", "-q", "-m", "attributes");

    TaskResult.Completed done =
        completed(
            run(
                arbiter(
                    trees,
                    "git status --porcelain; git rev-parse HEAD; git log --oneline | wc -l;"
                        + " git rev-parse --show-toplevel"),
                "T-1"));

    List<String> said = done.report().output().lines().toList();
    assertThat(said.get(0)).isEqualTo(git(shop, "rev-parse", "main"));
    assertThat(said.get(1).strip()).isEqualTo("2");
    assertThat(said.get(2)).startsWith(trees().resolve("attempts").toRealPath().toString());
    assertThat(done.report().changes()).isEmpty();
  }

  @Test
  void the_agent_has_less_time_than_the_attempt() throws Exception {
    AtomicReference<@Nullable Duration> given = new AtomicReference<>();

    completed(
        run(
            arbiter(WorkTrees.of(shop))
                .attemptLimit(Duration.ofSeconds(100))
                .agent(
                    AgentProfile.of("ada"),
                    assignment -> {
                      given.set(assignment.timeLimit());
                      return WorkReport.of("done");
                    }),
            "T-1"));

    assertThat(given.get()).isBetween(Duration.ofSeconds(80), Duration.ofSeconds(95));
  }
}

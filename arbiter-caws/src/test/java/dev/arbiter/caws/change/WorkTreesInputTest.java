/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.ProcessAgent;
import dev.arbiter.caws.ChildJvm;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport.FileChange;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories and settings of every kind: a clear error at once, or the right work. */
class WorkTreesInputTest extends WorkTreesFixture {
  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "plain", "file", "shop/src", "shop/.git/refs", "odd"})
  void what_is_no_repository_is_refused_at_once(String name) throws Exception {
    Files.createDirectories(dir.resolve("plain"));
    Files.writeString(dir.resolve("file"), "x");
    write(dir, "odd/.git", "gitdir: /nowhere\n");

    assertThatThrownBy(() -> WorkTrees.of(dir.resolve(name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("is no Git repository; give the top folder");
    assertThat(names(dir)).noneMatch(entry -> entry.endsWith(".trees"));
  }

  @Test
  void a_repository_without_a_commit_is_refused_at_once() throws Exception {
    Path empty = repository("empty");

    assertThatThrownBy(() -> WorkTrees.of(empty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no commit at HEAD")
        .hasMessageContaining("commit something first");
  }

  @Test
  void wrong_settings_are_refused_at_once() throws Exception {
    WorkTrees.Builder builder = WorkTrees.builder(shop);
    assertThatThrownBy(() -> builder.keep(-1)).hasMessageContaining("at least 0, got -1");
    assertThatThrownBy(() -> builder.author("me")).hasMessageContaining("'Name <address>'");
    for (String base : new String[] {"nowhere", "--help", "", "HEAD:README"}) {
      assertThatThrownBy(() -> WorkTrees.builder(shop).base(base).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + base + "'");
    }
    for (String branch : new String[] {"", "a..b", "-b", "a b", "x.lock", "@{1}"}) {
      assertThatThrownBy(() -> WorkTrees.builder(shop).commitTo(branch).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no branch can have the name '" + branch + "'");
      assertThatThrownBy(() -> WorkTrees.builder(shop).branchEach(branch + " ").build())
          .hasMessageContaining("no branch can begin with");
    }
    assertThatThrownBy(() -> WorkTrees.builder(shop).commitTo("main").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("branch 'main' of")
        .hasMessageContaining("is checked out");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shop", "shop/trees", "shop/.git/trees", "link/trees"})
  void a_folder_in_the_repository_is_refused_and_not_made(String name) throws Exception {
    Files.createSymbolicLink(dir.resolve("link"), shop);
    Map<String, String> before = content(shop);

    assertThatThrownBy(() -> WorkTrees.builder(shop).folder(dir.resolve(name)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lies in the repository");

    assertThat(content(shop)).isEqualTo(before);
    assertThat(shop.resolve("trees")).doesNotExist();
  }

  @Test
  void a_folder_that_cannot_be_made_or_written_to_is_named_at_once() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "x");

    assertThatThrownBy(() -> WorkTrees.builder(shop).folder(file.resolve("trees")).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.resolve("trees").toString())
        .hasMessageContaining("give a folder that can be written to");
    assertThatThrownBy(() -> WorkTrees.builder(shop).patchesTo(file).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("give a folder that can be written to");
    Path readOnly = Path.of("/proc/arbiter-trees");
    if (Files.isDirectory(Path.of("/proc"))) {
      assertThatThrownBy(() -> WorkTrees.builder(shop).folder(readOnly).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("/proc/arbiter-trees");
    }
  }

  /** Started by the test below, in a process without a path. */
  static final class WithoutGit {
    private WithoutGit() {}

    /** Prints what the builder says. */
    public static void main(String[] args) {
      try {
        WorkTrees.of(Path.of(args[0]));
        System.out.println("no error");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void a_missing_git_is_named_at_once() throws Exception {
    Process child =
        ChildJvm.start(Map.of("PATH", dir.toString()), WithoutGit.class, shop.toString());

    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(said).contains("git does not work in").contains("install git");
  }

  @Test
  void two_that_give_a_folder_to_one_attempt_are_refused() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);

    TaskResult.Failed failed = failed(run(arbiter(trees, "true").interceptor(trees), "T-1"));

    assertThat(failed.message()).contains("the attempt has a folder already").contains("add one");
    assertNothingIsLeft();
  }

  @Test
  void an_agent_that_would_work_elsewhere_is_refused() throws Exception {
    TaskResult.Failed failed =
        failed(
            run(
                arbiter(WorkTrees.of(shop))
                    .agent(
                        AgentProfile.of("ada"),
                        ProcessAgent.builder("touch", "evil")
                            .directory(assignment -> shop)
                            .build()),
                "T-1"));

    assertThat(failed.message()).contains("is outside of");
    assertThat(shop.resolve("evil")).doesNotExist();
    assertNothingIsLeft();
  }

  @Test
  void a_bare_repository_works() throws Exception {
    git(dir, "clone", "-q", "--bare", shop.toString(), "bare.git");
    Path bare = dir.resolve("bare.git");

    completed(run(arbiter(WorkTrees.of(bare), "echo x > mine.txt"), "T-1"));
    completed(
        run(arbiter(WorkTrees.builder(bare).commitTo("main").build(), "echo x > mine.txt"), "T-2"));

    assertThat(git(bare, "diff", "--name-only", "main~1", "arbiter/T-1")).isEqualTo("mine.txt");
    assertThat(git(bare, "show", "--name-only", "--format=", "main")).isEqualTo("mine.txt");
    assertThat(dir.resolve("bare.git.trees/attempts")).isDirectory();
  }

  @Test
  void a_linked_work_tree_has_its_own_head() throws Exception {
    Path linked = dir.resolve("linked");
    git(shop, "worktree", "add", "-q", "-b", "side", linked.toString());
    write(linked, "side.txt", "x\n");
    commitAll(linked, "side");

    completed(run(arbiter(WorkTrees.of(linked), "cat side.txt; echo x > mine.txt"), "T-1"));

    assertThat(git(shop, "diff", "--name-only", "side", "arbiter/T-1")).isEqualTo("mine.txt");
  }

  @Test
  void a_shallow_clone_a_clone_that_borrows_and_odd_paths_work() throws Exception {
    git(shop, "commit", "-q", "--allow-empty", "-m", "more");
    git(dir, "clone", "-q", "--depth=1", "file://" + shop, "shallow \u00e4'\"");
    git(dir, "clone", "-q", "--shared", shop.toString(), "shared");

    for (String name : new String[] {"shallow \u00e4'\"", "shared"}) {
      Path clone = dir.resolve(name);
      completed(run(arbiter(WorkTrees.of(clone), "git log --oneline; echo x > m"), "T-1"));
      assertThat(git(clone, "diff", "--name-only", "main", "arbiter/T-1")).isEqualTo("m");
    }
  }

  @Test
  void a_repository_with_sha_256_works() throws Exception {
    Path wide = dir.resolve("wide");
    Files.createDirectories(wide);
    git(wide, "init", "-q", "-b", "main", "--object-format=sha256");
    write(wide, "a.txt", "a\n");
    commitAll(wide, "a");

    completed(run(arbiter(WorkTrees.of(wide), "git status; echo x > m"), "T-1"));

    assertThat(git(wide, "diff", "--name-only", "main", "arbiter/T-1")).isEqualTo("m");
  }

  @Test
  void a_submodule_is_an_empty_folder_and_stays_as_it_is() throws Exception {
    Path part = repository("part");
    write(part, "part.txt", "x\n");
    commitAll(part, "part");
    git(
        shop,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        part.toString(),
        "lib");
    git(shop, "commit", "-q", "-m", "lib", "--", ".gitmodules", "lib");

    TaskResult.Completed done =
        completed(run(arbiter(WorkTrees.of(shop), "ls -A lib; echo x > m"), "T-1"));
    TaskResult.Failed inside =
        failed(
            run(
                arbiter(
                    WorkTrees.of(shop),
                    "git -c protocol.file.allow=always submodule --quiet update --init;"
                        + " echo y >> lib/part.txt"),
                "T-2"));

    assertThat(done.report().changes()).containsExactly(new FileChange("m", 1, 0));
    assertThat(git(shop, "ls-tree", "arbiter/T-1", "lib")).startsWith("160000 commit");
    assertThat(inside.message()).contains("lib/part.txt").contains("submodule");
    assertNothingIsLeft();
  }

  @Test
  void a_base_whose_objects_are_missing_fails_with_a_reason() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    String blob = git(shop, "rev-parse", "main:README");
    Files.delete(shop.resolve(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));

    TaskResult.Failed failed = failed(run(arbiter(trees, "true"), "T-1"));

    assertThat(failed.message()).contains("read-tree").contains(blob);
    assertNothingIsLeft();
  }

  @Test
  void a_landing_that_fails_loses_nothing_and_can_be_made_up_for() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    git(shop, "branch", "arbiter"); // no branch can lie below it

    TaskResult.Completed done = completed(run(arbiter(trees, "echo x > m"), "T-1"));

    assertThat(names(trees().resolve("attempts"))).containsExactly(".git");
    assertThat(names(trees().resolve("undecided"))).hasSize(1);
    assertThatThrownBy(() -> trees.land(done)).hasMessageContaining("refs/heads/arbiter");
    git(shop, "branch", "-D", "arbiter");
    assertThat(trees.land(done)).map(WorkTrees.Landing::place).contains("arbiter/T-1");
    assertThat(git(shop, "show", "arbiter/T-1:m")).isEqualTo("x");
    assertNothingIsLeft();
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.UsageMeter;
import dev.arbiter.caws.ChildJvm;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Question;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Agents that ask a person and leave: they go on in the tree that they left. */
class WaitingAgentTest extends WorkTreesFixture {
  /** Writes half, asks, and writes the rest when it is called again. */
  private static WorkReport work(Assignment assignment) throws Exception {
    Path root = assignment.directory().orElseThrow();
    if (assignment.resumeToken().isEmpty()) {
      write(root, "half.txt", "half\n");
      return WorkReport.waiting(Question.of("Which colour?"), "session-7");
    }
    write(root, "rest.txt", Files.readString(root.resolve("half.txt")) + "rest\n");
    return WorkReport.of("done");
  }

  private static TaskHandle asked(Arbiter arbiter) throws Exception {
    TaskHandle handle = arbiter.submit(task("T-1"));
    for (int i = 0; i < 1_000 && arbiter.approvals().open().isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
    assertThat(arbiter.approvals().open()).hasSize(1);
    return handle;
  }

  private static Arbiter arbiterOf(WorkTrees trees) {
    Agent agent = WaitingAgentTest::work;
    return arbiter(trees).agent(AgentProfile.of("ada"), agent).build();
  }

  @Test
  void an_agent_that_is_called_again_finds_its_tree_as_it_left_it() throws Exception {
    WorkTrees trees = WorkTrees.of(shop);
    try (Arbiter arbiter = arbiterOf(trees)) {
      TaskHandle handle = asked(arbiter);
      WorkTrees.of(shop); // takes no tree of a living process
      arbiter.approvals().decide(arbiter.approvals().open().get(0), Answer.reply("eve", "blue"));

      TaskResult.Completed done = completed(handle.await(SOON));

      assertThat(done.report().changes())
          .containsExactlyInAnyOrder(
              new FileChange("half.txt", 1, 0), new FileChange("rest.txt", 2, 0));
      assertThat(git(shop, "show", "arbiter/T-1:rest.txt")).isEqualTo("half\nrest");
    }
    assertNothingIsLeft();
  }

  @Test
  void a_task_that_is_cancelled_while_it_waits_gives_its_tree_back() throws Exception {
    WorkTrees trees = WorkTrees.builder(shop).keep(0).build();
    try (Arbiter arbiter = arbiterOf(trees)) {
      TaskHandle handle = asked(arbiter);
      handle.cancel("enough");
      handle.await(SOON);
    }
    assertNothingIsLeft();
    assertThat(git(shop, "branch")).isEqualTo("* main");
  }

  /** Asks, says so, and waits to be killed. */
  static final class Child {
    private Child() {}

    /** Takes a repository. */
    public static void main(String[] args) throws Exception {
      ChildJvm.endWithParent();
      try (Arbiter arbiter = arbiterOf(WorkTrees.of(Path.of(args[0])))) {
        asked(arbiter);
        System.out.println("asked");
        Thread.sleep(600_000);
      }
    }
  }

  @Test
  void an_agent_of_a_killed_process_goes_on_in_its_tree_in_another() throws Exception {
    Process child = ChildJvm.start(Child.class, shop.toString());
    try {
      assertThat(child.getInputStream().read()).isEqualTo('a');
    } finally {
      child.destroyForcibly().waitFor();
    }
    WorkTrees trees = WorkTrees.of(shop);
    Assignment again =
        new Assignment(
            task("T-1"),
            "ada",
            1,
            "",
            Duration.ofMinutes(1),
            new UsageMeter(),
            List.of(),
            "session-7",
            AgentLink.none(),
            Optional.empty());

    WorkReport report =
        trees
            .intercept(again, given -> CompletableFuture.completedFuture(report(given)))
            .toCompletableFuture()
            .join();

    assertThat(report.changes())
        .containsExactlyInAnyOrder(
            new FileChange("half.txt", 1, 0), new FileChange("rest.txt", 2, 0));
    assertThat(trees.text(again, "rest.txt")).contains("half\nrest\n");
  }

  private static WorkReport report(Assignment given) {
    try {
      return work(given);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.caws.ChildJvm;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Seal;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Processes that end with kill -9 at different moments, and processes that live beside them. */
class KilledWorkTreesTest extends WorkTreesFixture {
  /** Works at a task, and says when its agent has begun or its task has ended. */
  static final class Child {
    private Child() {}

    /**
     * Takes a repository, and what to do: {@code wait} in the agent, or {@code halt} at the end.
     */
    public static void main(String[] args) throws Exception {
      ChildJvm.endWithParent();
      boolean waits = args[1].equals("wait");
      try (Arbiter arbiter =
          Arbiter.builder()
              .withoutConstitution()
              .listener(
                  event -> {
                    if (event instanceof TaskEvent.Concluded concluded
                        && concluded.result() instanceof TaskResult.Completed done
                        && !waits) {
                      System.out.println(done.report().evidence().get(0).detail());
                      Runtime.getRuntime().halt(9);
                    }
                  })
              .interceptor(WorkTrees.of(Path.of(args[0])))
              .agent(
                  AgentProfile.of("ada"),
                  assignment -> {
                    Files.writeString(
                        assignment.directory().orElseThrow().resolve("mine.txt"), "mine\n");
                    if (waits) {
                      System.out.println(assignment.directory().orElseThrow());
                      Thread.sleep(600_000);
                    }
                    return WorkReport.of("done");
                  })
              .build()) {
        arbiter.submit(task("T-1")).await(Duration.ofMinutes(10));
      }
    }
  }

  private String start(List<Process> children, String what) throws Exception {
    Process child = ChildJvm.start(Child.class, shop.toString(), what);
    children.add(child);
    return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  @Test
  void trees_of_killed_processes_go_at_the_next_start_and_those_of_living_ones_never()
      throws Exception {
    List<Process> children = new ArrayList<>();
    try {
      Path first = Path.of(start(children, "wait"));
      Path second = Path.of(start(children, "wait"));
      assertThat(first.resolve("mine.txt")).exists();
      assertThat(first).isNotEqualTo(second);

      children.get(0).destroyForcibly().waitFor();
      assertThat(first.resolve("mine.txt")).exists();
      WorkTrees.of(shop);

      assertThat(first.getParent()).doesNotExist();
      assertThat(second.resolve("mine.txt")).exists();
      children.get(1).destroyForcibly().waitFor();
      WorkTrees.of(shop);
      assertNothingIsLeft();
      assertThat(git(shop, "branch")).isEqualTo("* main");
    } finally {
      children.forEach(Process::destroyForcibly);
    }
  }

  private static TaskResult.Completed completed(String detail) {
    WorkReport report =
        WorkReport.of("done").withEvidence(Evidence.of(WorkTrees.EVIDENCE, true, detail));
    Verdict verdict = new Verdict.Approved(List.of(), 1, Seal.none());
    return new TaskResult.Completed(task("T-1"), "ada", 1, report, verdict);
  }

  @Test
  void work_of_a_process_that_was_killed_before_its_landing_can_land_once() throws Exception {
    WorkTrees older = WorkTrees.of(shop);
    List<Process> children = new ArrayList<>();
    try {
      String detail = start(children, "halt");
      assertThat(children.get(0).waitFor()).isEqualTo(9);
      assertThat(git(shop, "branch")).isEqualTo("* main");

      TaskResult.Completed done = completed(detail);
      assertThat(older.land(completed("base x tree " + "0".repeat(40)))).isEmpty();
      assertThat(older.land(done)).map(WorkTrees.Landing::place).contains("arbiter/T-1");
      assertThat(WorkTrees.of(shop).land(done)).isEmpty();
    } finally {
      children.forEach(Process::destroyForcibly);
    }
    assertThat(git(shop, "show", "arbiter/T-1:mine.txt")).isEqualTo("mine");
    assertThat(git(shop, "for-each-ref", "refs/heads/arbiter").lines()).hasSize(1);
    assertNothingIsLeft();
  }

  @Test
  void work_without_a_decision_is_kept_for_thirty_days() throws Exception {
    List<Process> children = new ArrayList<>();
    try {
      start(children, "halt");
      children.get(0).waitFor();
    } finally {
      children.forEach(Process::destroyForcibly);
    }
    WorkTrees.of(shop);
    assertThat(names(trees().resolve("undecided"))).hasSize(1);

    builtAfter(Duration.ofDays(29));
    assertThat(names(trees().resolve("undecided"))).hasSize(1);
    builtAfter(Duration.ofDays(31));

    assertNothingIsLeft();
  }

  private void builtAfter(Duration time) {
    Sources now = Sources.system();
    InstantSource later = InstantSource.offset(now.clock(), time);
    WorkTrees.builder(shop).sources(new Sources(later, now.nanoTime(), now.random())).build();
  }

  /** 40 tasks over four hosts of one repository, at most eight at once each. */
  @Test
  void many_attempts_at_once_over_several_hosts_have_a_tree_each() throws Exception {
    ConcurrentLinkedQueue<Path> roots = new ConcurrentLinkedQueue<>();
    List<Arbiter> hosts = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    try {
      for (int host = 0; host < 4; host++) {
        WorkTrees trees = WorkTrees.builder(shop).commitTo("agents").build();
        hosts.add(
            arbiter(trees)
                .agent(
                    AgentProfile.builder("ada").capacity(8).build(),
                    assignment -> {
                      Path root = assignment.directory().orElseThrow();
                      roots.add(root);
                      assertThat(root.resolve("own.txt")).doesNotExist();
                      write(root, "own.txt", assignment.task().id());
                      write(root, "all/" + assignment.task().id(), "x\n");
                      Thread.sleep(30);
                      assertThat(root.resolve("own.txt")).hasContent(assignment.task().id());
                      Files.delete(root.resolve("own.txt"));
                      return WorkReport.of("done");
                    })
                .build());
      }
      var handles = new ArrayList<dev.arbiter.TaskHandle>();
      for (int i = 0; i < 40; i++) {
        handles.add(hosts.get(i % 4).submit(task("T-" + i)));
        expected.add("all/T-" + i);
      }
      for (var handle : handles) {
        completed(handle.await(SOON));
      }
    } finally {
      hosts.forEach(Arbiter::close);
    }

    assertThat(new TreeSet<>(roots)).hasSize(40);
    Collections.sort(expected);
    assertThat(git(shop, "diff", "--name-only", "main", "agents").lines())
        .containsExactlyElementsOf(expected);
    assertThat(git(shop, "rev-list", "--count", "main..agents")).isEqualTo("40");
    assertNothingIsLeft();
  }
}

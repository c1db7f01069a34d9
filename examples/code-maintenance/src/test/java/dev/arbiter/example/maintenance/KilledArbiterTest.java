/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.sqlite.SqliteStore;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.PerformanceTracker;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with all parts over one store, killed with kill -9 right after it sealed a verdict: the
 * next one finds them all as they were.
 */
class KilledArbiterTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(1, 3, Duration.ofDays(30));
  private static final int BEFORE = 5;

  static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 2
      mode: feature
      blast_radius:
        modules: [imports]
        data_migration: false
      operational_rollback_slo: 5m
      scope:
        in: [src/]
      invariants:
        - The build stays green
      acceptance:
        - {id: A1, given: a file, when: the formatter runs, then: the imports are sorted}
      non_functional:
        security: [no new permissions]
      contracts:
        - type: openapi
          path: docs/api.yaml
      """;

  static final String POLICY =
      """
      version: 1
      risk_tiers:
        '1': {max_files: 1, max_loc: 100}
        '2': {max_files: 1, max_loc: 100}
        '3': {max_files: 1, max_loc: 100}
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
      """;

  @TempDir private Path dir;

  /** All parts of an arbiter whose state is in one folder. */
  private record Parts(
      WaiverFolder waivers, Caws caws, BanditRouter router, PerformanceTracker tracker)
      implements AutoCloseable {
    static Parts in(Path dir) throws IOException {
      WaiverFolder waivers =
          WaiverFolder.open(dir.resolve("waivers"), LIMITS, InstantSource.system());
      Caws caws =
          Caws.builder()
              .spec(SPEC)
              .policy(POLICY)
              .waivers(waivers.ledger())
              .key(SigningKey.fromSeed(new byte[32]))
              .sealInBatches(1)
              .logTo(dir.resolve("log"))
              .build();
      BanditRouter router = BanditRouter.builder().spendingLimit(1_000, 1_000).build();
      return new Parts(waivers, caws, router, PerformanceTracker.create());
    }

    ArbiterBuilder over(Path dir, Constitution constitution) {
      return Arbiter.builder()
          .constitution(constitution)
          .router(router)
          .listener(tracker)
          .store(SqliteStore.at(dir.resolve("tasks.db")))
          .agent(AgentProfile.builder("ada").price(1).build(), Parts::work)
          .agent(AgentProfile.builder("tired").price(1).build(), Parts::work);
    }

    /* The last task needs the waiver: it changes a second file. */
    private static WorkReport work(Assignment assignment) {
      boolean isLast = assignment.task().id().equals("T-last");
      List<FileChange> changes =
          isLast
              ? List.of(new FileChange("src/A.java", 3, 1), new FileChange("src/B.java", 3, 1))
              : List.of(new FileChange("src/A.java", 3, 1));
      return new WorkReport("done", changes, List.of(), Usage.cost(0.5));
    }

    @Override
    public void close() {
      caws.close();
      waivers.close();
    }
  }

  /** Seals as Caws does, and never returns with the verdict on the last task. */
  private record Stuck(Caws caws) implements Constitution {
    @Override
    public Admission admit(Task task) {
      return caws.admit(task);
    }

    @Override
    public String specDigest(Task task) {
      return caws.specDigest(task);
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      Verdict verdict = caws.judge(assignment, report);
      if (assignment.task().id().equals("T-last")) {
        System.out.println("sealed " + verdict.seal().digest());
        await();
      }
      return verdict;
    }

    private static void await() {
      try {
        Thread.sleep(SOON.multipliedBy(2).toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Task task(String id) {
    return Task.builder("fix").id(id).spec(SpecRef.id("FEAT-001")).build();
  }

  /** The process that is killed. */
  static final class Child {
    private Child() {}

    public static void main(String[] args) throws Exception {
      Path dir = Path.of(args[0]);
      Parts parts = Parts.in(dir);
      WaiverLedger ledger = parts.waivers().ledger();
      ledger.propose(
          new WaiverEntry.Proposal(
              "WV-1",
              "FEAT-001",
              List.of("budget_limit"),
              1,
              100,
              "two files",
              "eve",
              Instant.now().plus(Duration.ofDays(9)),
              1));
      ledger.approve("WV-1", "grace");
      ledger.activate("WV-1", "grace");
      Arbiter arbiter = parts.over(dir, new Stuck(parts.caws())).build();
      arbiter.agents().setStatus("tired", Status.DRAINING);
      for (int i = 0; i < BEFORE; i++) {
        arbiter.submit(task("T-" + i)).await(SOON);
      }
      arbiter.submit(task("T-last")).await(SOON);
    }
  }

  private String killedWhenSealed() throws IOException, InterruptedException {
    String given = System.getProperty("surefire.test.class.path", "");
    String path = given + File.pathSeparator + System.getProperty("java.class.path");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, "-cp", path, Child.class.getName(), dir.toString())
            .redirectErrorStream(true)
            .start();
    StringBuilder printed = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        printed.append(line).append('\n');
        if (line.startsWith("sealed ")) {
          return line.substring("sealed ".length());
        }
      }
      throw new AssertionError("the process ended before it sealed: " + printed);
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void a_process_that_is_killed_between_seal_and_end_leaves_all_parts_to_the_next()
      throws Exception {
    String sealed = killedWhenSealed();

    try (Parts parts = Parts.in(dir);
        Arbiter next = parts.over(dir, parts.caws()).build()) {
      TaskResult end = next.find(Task.DEFAULT_TENANT, "T-last").orElseThrow().await(SOON);

      assertThat(end)
          .isInstanceOfSatisfying(
              TaskResult.Completed.class,
              done -> {
                assertThat(done.verdict()).isInstanceOf(Verdict.Waived.class);
                assertThat(done.verdict().seal().digest()).isEqualTo(sealed);
                assertThat(parts.caws().log().orElseThrow().prove(done.verdict().seal()))
                    .isPresent();
              });
      assertThat(parts.caws().log().orElseThrow().size()).isEqualTo(BEFORE + 1L);
      assertThat(parts.caws().log().orElseThrow().verify().isDamaged()).isFalse();
      assertThat(parts.waivers().ledger().find("WV-1").orElseThrow().uses()).isEqualTo(1);
      assertThat(next.agents().find("tired").orElseThrow().status()).isEqualTo(Status.DRAINING);
      assertThat(parts.router().ignoredOutcomes()).isZero();
      assertThat(parts.router().outstandingDecisions()).isZero();
      assertThat(parts.router().spending().spent()).isCloseTo(0.5, within(1e-6));
      assertThat(parts.router().specialties("ada").get(0).outcomes()).isCloseTo(1, within(1e-6));
      next.submit(task("T-next")).await(SOON);
    }
    // In order this time: what was learned and counted is there.
    try (Parts parts = Parts.in(dir);
        Arbiter last = parts.over(dir, parts.caws()).build()) {
      assertThat(parts.tracker().summary("ada", "fix", Window.MEDIUM).successes()).isEqualTo(1);
      assertThat(parts.router().spending().spent()).isCloseTo(1, within(1e-6));
      assertThat(parts.caws().log().orElseThrow().size()).isEqualTo(BEFORE + 2L);
      assertThat(last.agents().find("tired").orElseThrow().status()).isEqualTo(Status.DRAINING);
    }
  }
}

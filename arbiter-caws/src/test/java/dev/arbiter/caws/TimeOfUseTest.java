/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is changed between the check and the use. A second thread makes 1,000 random changes, seed
 * pinned, through everything a caller or an agent may have kept: the set of capabilities, the lists
 * of a report, and the files of spec and policy.
 */
class TimeOfUseTest {
  private static final int CHANGES = 1_000;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String WIDE = SPEC.replace("in: [src/,", "in: [src/, lib/,");

  private final Path folder;
  private final Set<String> capabilities = ConcurrentHashMap.newKeySet();
  private final CopyOnWriteArrayList<FileChange> changes = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<Evidence> evidence = new CopyOnWriteArrayList<>();
  private final AtomicInteger ranChanged = new AtomicInteger();
  private final AtomicInteger runs = new AtomicInteger();

  TimeOfUseTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void nothing_runs_or_passes_with_changed_content() throws Exception {
    Path specs = Files.createDirectories(folder.resolve(".caws/specs"));
    replace(folder.resolve(".caws/policy.yaml"), POLICY);
    replace(specs.resolve("FEAT-001.yaml"), SPEC);
    Caws caws = Caws.builder().project(folder).key(Fixtures.key()).sealHashedOnly().build();
    Semaphore mutations = new Semaphore(0);
    ExecutorService racer = Executors.newSingleThreadExecutor();
    int voided = 0;
    int passed = 0;
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada", "java"), this::work)
            .constitution(caws)
            .fallbacks(0)
            .build()) {
      Future<?> racing = racer.submit(() -> race(specs, mutations));
      for (int i = 0; i < CHANGES; i++) {
        capabilities.clear();
        capabilities.add("java");
        SpecRef spec = i % 2 == 0 ? SpecRef.id("FEAT-001") : SpecRef.text(SPEC);
        Task task =
            new Task(
                "T-" + i, "fix", "acme", 5, capabilities, spec, "do " + i, Optional.empty(), "");
        Set<String> asSubmitted = Set.copyOf(task.capabilities());
        mutations.release();
        TaskResult result = arbiter.submit(task).await(SOON);
        assertThat(task.capabilities()).isEqualTo(asSubmitted);
        if (result instanceof TaskResult.Completed completed) {
          passed++;
          assertHonest(completed);
        } else if (result instanceof TaskResult.Failed failed) {
          voided += failed.cause() == FailureCause.APPROVAL_VOID ? 1 : 0;
        }
      }
      racing.get();
    } finally {
      racer.shutdownNow();
    }

    assertThat(ranChanged).hasValue(0);
    assertThat(passed).isPositive();
    assertThat(passed + voided).isLessThanOrEqualTo(CHANGES);
    assertThat(runs).hasPositiveValue();
  }

  /* What the agent gets is what was submitted; what it hands in goes on changing afterwards. */
  private WorkReport work(Assignment assignment) {
    runs.incrementAndGet();
    Task task = assignment.task();
    boolean same =
        task.payload().equals("do " + task.id().substring(2))
            && task.tenant().equals("acme")
            && task.type().equals("fix")
            && assignment.specDigest().startsWith("sha256:")
            && (!(task.spec() instanceof SpecRef.Text text) || text.text().equals(SPEC));
    ranChanged.addAndGet(same ? 0 : 1);
    changes.clear();
    changes.add(new FileChange("src/A.java", 1, 0));
    evidence.clear();
    evidence.add(Evidence.of("tests_pass", true, "fine"));
    return new WorkReport("done", changes, evidence, Usage.none());
  }

  /** The verdict is about what the result says, and nothing out of scope stands under the text. */
  private static void assertHonest(TaskResult.Completed completed) {
    WorkReport report = completed.report();
    JsonBytes reported = new JsonBytes();
    VerdictSerializer.changes(report.changes(), reported);
    SealedVerdict sealed = SealedVerdict.read(completed.verdict().seal().document()).orElseThrow();
    assertThat(sealed.changeDigest()).isEqualTo(Digests.named(reported.text()));
    if (completed.task().spec() instanceof SpecRef.Text) {
      assertThat(report.changes()).allMatch(change -> change.path().startsWith("src/"));
    }
    assertThat(report.evidence()).anyMatch(e -> e.gate().equals("tests_pass") && e.passed());
  }

  private Void race(Path specs, Semaphore mutations) throws Exception {
    SplittableRandom random = new SplittableRandom(17);
    for (int i = 0; i < CHANGES; i++) {
      mutations.acquire();
      switch (random.nextInt(6)) {
        case 0 -> capabilities.add("root" + i);
        case 1 -> capabilities.clear();
        case 2 -> changes.add(new FileChange("lib/Evil" + i + ".java", 5, 0));
        case 3 -> evidence.clear();
        case 4 -> replace(specs.resolve("FEAT-001.yaml"), random.nextBoolean() ? WIDE : SPEC);
        default ->
            replace(
                folder.resolve(".caws/policy.yaml"),
                random.nextBoolean() ? POLICY : POLICY.replace("300}", "301}"));
      }
    }
    return null;
  }

  private void replace(Path file, String text) throws java.io.IOException {
    Path fresh = folder.resolve("fresh");
    Files.writeString(fresh, text);
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * The spec changes after the task was admitted and routed, in the router: the agent never runs.
   */
  @Test
  void a_spec_changed_after_approval_voids_it_every_time() throws Exception {
    Path specs = Files.createDirectories(folder.resolve(".caws/specs"));
    replace(folder.resolve(".caws/policy.yaml"), POLICY);
    Path file = specs.resolve("FEAT-001.yaml");
    replace(file, SPEC);
    Caws caws = Caws.builder().project(folder).key(Fixtures.key()).sealHashedOnly().build();
    SplittableRandom random = new SplittableRandom(4);
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), this::work)
            .constitution(caws)
            .executor(Runnable::run)
            .fallbacks(0)
            .router(
                request -> {
                  try {
                    int at = random.nextInt(SPEC.length());
                    replace(file, SPEC.substring(0, at) + "x" + SPEC.substring(at));
                  } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                  }
                  return dev.arbiter.spi.Router.leastLoaded().route(request);
                })
            .build()) {
      for (int i = 0; i < 200; i++) {
        replace(file, SPEC);
        TaskResult result = arbiter.submit(Task.of("fix", "FEAT-001")).await(SOON);
        assertThat(((TaskResult.Failed) result).cause()).isEqualTo(FailureCause.APPROVAL_VOID);
      }
    }
    assertThat(runs).hasValue(0);
  }
}

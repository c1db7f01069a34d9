/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.AfterCrash;
import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.ArbiterException;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tck.FaultyStorage.Fault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an arbiter over a {@link Storage} promises, over restarts, deaths, faults and damage. */
public abstract class RestartContract {
  /** Why tests of syncs and disks are skipped. */
  static final String SERVER_SYNCS = "does not apply: forcesFiles() says that a server syncs";

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final AgentProfile ADA = AgentProfile.of("ada");
  private static final AgentProfile IDEMPOTENT = AgentProfile.builder("ada").idempotent().build();
  private static final Duration BACK = Duration.ofSeconds(5);
  private static final int TASKS = 4;
  private static final int MOST_APPENDS = 200;

  private static final List<String> NAUGHTY =
      List.of(
          "",
          "\u0000",
          "\ud83d",
          "\ude00\ud83d",
          "\ud83d\ude00",
          "\ufeff\ufffe\uffff",
          "\u202e\u0007\u001b[31m",
          "'; DROP TABLE tasks; --",
          "%s%n${jndi:x}\\u0000",
          "\r\n\t",
          "x".repeat(300_000));

  @TempDir private Path dir;
  private int places;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  /** For subclasses. */
  protected RestartContract() {}

  /**
   * {@return a storage that is not open} The same place is the same storage.
   *
   * @param place a file or folder that the storage may make
   * @throws Exception if it cannot be made
   */
  protected abstract Storage storage(Path place) throws Exception;

  /** {@return how many processes each test kills; 3} */
  protected int kills() {
    return 3;
  }

  /** {@return the system properties that another process needs to make the storage; none} */
  protected Map<String, String> properties() {
    return Map.of();
  }

  /**
   * {@return whether this process syncs the files of the storage itself; yes} No for a storage over
   * a server. Then the tests of syncs and of a full disk are skipped.
   */
  protected boolean forcesFiles() {
    return true;
  }

  /* The class that another process makes. */
  Class<?> inOtherProcess() {
    return getClass();
  }

  private Path place() {
    places++;
    return dir.resolve("place-" + places);
  }

  private static ArbiterBuilder over(Storage storage) {
    return Arbiter.builder()
        .withoutConstitution()
        .closeLimit(Duration.ZERO)
        .store(Store.of(storage));
  }

  private ArbiterBuilder over(Path place) throws Exception {
    return over(storage(place));
  }

  private static Task task(String id) {
    return Task.builder("refactor").id(id).payload("p").build();
  }

  private WorkReport done(Assignment assignment) {
    calls.add(assignment.task().id() + "#" + assignment.attempt());
    return WorkReport.of("done " + assignment.task().id());
  }

  private static TaskHandle found(Arbiter arbiter, String id) {
    return arbiter
        .find(Task.DEFAULT_TENANT, id)
        .orElseThrow(() -> new AssertionError("task " + id + " was accepted and is lost"));
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
  }

  private static void untilItWaits(TaskHandle handle) throws InterruptedException {
    for (int i = 0; i < 6_000 && handle.waitsFor().isEmpty(); i++) {
      Thread.sleep(5);
    }
  }

  /** An arbiter that has died while its agent worked at T-1. */
  private void diesWhileWorking(Path place, AgentProfile profile) throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    FaultyStorage disk = FaultyStorage.over(storage(place));
    Arbiter first =
        over(disk)
            .storeLimit(Duration.ofMillis(1))
            .asyncAgent(
                profile,
                assignment -> {
                  calls.add(assignment.task().id() + "#" + assignment.attempt());
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(task("T-1"));
    await(working);
    disk.die();
    first.close();
  }

  /** Rules that let some tasks pass and not others, and seal what they judge. */
  private static final class Rules implements Constitution {
    @Override
    public Admission admit(Task task) {
      return task.type().equals("forbidden")
          ? new Admission.Refused(
              List.of(Finding.error("spec.type", "/type", "is forbidden").onLine(3)))
          : new Admission.Admitted(specDigest(task), List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      Seal seal = new Seal("{\"\u00e9\": 1}", "sha256:ab", "key", "signature");
      Finding broken = Finding.error("work.bad", "src/\u00e9", "it is bad\u0000");
      return switch (assignment.task().type()) {
        case "bad" -> new Verdict.Denied(List.of(broken), seal);
        case "waived" -> new Verdict.Waived(List.of(broken), List.of("WV-1", "WV-2"), 0.25, seal);
        default ->
            new Verdict.Approved(
                List.of(Finding.warning("work.long", "", "it is long")), 0.75, seal);
      };
    }
  }

  private static WorkReport fullReport(String output) {
    return new WorkReport(
        output,
        List.of(new FileChange("src/\u00e9 x", 3, Integer.MAX_VALUE)),
        List.of(
            new Evidence("tests_pass", true, Double.NaN, output),
            new Evidence("coverage", false, 91.5, "")),
        new Usage(Long.MAX_VALUE, 7, 0.1, Duration.ofNanos(1_234_567_891)));
  }

  private static WorkReport work(Assignment assignment) throws Exception {
    Task task = assignment.task();
    if (task.type().equals("broken")) {
      assignment.meter().add(Usage.cost(0.5));
      throw new AgentException("it broke: \u0000\ud83d", Usage.cost(0.25));
    }
    if (task.type().equals("fallback") && assignment.attempt() == 1) {
      throw new IllegalStateException("not this time");
    }
    return fullReport(task.payload());
  }

  private static List<Task> tasksOfAllEnds() {
    List<Task> tasks = new ArrayList<>();
    for (String type :
        List.of("good", "forbidden", "bad", "waived", "broken", "fallback", "nobody")) {
      for (int i = 0; i < NAUGHTY.size(); i++) {
        tasks.add(
            Task.builder(type)
                .id("T-" + type + "-" + i)
                .tenant(i % 2 == 0 ? "default" : "Mieter \u00e9")
                .requires(type.equals("nobody") ? "skill that no agent has" : "java")
                .priority(1 + i % 10)
                .spec(i % 3 == 0 ? SpecRef.text(NAUGHTY.get(i) + "s") : SpecRef.id("SPEC-1"))
                .payload(NAUGHTY.get(i))
                .deadline(Duration.ofDays(1 + i))
                .idempotencyKey(i % 4 == 0 ? type + "-key-" + i : "")
                .build());
      }
    }
    return tasks;
  }

  @Test
  protected void a_second_arbiter_over_the_same_storage_takes_nothing_from_the_first()
      throws Exception {
    Storage shared = storage(place());
    try (Arbiter first = over(shared).agent(ADA, this::done).build()) {
      ArbiterBuilder second = over(shared).agent(ADA, this::done);
      assertThatThrownBy(second::build).isInstanceOf(IllegalStateException.class);
      TaskResult end = first.submit(task("T-1")).await(SOON);
      assertThat(end.state()).isEqualTo(TaskState.COMPLETED);
      assertThat(found(first, "T-1").await(SOON)).isEqualTo(end);
    }
  }

  /** Every kind of end, with all that an end can hold, is the same in the next process. */
  @Test
  protected void every_kind_of_end_is_found_after_a_restart() throws Exception {
    Path place = place();
    Map<Task, TaskResult> ends = new LinkedHashMap<>();
    try (Arbiter first = allKinds(over(place)).attemptLimit(Duration.ofMillis(200)).build()) {
      first.agents().setStatus("bob", Status.DRAINING);
      first.agents().setStatus("bob", Status.AVAILABLE);
      first.agents().update(AgentProfile.builder("bob").capability("java").price(0.5).build());
      Map<Task, TaskHandle> running = new LinkedHashMap<>();
      for (Task task : tasksOfAllEnds()) {
        running.put(task, first.submit(task));
      }
      first.agents().register(AgentProfile.of("eve", "x"), RestartContract::work);
      Task stuck = Task.builder("stuck").id("T-stuck").requires("slow").build();
      running.put(stuck, first.submit(stuck));
      Task late =
          Task.builder("late")
              .id("T-late")
              .requires("slow")
              .deadline(Duration.ofMillis(50))
              .build();
      running.put(late, first.submit(late));
      Task cancelled = Task.builder("stuck").id("T-cancelled").requires("slow").build();
      TaskHandle toCancel = first.submit(cancelled);
      assertThat(toCancel.cancel("not needed \u0000\ud83d")).isTrue();
      running.put(cancelled, toCancel);
      for (Map.Entry<Task, TaskHandle> one : running.entrySet()) {
        ends.put(one.getKey(), one.getValue().await(SOON));
      }
      first.agents().retire("eve");
    }
    Set<String> kinds = new HashSet<>();
    for (TaskResult end : ends.values()) {
      kinds.add(
          end instanceof TaskResult.Failed failed
              ? failed.cause().name()
              : end.getClass().getSimpleName());
    }
    assertThat(kinds)
        .contains("Completed", "Rejected", "Cancelled")
        .contains("NO_AGENT", "AGENT_ERROR", "AGENT_TIMEOUT", "DENIED", "DEADLINE");

    try (Arbiter second = allKinds(over(place)).build()) {
      ends.forEach(
          (task, end) -> {
            Optional<TaskHandle> handle = second.find(task.tenant(), task.id());
            assertThat(handle).as(task.id()).isPresent();
            assertThat(handle.orElseThrow().result().toCompletableFuture())
                .as(task.id())
                .isCompletedWithValue(end);
            if (!task.idempotencyKey().isEmpty()) {
              assertThat(second.submit(task).result().toCompletableFuture())
                  .as("%s again", task.id())
                  .isCompletedWithValue(end);
            }
          });
      assertThat(second.stats().inFlight()).isZero();
    }
  }

  private static ArbiterBuilder allKinds(ArbiterBuilder builder) {
    return builder
        .constitution(new Rules())
        .agent(AgentProfile.builder("ada").capability("java", 0.5).build(), RestartContract::work)
        .agent(AgentProfile.of("bob", "java"), RestartContract::work)
        .asyncAgent(AgentProfile.of("sloth", "slow"), assignment -> new CompletableFuture<>());
  }

  /** What had not begun when the arbiter was closed goes on in the next one, once. */
  @Test
  protected void what_had_not_begun_goes_on() throws Exception {
    Path place = place();
    CountDownLatch working = new CountDownLatch(1);
    int tasks = 50;
    Arbiter first =
        over(place)
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    List<TaskHandle> handles = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      handles.add(first.submit(task("T-" + i)));
    }
    await(working);
    first.close();
    long left =
        handles.stream()
            .filter(handle -> handle.result().toCompletableFuture().isCompletedExceptionally())
            .count();
    assertThat(left).isBetween(tasks - 2L, tasks - 1L);

    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      for (int i = 0; i < tasks; i++) {
        assertThat(found(second, "T-" + i).await(SOON).state())
            .isIn(TaskState.COMPLETED, TaskState.CANCELLED);
      }
    }
    assertThat(calls).hasSize((int) left).doesNotHaveDuplicates();
  }

  /** A task of which nobody knows the effect waits for a person, over any number of restarts. */
  @Test
  protected void an_unknown_effect_waits_over_restarts() throws Exception {
    Path place = place();
    diesWhileWorking(place, ADA);
    for (int i = 0; i < 3; i++) {
      try (Arbiter next = over(place).agent(ADA, this::done).build()) {
        TaskHandle handle = found(next, "T-1");
        untilItWaits(handle);
        assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      }
    }
    assertThat(calls).containsExactly("T-1#1");
    try (Arbiter last = over(place).agent(ADA, this::done).build()) {
      TaskHandle handle = found(last, "T-1");
      untilItWaits(handle);
      while (!handle.runAgain()) {
        Thread.sleep(5);
      }
      assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
    assertThat(calls).containsExactly("T-1#1", "T-1#1");
  }

  /** A task type may say that an unknown effect is a failure; that end is kept. */
  @Test
  protected void an_unknown_effect_may_be_a_failure() throws Exception {
    Path place = place();
    diesWhileWorking(place, ADA);
    TaskResult end;
    try (Arbiter next =
        over(place).afterCrash("refactor", AfterCrash.FAIL).agent(ADA, this::done).build()) {
      end = found(next, "T-1").await(SOON);
    }
    assertThat(((TaskResult.Failed) end).cause()).isEqualTo(FailureCause.UNKNOWN_EFFECT);
    try (Arbiter last = over(place).agent(ADA, this::done).build()) {
      assertThat(found(last, "T-1").await(SOON)).isEqualTo(end);
    }
    assertThat(calls).containsExactly("T-1#1");
  }

  /** A deadline counts from the submission, not from the restart. */
  @Test
  protected void a_deadline_goes_on() throws Exception {
    Path place = place();
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(place)
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(task("T-1"));
    first.submit(Task.builder("refactor").id("T-2").deadline(Duration.ofMillis(50)).build());
    await(working);
    first.close();
    Thread.sleep(60);

    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      TaskResult end = found(second, "T-2").await(SOON);
      assertThat(((TaskResult.Failed) end).cause()).isEqualTo(FailureCause.DEADLINE);
    }
    assertThat(calls).doesNotContain("T-2#1");
  }

  /** A death at any append, before or after its write, loses no task and runs none twice. */
  @Test
  protected void a_death_at_any_append_loses_nothing() throws Exception {
    for (Fault fault : new Fault[] {Fault.DIE, Fault.DIE_AFTER}) {
      boolean died = true;
      for (int at = 1; died; at++) {
        assertThat(at).as("appends of %s tasks", TASKS).isLessThan(MOST_APPENDS);
        died = diesAt(at, fault);
      }
    }
  }

  private boolean diesAt(int at, Fault fault) throws Exception {
    Path place = place();
    FaultyStorage disk = FaultyStorage.over(storage(place)).losesUnforced().at(at, fault);
    List<String> accepted = new ArrayList<>();
    List<String> ended = new ArrayList<>();
    try (Arbiter first =
        over(disk)
            .storeLimit(Duration.ofMillis(1))
            .agent(IDEMPOTENT, assignment -> WorkReport.of("done"))
            .build()) {
      for (int i = 0; i < TASKS; i++) {
        TaskHandle handle = first.submit(task("T-" + i));
        accepted.add(handle.id());
        TaskResult end = handle.await(SOON);
        if (end instanceof TaskResult.Completed) {
          ended.add(handle.id());
        }
      }
    } catch (ArbiterException | IllegalStateException away) {
      assertThat(disk.isDead()).as(String.valueOf(away)).isTrue();
    }
    disk.die();

    List<String> again = new CopyOnWriteArrayList<>();
    try (Arbiter second =
        over(place)
            .agent(
                IDEMPOTENT,
                assignment -> {
                  again.add(assignment.task().id());
                  return WorkReport.of("done");
                })
            .build()) {
      for (String id : accepted) {
        assertThat(found(second, id).await(SOON))
            .as("%s after a death at append %s", id, at)
            .isInstanceOf(TaskResult.Completed.class);
      }
      assertThat(again).as("death at append %s", at).doesNotHaveDuplicates();
      assertThat(again).as("ended, and run again").filteredOn(ended::contains).isEmpty();
    }
    return disk.appends() >= at;
  }

  /** A batch whose answer is an error, kept or not, or kept twice, gives one end. */
  @Test
  protected void a_failed_or_doubled_append_gives_one_end() throws Exception {
    for (Fault fault : new Fault[] {Fault.FAIL, Fault.FAIL_AFTER, Fault.DUPLICATE}) {
      for (int at = 2; at < 7; at++) {
        Path place = place();
        calls.clear();
        FaultyStorage disk = FaultyStorage.over(storage(place)).at(at, fault);
        TaskResult end;
        try (Arbiter first = over(disk).agent(IDEMPOTENT, this::done).build()) {
          end = submitted(first, keyed("T-1")).await(SOON);
          assertThat(end).as("%s at %s", fault, at).isInstanceOf(TaskResult.Completed.class);
        }
        try (Arbiter second = over(place).agent(IDEMPOTENT, this::done).build()) {
          assertThat(second.submit(keyed("T-1")).await(SOON)).isEqualTo(end);
        }
        assertThat(calls).as("%s at %s", fault, at).hasSizeBetween(1, 2);
      }
    }
  }

  private static Task keyed(String id) {
    return Task.builder("refactor").id(id).payload("p").idempotencyKey("key of " + id).build();
  }

  /* Submits until the store is there, as a caller does who has an idempotency key. */
  private static TaskHandle submitted(Arbiter arbiter, Task task) throws InterruptedException {
    ArbiterException last = null;
    for (int i = 0; i < 3_000; i++) {
      try {
        return arbiter.submit(task);
      } catch (ArbiterException away) {
        last = away;
        Thread.sleep(10);
      }
    }
    throw new AssertionError("the store did not come back", last);
  }

  /** A full disk refuses tasks by an error; with room, the same arbiter goes on. */
  @Test
  protected void a_full_disk_holds_tasks_up_until_there_is_room() throws Exception {
    Path place = place();
    FaultyStorage disk = FaultyStorage.over(storage(place));
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      assertThat(arbiter.submit(keyed("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
      disk.full(true);
      assertThatThrownBy(() -> arbiter.submit(keyed("T-2")))
          .isInstanceOf(ArbiterException.class)
          .hasStackTraceContaining("no space left");
      disk.full(false);
      assertThat(submitted(arbiter, keyed("T-2")).await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }
    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      assertThat(found(second, "T-2").await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
    assertThat(calls).containsExactly("T-1#1", "T-2#1");
  }

  /** The same on a disk that is really full: a clear error, and back within 5 seconds of room. */
  @Test
  protected void a_real_full_disk_holds_tasks_up_until_there_is_room() throws Exception {
    assumeTrue(forcesFiles(), SERVER_SYNCS);
    try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "8m")) {
      Path place = disk.root().resolve("place");
      List<TaskHandle> accepted = new ArrayList<>();
      try (Arbiter arbiter = over(place).agent(ADA, this::done).build()) {
        accepted.add(arbiter.submit(keyed("T-first")));
        accepted.get(0).await(SOON);
        Path ballast = disk.fill(0);
        int refused = 0;
        for (int i = 1; refused < 20; i++) {
          Task large = Task.builder("refactor").id("T-" + i).payload("x".repeat(100_000)).build();
          try {
            accepted.add(arbiter.submit(large));
          } catch (ArbiterException full) {
            refused++;
            if (refused == 1) {
              assertThat(full).as("says that the disk is full").satisfies(RestartContract::isClear);
            }
            Thread.sleep(20);
          }
        }
        Files.delete(ballast);
        long room = System.nanoTime();
        accepted.add(submitted(arbiter, keyed("T-last")));
        assertThat(Duration.ofNanos(System.nanoTime() - room)).isLessThan(BACK);
        for (TaskHandle handle : accepted) {
          assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
        }
      }
      try (Arbiter second = over(place).agent(ADA, this::done).build()) {
        for (TaskHandle handle : accepted) {
          assertThat(found(second, handle.id()).await(SOON))
              .isInstanceOf(TaskResult.Completed.class);
        }
      }
    }
    assertThat(calls).doesNotHaveDuplicates();
  }

  private static void isClear(Throwable full) {
    StringWriter trace = new StringWriter();
    full.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).containsPattern("(?i)no space left|disk is full|full disk");
  }

  /** Any text as id, tenant and idempotency key is refused at once, or found after a restart. */
  @Test
  protected void naughty_names_are_refused_at_once_or_kept() throws Exception {
    List<String> names = new ArrayList<>(NAUGHTY);
    for (int c = 0; c <= Character.MAX_VALUE; c += 61) {
      names.add("a" + (char) c);
    }
    Path place = place();
    List<Task> kept = new ArrayList<>();
    try (Arbiter first =
        over(place).closeLimit(SOON).queueCapacity(names.size()).agent(ADA, this::done).build()) {
      List<TaskHandle> handles = new ArrayList<>();
      for (String name : names) {
        try {
          Task task =
              Task.builder("refactor")
                  .id(name)
                  .tenant(name)
                  .idempotencyKey(name)
                  .payload(name)
                  .build();
          handles.add(first.submit(task));
          kept.add(task);
        } catch (IllegalArgumentException refused) {
          assertThat(refused).hasMessageContaining("task.");
        }
      }
      for (TaskHandle handle : handles) {
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
    }
    assertThat(kept.size()).as("names that were kept").isGreaterThan(700);
    calls.clear();
    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      for (Task task : kept) {
        assertThat(second.find(task.tenant(), task.id()).orElseThrow().task()).isEqualTo(task);
        assertThat(second.submit(task).await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
    }
    assertThat(calls).as("a key that came back changed runs its task again").isEmpty();
  }

  /** A payload of 64 MB is refused at submit; the largest that is not comes through. */
  @Test
  protected void a_payload_above_the_limit_is_refused_at_submit() throws Exception {
    Path place = place();
    String most = "x".repeat(16 << 20);
    try (Arbiter arbiter = over(place).agent(ADA, this::done).build()) {
      Task large = Task.builder("refactor").payload(most.repeat(4)).build();
      assertThatThrownBy(() -> arbiter.submit(large))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("16,777,216");
      assertThat(
              arbiter.submit(Task.builder("refactor").id("T-1").payload(most).build()).await(SOON))
          .isInstanceOf(TaskResult.Completed.class);
    }
    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      assertThat(found(second, "T-1").task().payload()).isEqualTo(most);
    }
  }

  /** A storage that stalls stops nobody but those who wait for it. */
  @Test
  protected void a_stall_ends() throws Exception {
    FaultyStorage disk = FaultyStorage.over(storage(place())).at(3, Fault.STALL);
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      List<CompletableFuture<TaskHandle>> asked = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        asked.add(arbiter.submitAsync(task("T-" + i)).toCompletableFuture());
      }
      for (int i = 0; i < 3_000 && !disk.isStalled(); i++) {
        Thread.sleep(10);
      }
      disk.resume();
      for (CompletableFuture<TaskHandle> one : asked) {
        TaskHandle handle = one.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
    }
  }

  /** A record of a newer version is refused by name, and stays as it is. */
  @Test
  protected void a_newer_record_is_refused_by_name() throws Exception {
    Path place = place();
    byte[] newer = {99, 'T', 0, 0, 0, 0, 1};
    String key = "Tdefault\u001fT-new";
    write(place, new Change(Change.Kind.STATE, key, Value.of(newer)));

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> over(place).agent(ADA, this::done).build())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("99");
    }
    assertThat(read(place).get(key)).isEqualTo(newer);
  }

  /** A damaged record is set aside and stays; the other tasks go on. */
  @Test
  protected void a_damaged_record_is_set_aside() throws Exception {
    Path place = place();
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(place)
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    for (int i = 0; i < 4; i++) {
      first.submit(task("T-" + i));
    }
    await(working);
    first.close();
    String key = "Tdefault\u001fT-2";
    byte[] damaged = Objects.requireNonNull(read(place).get(key), "the task is kept under its key");
    damaged[damaged.length - 1] ^= 1;
    write(place, new Change(Change.Kind.STATE, key, Value.of(damaged)));

    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      assertThat(found(second, "T-1").await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(found(second, "T-3").await(SOON)).isInstanceOf(TaskResult.Completed.class);
      assertThat(second.find(Task.DEFAULT_TENANT, "T-2")).isEmpty();
    }
    assertThat(calls).doesNotContain("T-2#1");
    assertThat(read(place).get(key)).isEqualTo(damaged);
  }

  private void write(Path place, Change change) throws Exception {
    Storage storage = storage(place);
    storage.open((key, value) -> {});
    storage.append(List.of(change), true);
    storage.close();
  }

  private Map<String, byte[]> read(Path place) throws Exception {
    Map<String, byte[]> kept = new HashMap<>();
    Storage storage = storage(place);
    storage.open(kept::put);
    storage.close();
    return kept;
  }

  /** Two arbiters cannot have one storage. */
  @Test
  protected void a_second_arbiter_is_refused() throws Exception {
    Path place = place();
    try (Arbiter first = over(place).agent(ADA, this::done).build()) {
      assertThatThrownBy(() -> over(place).agent(ADA, this::done).build())
          .isInstanceOf(IllegalStateException.class);
      assertThat(first.submit(task("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  /** While the storage cannot be read, no one hears that a task is unknown. */
  @Test
  protected void a_storage_that_cannot_be_read_is_an_error() throws Exception {
    FaultyStorage disk = FaultyStorage.over(storage(place()));
    try (Arbiter arbiter = over(disk).agent(ADA, this::done).build()) {
      disk.readable(false);
      assertThatThrownBy(() -> arbiter.find(Task.DEFAULT_TENANT, "T-1"))
          .isInstanceOf(ArbiterException.class);
      assertThatThrownBy(() -> arbiter.submit(keyed("T-1"))).isInstanceOf(ArbiterException.class);
      disk.readable(true);
      assertThat(arbiter.find(Task.DEFAULT_TENANT, "T-1")).isEmpty();
      assertThat(arbiter.submit(keyed("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }

  /** Tasks of many threads are all there after a restart. */
  @Test
  protected void tasks_of_many_threads_are_kept() throws Exception {
    Path place = place();
    int threads = 4;
    int each = 100;
    Map<String, TaskResult> ends = new ConcurrentHashMap<>();
    try (Arbiter first =
        over(place)
            .closeLimit(SOON)
            .agent(AgentProfile.builder("ada").capacity(64).build(), this::done)
            .build()) {
      CountDownLatch all = new CountDownLatch(threads * each);
      for (int t = 0; t < threads; t++) {
        String name = "T-" + t + "-";
        new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    CompletableFuture<?> unused =
                        first
                            .submitAsync(task(name + i))
                            .thenCompose(TaskHandle::result)
                            .thenAccept(end -> ends.put(end.task().id(), end))
                            .toCompletableFuture()
                            .whenComplete((end, error) -> all.countDown());
                  }
                })
            .start();
      }
      await(all);
    }
    assertThat(ends).hasSize(threads * each);
    try (Arbiter second = over(place).agent(ADA, this::done).build()) {
      for (Map.Entry<String, TaskResult> end : ends.entrySet()) {
        assertThat(found(second, end.getKey()).result().toCompletableFuture())
            .isCompletedWithValue(end.getValue());
      }
    }
    assertThat(calls).hasSize(threads * each).doesNotHaveDuplicates();
  }

  /** After kill -9 at any moment, every accepted task is there, and no ended one runs again. */
  @Test
  protected void a_killed_process_loses_no_task() throws Exception {
    Path place = place();
    Set<String> accepted = new HashSet<>();
    Set<String> ended = new HashSet<>();
    for (int round = 0; round < kills(); round++) {
      Set<String> before = Set.copyOf(accepted);
      killed(place, List.of(), 20 + 200 * round, accepted, ended);
      calls.clear();
      List<String> callsOfEnded =
          ended.stream().filter(id -> !before.contains(id)).map(id -> id + "#1").toList();
      try (Arbiter next =
          over(place)
              .closeLimit(SOON)
              .agent(AgentProfile.of(StorageProcess.OUT), this::done)
              .agent(IDEMPOTENT, this::done)
              .build()) {
        assertThat(statuses(next)).containsExactly(Status.DRAINING, Status.AVAILABLE);
        for (String id : accepted) {
          if (!before.contains(id)) {
            assertThat(found(next, id).await(SOON)).isInstanceOf(TaskResult.Completed.class);
            ended.add(id);
          }
        }
      }
      assertThat(calls).as("round %s", round).doesNotHaveDuplicates();
      assertThat(calls).as("ended, and run again").filteredOn(callsOfEnded::contains).isEmpty();
    }
    try (Arbiter last = over(place).closeLimit(SOON).agent(IDEMPOTENT, this::done).build()) {
      calls.clear();
      for (String id : ended) {
        assertThat(found(last, id).result().toCompletableFuture()).isCompleted();
      }
      assertThat(calls).isEmpty();
    }
  }

  /* Starts a process, kills it when so many tasks were accepted, and notes what it told. */
  private void killed(
      Path place, List<String> by, int wanted, Set<String> accepted, Set<String> ended)
      throws Exception {
    try (ChildProcess other =
        StorageProcess.start(by, inOtherProcess(), properties(), StorageProcess.Job.WORK, place)) {
      other.await("open");
      int told = 0;
      while (told < wanted) {
        String line = Objects.requireNonNull(other.line(), "the process ended early");
        told += note(line, accepted, ended);
      }
      List<String> rest = other.kill();
      // The last line may have been cut by the kill.
      rest.subList(0, Math.max(0, rest.size() - 1)).forEach(l -> note(l, accepted, ended));
    }
  }

  /** When syncs fail, tasks are held up until the storage is back; then a kill loses none. */
  @Test
  protected void a_failed_sync_loses_no_task() throws Exception {
    assumeTrue(forcesFiles(), SERVER_SYNCS);
    Path place = place();
    Set<String> accepted = new HashSet<>();
    Set<String> ended = new HashSet<>();
    DiskTrace trace = DiskTrace.to(dir.resolve("trace"), place);
    killed(place, trace.command("15+50"), 150, accepted, ended);
    if (trace.hasSyncs()) { // else each write is one (O_DSYNC)
      assertThat(trace.failed()).as("syncs that failed").isPositive();
    }

    try (Arbiter next = over(place).closeLimit(SOON).agent(IDEMPOTENT, this::done).build()) {
      for (String id : accepted) {
        assertThat(found(next, id).await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
    }
    assertThat(calls)
        .filteredOn(call -> ended.contains(call.substring(0, call.indexOf('#'))))
        .isEmpty();
  }

  private static int note(String line, Set<String> accepted, Set<String> ended) {
    if (line.startsWith("accepted ")) {
      accepted.add(line.substring("accepted ".length()));
      return 1;
    }
    if (line.startsWith("ended ")) {
      ended.add(line.substring("ended ".length()));
    }
    return 0;
  }

  /** An agent that the host took out of service is out in the next process, until it is let in. */
  @Test
  protected void an_agent_out_of_service_stays_out() throws Exception {
    Path place = place();
    try (Arbiter first = withThree(over(place)).build()) {
      first.agents().setStatus("ada", Status.MAINTENANCE);
      first.agents().setStatus("bob", Status.DRAINING);
      first.agents().setStatus("eve", Status.OFFLINE);
      first.agents().retire("eve");
    }
    for (int i = 0; i < 2; i++) {
      try (Arbiter next = withThree(over(place)).build()) {
        assertThat(statuses(next))
            .containsExactly(Status.MAINTENANCE, Status.DRAINING, Status.AVAILABLE);
        assertThat(next.submit(task("T-" + i)).await(SOON))
            .isInstanceOfSatisfying(
                TaskResult.Completed.class, end -> assertThat(end.agent()).isEqualTo("eve"));
      }
    }
    try (Arbiter next = withThree(over(place)).build()) {
      next.agents().setStatus("ada", Status.AVAILABLE);
      next.agents().setStatus("bob", Status.BUSY);
    }
    try (Arbiter last = withThree(over(place)).build()) {
      assertThat(statuses(last)).containsOnly(Status.AVAILABLE);
    }
  }

  private ArbiterBuilder withThree(ArbiterBuilder builder) {
    return builder
        .agent(ADA, this::done)
        .agent(AgentProfile.of("bob"), this::done)
        .agent(AgentProfile.of("eve"), this::done);
  }

  private static List<Status> statuses(Arbiter arbiter) {
    return arbiter.agents().all().stream().map(RegisteredAgent::status).toList();
  }

  /** What the host says of an agent is kept with all that is kept after it. */
  @Test
  protected void an_agent_out_of_service_stays_out_over_a_death() throws Exception {
    Path place = place();
    FaultyStorage disk = FaultyStorage.over(storage(place)).losesUnforced();
    Arbiter first = withThree(over(disk)).storeLimit(Duration.ofMillis(1)).build();
    first.agents().setStatus("bob", Status.OFFLINE);
    first.agents().setStatus("ada", Status.MAINTENANCE);
    first.submit(task("T-1")).await(SOON);
    disk.die();
    first.close();

    try (Arbiter second = withThree(over(place)).build()) {
      assertThat(statuses(second))
          .containsExactly(Status.MAINTENANCE, Status.OFFLINE, Status.AVAILABLE);
    }
  }

  /** What the host says of an agent while the storage is away is kept when it comes back. */
  @Test
  protected void an_agent_taken_out_while_the_disk_is_full_stays_out() throws Exception {
    Path place = place();
    FaultyStorage disk = FaultyStorage.over(storage(place));
    try (Arbiter first = withThree(over(disk)).build()) {
      first.agents().setStatus("eve", Status.OFFLINE);
      first.submit(keyed("T-1")).await(SOON);
      disk.full(true);
      assertThatThrownBy(() -> first.submit(keyed("T-2"))).isInstanceOf(ArbiterException.class);
      first.agents().setStatus("ada", Status.MAINTENANCE);
      first.agents().setStatus("eve", Status.AVAILABLE);
      disk.full(false);
      submitted(first, keyed("T-2")).await(SOON);
    }
    try (Arbiter second = withThree(over(place)).build()) {
      assertThat(statuses(second))
          .containsExactly(Status.MAINTENANCE, Status.AVAILABLE, Status.AVAILABLE);
    }
  }

  /** An agent whose record is damaged is out of service: it was when the record was written. */
  @Test
  protected void a_damaged_record_of_an_agent_leaves_it_out() throws Exception {
    Path place = place();
    try (Arbiter first = withThree(over(place)).build()) {
      first.agents().setStatus("ada", Status.DRAINING);
    }
    byte[] damaged = Objects.requireNonNull(read(place).get("Aada"), "the status is kept");
    damaged[damaged.length - 1] ^= 1;
    write(place, new Change(Change.Kind.STATE, "Aada", Value.of(damaged)));
    try (Arbiter second = withThree(over(place)).build()) {
      assertThat(statuses(second))
          .containsExactly(Status.MAINTENANCE, Status.AVAILABLE, Status.AVAILABLE);
    }
  }

  /** Bytes that are no record of the engine are in nobody's way. */
  @Test
  protected void a_foreign_value_is_left_alone() throws Exception {
    Path place = place();
    write(place, new Change(Change.Kind.STATE, "Xforeign", Value.of("?".getBytes(UTF_8))));
    try (Arbiter arbiter = over(place).agent(ADA, this::done).build()) {
      assertThat(arbiter.submit(task("T-1")).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
    assertThat(read(place)).containsKey("Xforeign");
  }
}

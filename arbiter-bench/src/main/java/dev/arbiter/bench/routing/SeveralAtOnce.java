/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import static java.util.Objects.requireNonNull;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.bench.Arguments;
import dev.arbiter.bench.Program;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One agent after the other, or several at once, over recorded outcomes and with gates that find
 * every failure: how many tasks are solved, with how many calls, in how many attempts' time.
 *
 * <pre>
 * java -cp benchmarks.jar dev.arbiter.bench.routing.SeveralAtOnce OUTCOMES.csv [RUNS]
 * </pre>
 */
public final class SeveralAtOnce {
  private static final int RUNS = 20;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int ANY_NUMBER = 1 << 20;

  /* Success by agent, of each task. */
  private final Map<String, Map<String, Boolean>> tasks = new LinkedHashMap<>();
  private final Map<String, String> types = new LinkedHashMap<>();

  private SeveralAtOnce() {}

  /**
   * Prints a table.
   *
   * @param arguments the recorded outcomes, lines of task_id, category, language, agent, success
   *     under a header; and the number of orders of the tasks, 20 by default
   * @throws Exception if the thread is interrupted
   */
  public static void main(String... arguments) throws Exception {
    Program.main(SeveralAtOnce::read, arguments);
  }

  static Program.Work read(String... arguments) {
    Arguments given =
        new Arguments(
            "give a file of recorded outcomes, and perhaps a number of runs",
            List.of(),
            List.of(),
            arguments);
    List<String> words = given.others(1, 2);
    int runs = words.size() > 1 ? given.whole("the number of runs", words.get(1)) : RUNS;
    List<RecordedOutcome> outcomes = RecordedOutcome.read(Path.of(words.get(0)));
    return out -> {
      print(outcomes, runs, out);
      return true;
    };
  }

  static void print(List<RecordedOutcome> outcomes, int runs, PrintStream out)
      throws InterruptedException {
    SeveralAtOnce several = new SeveralAtOnce();
    outcomes.forEach(several::add);
    TextTable table = new TextTable();
    table.row(List.of("agents", "solved", "calls a task", "attempts' time a task"));
    table.row(several.measured("one", 0, 1, runs).cells());
    table.row(several.measured("one, then a fallback", 1, 1, runs).cells());
    table.row(several.measured("two at once", 0, 2, runs).cells());
    table.row(several.measured("one, then two fallbacks", 2, 1, runs).cells());
    table.row(several.measured("three at once", 0, 3, runs).cells());
    table.printPlain(out);
  }

  /** What one way came to: means over all tasks of all runs. */
  record Way(String name, double solved, double calls, double time) {
    List<String> cells() {
      return List.of(
          name,
          String.format(Locale.ROOT, "%.1f %%", 100 * solved),
          String.format(Locale.ROOT, "%.2f", calls),
          String.format(Locale.ROOT, "%.2f", time));
    }
  }

  private void add(RecordedOutcome outcome) {
    types.put(outcome.task(), outcome.type());
    tasks
        .computeIfAbsent(outcome.task(), task -> new LinkedHashMap<>())
        .put(outcome.agent(), outcome.solved());
  }

  private Way measured(String name, int fallbacks, int atOnce, int runs)
      throws InterruptedException {
    Total total = new Total();
    for (int run = 0; run < runs; run++) {
      List<String> order = new ArrayList<>(tasks.keySet());
      Collections.shuffle(order, new Random(run));
      try (World world = new World(run, fallbacks)) {
        for (String task : order) {
          world.work(task, atOnce, total);
        }
      }
    }
    return new Way(
        name,
        (double) total.solved / total.tasks,
        (double) total.calls / total.tasks,
        (double) total.time / total.tasks);
  }

  private static final class Total {
    int tasks;
    int solved;
    int calls;
    int time;
  }

  /* An arbiter whose agents report together, one attempt's time after they were called. */
  private final class World implements AutoCloseable {
    private final List<Call> underway = new ArrayList<>();
    private final Arbiter arbiter;

    World(long seed, int fallbacks) {
      Sources sources = new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(seed));
      ArbiterBuilder builder =
          Arbiter.builder()
              .constitution(new AllFailuresFound())
              .router(BanditRouter.builder().sources(sources).build())
              .sources(sources)
              .fallbacks(fallbacks)
              .closeLimit(Duration.ZERO)
              .executor(Runnable::run);
      TreeSet<String> agents = new TreeSet<>();
      tasks.values().forEach(outcomes -> agents.addAll(outcomes.keySet()));
      for (String agent : agents) {
        AgentProfile.Builder profile = AgentProfile.builder(agent).capacity(ANY_NUMBER);
        tasks.forEach(
            (task, outcomes) -> {
              if (outcomes.containsKey(agent)) {
                profile.capability(task);
              }
            });
        builder.asyncAgent(profile.build(), this::call);
      }
      this.arbiter = builder.build();
    }

    private record Call(Assignment assignment, CompletableFuture<WorkReport> report) {}

    private CompletionStage<WorkReport> call(Assignment assignment) {
      Call call = new Call(assignment, new CompletableFuture<>());
      underway.add(call);
      return call.report;
    }

    void work(String task, int atOnce, Total total) throws InterruptedException {
      Map<String, Boolean> outcomes = requireNonNull(tasks.get(task), task);
      TaskHandle handle =
          arbiter.submit(
              Task.builder(requireNonNull(types.get(task), task))
                  .payload(task)
                  .requires(task)
                  .bestOf(atOnce)
                  .build());
      while (!underway.isEmpty()) {
        List<Call> now = List.copyOf(underway);
        underway.clear();
        total.time++;
        total.calls += now.size();
        for (Call call : now) {
          boolean solved = Boolean.TRUE.equals(outcomes.get(call.assignment.agent()));
          call.report.complete(WorkReport.of(solved ? "solved" : "failed"));
        }
      }
      total.tasks++;
      total.solved += handle.await(SOON) instanceof TaskResult.Completed ? 1 : 0;
    }

    @Override
    public void close() {
      arbiter.close();
    }
  }

  private static final class AllFailuresFound implements Constitution {
    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted("", List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      return report.output().equals("solved")
          ? new Verdict.Approved(List.of(), 1, Seal.none())
          : new Verdict.Denied(List.of(Finding.error("tests", "", "failed")), Seal.none());
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.example.report.RunOptions;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.evaluation.ReplayEvaluator;
import dev.arbiter.routing.evaluation.ReplayReport;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how well Arbiter would have routed tasks whose outcomes are already known. */
@Command(
    name = "outcome-replay",
    mixinStandardHelpOptions = true,
    version = "outcome-replay 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "Replays recorded outcomes of agents through Arbiter.")
final class OutcomeReplay implements Callable<Integer> {
  private static final double LAST_ARRIVAL = .8;
  private static final int CURVE_PARTS = 25;

  @Option(
      names = "--outcomes",
      paramLabel = "FILE",
      description =
          "CSV or JSON: task_id, category, agent, success, optional cost and duration; default: a"
              + " simulated sample.")
  private @Nullable Path outcomes;

  @Mixin private RunOptions options = new RunOptions();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Tasks in a run, drawn with replacement; default: each once, in random order.")
  private @Nullable Integer steps;

  @Option(names = "--runs", paramLabel = "R", description = "Default: ${DEFAULT-VALUE}.")
  private int runs = 50;

  @Option(
      names = "--delay",
      paramLabel = "D",
      description = "Outcomes arrive so many tasks late; default: ${DEFAULT-VALUE}.")
  private int delay;

  @Option(
      names = "--value",
      paramLabel = "V",
      description = "Dollars a success is worth; default: money does not matter.")
  private @Nullable Double value;

  @Option(
      names = "--spend-limit",
      paramLabel = "L",
      description = "Dollars a task that may be spent over a whole run; default: no limit.")
  private @Nullable Double spendLimit;

  @Option(
      names = "--undeclared-prices",
      description = "Agents do not declare their mean cost as price.")
  private boolean undeclaredPrices;

  @Option(
      names = "--arrivals",
      paramLabel = "COLUMN",
      description = "Dates by which agents join, the last one after 80 %% of a run.")
  private String arrivals = "";

  @Option(
      names = "--known-horizon",
      description = "The router knows the number of tasks from the start.")
  private boolean knownHorizon;

  @Option(names = "--router-only", description = "Only the router, without the engine, for speed.")
  private boolean routerOnly;

  @Option(names = "--format", paramLabel = "text|json", description = "Default: ${DEFAULT-VALUE}.")
  private String format = "text";

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Also writes a page with charts, such as report.html; default: none.")
  private @Nullable Path page;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * Runs the command and exits with 0, or 2 for unusable input.
   *
   * @param args options
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return RunOptions.commandLine(new OutcomeReplay());
  }

  @Override
  public Integer call() throws IOException {
    BanditPolicy policy = checked();
    if (page != null) {
      RunOptions.requireWritable("--report", page);
    }
    boolean money = value != null || spendLimit != null;
    RecordedTrials recorded =
        new OutcomeFile(outcomes, money, arrivals).read(money && !undeclaredPrices);
    int length = steps == null ? recorded.matrix().size() : steps;
    ReplayReport report = replay(recorded, policy, length);
    String source = outcomes == null ? OutcomeFile.SAMPLE : outcomes.getFileName().toString();
    Replayed replayed =
        new Replayed(
            source,
            outcomes == null,
            options.policy,
            options.fallbacks,
            spendLimit,
            recorded,
            report);
    if (page != null) {
      new ReplayPage(replayed).write(page);
    }
    ReplayText text = new ReplayText(replayed, spec.commandLine().getOut());
    if (format.equals("json")) {
      text.json();
    } else {
      text.text();
    }
    return CommandLine.ExitCode.OK;
  }

  private BanditPolicy checked() {
    options.check(runs >= 1, "--runs must be at least 1, got " + runs);
    options.check(steps == null || steps >= 1, "--steps must be at least 1, got " + steps);
    options.check(delay >= 0, "--delay must be at least 0, got " + delay);
    options.check(value == null || value > 0, "--value must be above 0, got " + value);
    options.check(
        spendLimit == null || spendLimit > 0, "--spend-limit must be above 0, got " + spendLimit);
    options.check(
        List.of("text", "json").contains(format),
        "--format must be text or json, got '" + format + "'");
    return options.policy();
  }

  private ReplayReport replay(RecordedTrials recorded, BanditPolicy chosen, int length) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    try {
      ReplayEvaluator.Builder replay =
          ReplayEvaluator.builder(recorded.matrix())
              .runs(runs)
              .seed(options.seed)
              .delay(delay)
              .fallbacks(options.fallbacks)
              .buckets(CURVE_PARTS)
              .executor(threads)
              .arrival(id -> LAST_ARRIVAL * recorded.arrivals().getOrDefault(id, 0.0));
      if (steps != null) {
        replay.draws(steps);
      }
      return replay
          .build()
          .evaluate(
              runSeed -> {
                Router router = router(chosen, length, runSeed);
                return routerOnly
                    ? router
                    : new EngineRouter(recorded, router, options.fallbacks, runSeed);
              });
    } finally {
      threads.shutdownNow();
    }
  }

  private Router router(BanditPolicy chosen, int length, long runSeed) {
    BanditRouter.Builder router =
        BanditRouter.builder().policy(chosen).sources(Sources.system(runSeed));
    if (value != null) {
      router.valueOfSuccess(value);
    }
    if (spendLimit != null) {
      router.spendingLimit(spendLimit * length, length);
    }
    if (knownHorizon) {
      router.horizon(length);
    }
    return router.build();
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.example.replay.OutcomeFile.UnusableFile;
import dev.arbiter.routing.BanditPolicy;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells how well Arbiter would have routed work whose outcomes are already known. */
@Command(
    name = "outcome-replay",
    mixinStandardHelpOptions = true,
    version = "outcome-replay 0.1.0-SNAPSHOT",
    sortOptions = false,
    description = "Replays recorded outcomes of agents through Arbiter, one pass in random order.")
final class OutcomeReplay implements Callable<Integer> {
  private static final Map<String, BanditPolicy> POLICIES =
      new TreeMap<>(
          Map.of(
              "default", BanditPolicy.adaptiveThompson(),
              "epsilon-greedy", BanditPolicy.epsilonGreedy(),
              "ucb1", BanditPolicy.ucb1()));

  @Option(
      names = "--outcomes",
      required = true,
      paramLabel = "FILE",
      description = "CSV: task_id, category, agent, success, optional cost and duration.")
  private Path outcomes = Path.of("");

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "default, epsilon-greedy or ucb1; default: ${DEFAULT-VALUE}.")
  private String policy = "default";

  @Option(names = "--runs", paramLabel = "R", description = "Passes; default: ${DEFAULT-VALUE}.")
  private int runs = 50;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "First seed; default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--fallbacks",
      paramLabel = "F",
      description = "Other agents tried after a failure; default: ${DEFAULT-VALUE}.")
  private int fallbacks = 1;

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
    return new CommandLine(new OutcomeReplay())
        .setExecutionExceptionHandler(
            (error, command, parsed) -> {
              if (!(error instanceof UnusableFile)) {
                throw error;
              }
              command.getErr().println(error.getMessage());
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws InterruptedException {
    BanditPolicy chosen = POLICIES.get(policy);
    check(
        chosen != null, "--policy must be one of " + POLICIES.keySet() + ", got '" + policy + "'");
    check(runs >= 1, "--runs must be at least 1, got " + runs);
    check(fallbacks >= 0, "--fallbacks must be at least 0, got " + fallbacks);
    Outcomes recorded = OutcomeFile.read(outcomes);
    List<Replay.Pass> passes = new ArrayList<>();
    if (chosen != null) {
      Replay replay = new Replay(recorded, chosen, fallbacks);
      for (int run = 0; run < runs; run++) {
        passes.add(replay.run(seed + run));
      }
    }
    print(recorded, passes);
    return CommandLine.ExitCode.OK;
  }

  private void check(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }

  private void print(Outcomes recorded, List<Replay.Pass> passes) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%d tasks, %d agents; policy %s, %d passes in random order, seeds from %d%n%n",
        recorded.tasks().size(),
        recorded.agents().size(),
        policy,
        runs,
        seed);
    Map.Entry<String, Double> best = recorded.bestFixed();
    out.printf("%-36s %8s %8s%n", "", "solved", "+-");
    row(out, "uniform choice", recorded.uniform());
    row(out, "learned, first choice", passes, Replay.Pass::first);
    row(out, "learned, after " + fallbacks + " fallback(s)", passes, Replay.Pass::all);
    row(out, "best fixed agent, in hindsight", best.getValue());
    row(out, "best agent per category, in hindsight", recorded.bestPerCategory());
    row(out, "any agent solves it", recorded.anyAgent());
    double gap =
        (mean(passes, Replay.Pass::first) - recorded.uniform())
            / (best.getValue() - recorded.uniform());
    out.printf(
        Locale.ROOT,
        "%nThe first choice takes %.0f %% of the gap from uniform to the best fixed agent (%s).%n",
        100 * gap,
        best.getKey());
    out.printf("%n%-36s %8s%n", "agent", "share");
    for (String agent : recorded.agents()) {
      row(out, agent, mean(passes, pass -> pass.shares().getOrDefault(agent, 0.0)));
    }
    out.flush();
  }

  private static void row(PrintWriter out, String name, double share) {
    out.printf(Locale.ROOT, "%-36s %6.1f %%%n", name, 100 * share);
  }

  private static void row(
      PrintWriter out, String name, List<Replay.Pass> passes, ToDoubleFunction<Replay.Pass> of) {
    double mean = mean(passes, of);
    double squares = passes.stream().mapToDouble(of).map(x -> (x - mean) * (x - mean)).sum();
    double error = Math.sqrt(squares / Math.max(1, passes.size() - 1) / passes.size());
    out.printf(Locale.ROOT, "%-36s %6.1f %% %6.2f%n", name, 100 * mean, 100 * error);
  }

  private static double mean(List<Replay.Pass> passes, ToDoubleFunction<Replay.Pass> of) {
    return passes.stream().mapToDouble(of).average().orElse(0);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.internal.Require;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Recorded outcomes of tasks by agents: one or several trials of an agent at a task, or none.
 *
 * <p>Immutable and safe to share. {@link ReplayEvaluator} runs routers over it.
 */
public final class OutcomeMatrix {
  final List<RegisteredAgent> registered;
  final List<RecordedTask> tasks;
  private final References references;

  private OutcomeMatrix(List<RegisteredAgent> agents, List<RecordedTask> tasks) {
    this.registered = agents;
    this.tasks = tasks;
    this.references = new Hindsight(this).references();
  }

  /** A builder without trials. */
  public static Builder builder() {
    return new Builder();
  }

  /** Ids of the agents with a trial, in the order of their first trials. */
  public List<String> agents() {
    return registered.stream().map(RegisteredAgent::id).toList();
  }

  /** How many tasks have a trial, at least 1. */
  public int size() {
    return tasks.size();
  }

  /** Success rates of choices that learn nothing, to compare routers with. */
  public References references() {
    return references;
  }

  /**
   * Success rates of choices that learn nothing; those in hindsight know more than a router can.
   *
   * @param uniform an agent with a record of the task, at random
   * @param bestAgent the agent of {@code bestFixed}, the first of several
   * @param bestFixed in hindsight, the agent with the highest mean over the tasks it has a record
   *     of
   * @param bestPerCategory in hindsight, the same within each type of task
   * @param anyAgent in hindsight, for each task the agent with the highest mean there
   */
  public record References(
      double uniform,
      String bestAgent,
      double bestFixed,
      double bestPerCategory,
      double anyAgent) {}

  /** Collects the trials of an {@link OutcomeMatrix}; not thread-safe. */
  public static final class Builder {
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private final Map<String, Double> prices = new HashMap<>();
    private final Map<String, Trials> rows = new LinkedHashMap<>();

    private Builder() {}

    private record Trials(Task task, Map<Integer, List<RecordedTrial>> byAgent) {}

    /** Adds a trial that cost nothing and took no time. */
    public Builder trial(String taskId, String type, String agent, boolean success) {
      return trial(taskId, type, agent, success, 0, 0);
    }

    /**
     * Adds a trial; another one of the same agent at the same task is a second trial.
     *
     * @param taskId names the task
     * @param type the task's type
     * @param success whether the agent solved the task
     * @param cost US dollars, at least 0
     * @param seconds duration, at least 0
     * @throws IllegalArgumentException if a number is out of range, or an earlier trial gave the
     *     task another type
     */
    public Builder trial(
        String taskId, String type, String agent, boolean success, double cost, double seconds) {
      requireAmount("cost", "dollars", cost, taskId, agent);
      requireAmount("time", "seconds", seconds, taskId, agent);
      Trials row =
          rows.computeIfAbsent(
              taskId, id -> new Trials(Task.builder(type).id(id).build(), new HashMap<>()));
      Require.that(
          row.task.type().equals(type),
          "task '%s' was of type '%s' in an earlier trial and is of type '%s' in this one; give"
              + " every task one type",
          taskId,
          row.task.type(),
          type);
      int number = numbers.computeIfAbsent(agent, id -> numbers.size());
      Duration time = Duration.ofNanos((long) (seconds * 1e9));
      row.byAgent
          .computeIfAbsent(number, n -> new ArrayList<>(1))
          .add(new RecordedTrial(success, cost, time));
      return this;
    }

    /** Sets the declared price of an agent with a trial, US dollars a task; default none. */
    public Builder declaredPrice(String agent, double dollars) {
      prices.put(agent, dollars);
      return this;
    }

    /**
     * Builds the matrix.
     *
     * @throws IllegalArgumentException if there is no trial, or an agent that declared a price has
     *     none
     */
    public OutcomeMatrix build() {
      Require.that(!rows.isEmpty(), "matrix has no trial; add one with trial(...)");
      for (String agent : prices.keySet()) {
        Require.that(
            numbers.containsKey(agent),
            "agent '%s' declares a price and has no trial; add one or check the id",
            agent);
      }
      List<RegisteredAgent> agents = new ArrayList<>();
      numbers.forEach((id, number) -> agents.add(new RecordedAgent(profile(id), number)));
      return new OutcomeMatrix(
          List.copyOf(agents), rows.values().stream().map(this::recorded).toList());
    }

    private AgentProfile profile(String id) {
      AgentProfile.Builder profile = AgentProfile.builder(id);
      Double price = prices.get(id);
      return price == null ? profile.build() : profile.price(price).build();
    }

    private RecordedTask recorded(Trials row) {
      RecordedTrial[][] trials = new RecordedTrial[numbers.size()][];
      for (int agent = 0; agent < trials.length; agent++) {
        trials[agent] = row.byAgent.getOrDefault(agent, List.of()).toArray(new RecordedTrial[0]);
      }
      return new RecordedTask(row.task, trials);
    }

    private static void requireAmount(
        String what, String unit, double value, String taskId, String agent) {
      Require.that(
          value >= 0 && value < 1e9,
          "%s of agent '%s' at task '%s' must be 0 to 1e9 %s, got %s",
          what,
          agent,
          taskId,
          unit,
          value);
    }
  }

  /** The outcome of one agent at one recorded task. */
  record RecordedTrial(boolean success, double cost, Duration time) {
    double reward() {
      return success ? 1 : 0;
    }
  }

  /** An agent known by its record only: it takes any number of tasks and is never busy. */
  record RecordedAgent(AgentProfile profile, int number) implements RegisteredAgent {
    @Override
    public Status status() {
      return Status.AVAILABLE;
    }

    @Override
    public int active() {
      return 0;
    }

    @Override
    public int queued() {
      return 0;
    }
  }

  /** One row of an {@link OutcomeMatrix}. */
  static final class RecordedTask {
    final Task task;
    private final RecordedTrial[][] trials;
    private final double[] rates;

    /** Takes over the trials, by agent; an agent without any has no record of this task. */
    RecordedTask(Task task, RecordedTrial[][] trials) {
      this.task = task;
      this.trials = trials;
      this.rates = new double[trials.length];
      for (int agent = 0; agent < trials.length; agent++) {
        double solved = 0;
        for (RecordedTrial trial : trials[agent]) {
          solved += trial.reward();
        }
        rates[agent] = solved / trials[agent].length;
      }
    }

    boolean has(int agent) {
      return trials[agent].length > 0;
    }

    /** The share of an agent's trials that succeeded, NaN without a record. */
    double rate(int agent) {
      return rates[agent];
    }

    /** One trial; the same luck gives the same trial. */
    RecordedTrial trial(int agent, long luck) {
      RecordedTrial[] all = trials[agent];
      return all[all.length == 1 ? 0 : new SplittableRandom(luck + agent).nextInt(all.length)];
    }
  }

  /** Means over a whole matrix. */
  static final class Hindsight {
    private final OutcomeMatrix matrix;
    private final double[] means;

    Hindsight(OutcomeMatrix matrix) {
      this.matrix = matrix;
      this.means = means(matrix.tasks);
    }

    /** An agent's mean over the tasks it has a record of. */
    double mean(int agent) {
      return means[agent];
    }

    OutcomeMatrix.References references() {
      int best = best(means);
      double uniform = 0;
      double any = 0;
      for (RecordedTask task : matrix.tasks) {
        double sum = 0;
        double highest = 0;
        int count = 0;
        for (int agent = 0; agent < means.length; agent++) {
          if (task.has(agent)) {
            sum += task.rate(agent);
            highest = Math.max(highest, task.rate(agent));
            count++;
          }
        }
        uniform += sum / count;
        any += highest;
      }
      int size = matrix.size();
      return new OutcomeMatrix.References(
          uniform / size,
          matrix.registered.get(best).id(),
          means[best],
          bestPerCategory(),
          any / size);
    }

    private double bestPerCategory() {
      Map<String, List<RecordedTask>> byType = new LinkedHashMap<>();
      for (RecordedTask task : matrix.tasks) {
        byType.computeIfAbsent(task.task.type(), type -> new ArrayList<>()).add(task);
      }
      double solved = 0;
      for (List<RecordedTask> tasks : byType.values()) {
        double[] within = means(tasks);
        solved += within[best(within)] * tasks.size();
      }
      return solved / matrix.size();
    }

    /* NaN for an agent without a record among these tasks. */
    private double[] means(List<RecordedTask> tasks) {
      double[] means = new double[matrix.registered.size()];
      for (int agent = 0; agent < means.length; agent++) {
        double sum = 0;
        int count = 0;
        for (RecordedTask task : tasks) {
          if (task.has(agent)) {
            sum += task.rate(agent);
            count++;
          }
        }
        means[agent] = sum / count;
      }
      return means;
    }

    private static int best(double[] means) {
      int best = -1;
      for (int agent = 0; agent < means.length; agent++) {
        if (best < 0 ? !Double.isNaN(means[agent]) : means[agent] > means[best]) {
          best = agent;
        }
      }
      return best;
    }
  }
}

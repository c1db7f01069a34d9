/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.routing.rollout.RolloutController.RolloutState;
import dev.arbiter.routing.rollout.RolloutLimits.GuardRule;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Introduces a candidate router beside the current one, and takes it back when it does harm.
 *
 * <p>In {@link Mode#SHADOW} the candidate is only asked. In {@link Mode#PERCENTAGE} it decides for
 * a share of the tasks. It is rolled back as soon as a guard is certain that it is worse by more
 * than a margin: failure rate always, mean cost and mean time if the builder says so. In {@link
 * Mode#AB_TEST} it can also be promoted. Mode and share may change at any time until the rollout is
 * over; a rollback or promotion ends it for good.
 *
 * <p>Tasks: a hash of the rollout's name, the tenant and the idempotency key, or without one the
 * task's id, selects the router of a task; it is the same in every process. A larger share only
 * moves tasks from current to the candidate. A fallback stays with the router whose choice failed.
 * After a rollback the candidate is not asked any more, not for fallbacks either; outcomes still go
 * to the router that decided, once each.
 *
 * <p>Statistics: the sides are compared by confidence sequences, so looking often or early does no
 * harm. The chance that a rollout ever rolls back a candidate within its margins, or promotes one
 * without the gain, is at most the error; guards and promotion have equal parts of it. A new share
 * begins a new comparison, because its tasks may be harder; the k-th has 1/(k(k+1)) of the error.
 * First choices are compared, in the order of their outcomes, without INFRASTRUCTURE. While one
 * side's failures take longer to come than its successes, it looks better than it is. The average
 * since the comparison began is compared, so a candidate that has yet to learn is judged for that
 * too. Howard, Ramdas, McAuliffe, Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence
 * sequences", Annals of Statistics 49 (2021).
 *
 * <p>The split is tested too ({@link RolloutStatus.Split}). If the candidate's part of the tasks,
 * or of the outcomes, is certainly not the share that was set, then tasks or outcomes of one side
 * got lost or came twice, and the sides cannot be compared. While that is so, nothing is promoted;
 * harm still rolls back. Outcomes that the candidate is short of, compared with current, count
 * against its promotion as failures. Lindon, Malek, "Anytime-Valid Inference for Multinomial Count
 * Data" (2022), at one error in a thousand.
 *
 * <p>Errors: a candidate that throws, or chooses an agent that is no candidate, never fails a task.
 * Current decides instead; outside shadow mode that counts as a failure of the candidate. It is
 * asked on the thread of the task, so a candidate that hangs delays the task. Exceptions of current
 * are thrown on.
 *
 * <p>Thread-safe; routers are called outside any lock. A decision costs its router's time and a
 * hash of the key; an outcome two dozen exponentials a guard; {@link #status} a search, some
 * thousand times that. Memory does not grow with tasks: a decision holds all that its outcome
 * needs.
 */
public final class Rollout implements Router {
  private final String name;
  private final TrafficSplit split;
  private final RolloutController controller;

  /** Which router decides. */
  public enum Mode {
    /** Current; the candidate is asked too, for first choices, and not followed. */
    SHADOW,
    /** The candidate for a share of the tasks, until a guard or a caller ends it. */
    PERCENTAGE,
    /** The same; a candidate that is certainly better is promoted if the builder says so. */
    AB_TEST
  }

  /** Whether a rollout is over. */
  public enum State {
    /** It is not over. */
    RUNNING,
    /** It is over, and current decides for every task. */
    ROLLED_BACK,
    /** It is over, and the candidate decides for every task. */
    PROMOTED
  }

  private Rollout(String name, TrafficSplit split, RolloutController controller) {
    this.name = name;
    this.split = split;
    this.controller = controller;
  }

  /**
   * A builder in shadow mode, without routers.
   *
   * @param name salts the hash, so that two rollouts select their tasks independently; not blank
   * @throws IllegalArgumentException if the name is blank
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /**
   * Lets the router of the task choose.
   *
   * @return its decision, under an id of this rollout; the probability is the router's own, because
   *     the router is not selected by chance
   */
  @Override
  public RoutingDecision route(RoutingRequest request) {
    return split.route(request);
  }

  /**
   * Passes the first outcome of a decision to the router that made it, and counts it.
   *
   * <p>A second outcome, and one of a decision that is not of this rollout, changes nothing and is
   * counted. An exception of the candidate is counted, one of current is thrown on.
   */
  @Override
  public void learn(Outcome outcome) {
    split.learn(outcome);
  }

  /**
   * From now on lets current decide and only asks the candidate.
   *
   * @throws IllegalStateException if the rollout is over
   */
  public void shadow() {
    controller.change(Mode.SHADOW, 0);
  }

  /**
   * From now on lets the candidate decide for a share of the tasks.
   *
   * @param share 0 to 1
   * @throws IllegalArgumentException if the share is outside that range
   * @throws IllegalStateException if the rollout is over
   */
  public void percentage(double share) {
    requirePercentage(name, share);
    controller.change(Mode.PERCENTAGE, share);
  }

  /**
   * From now on lets the candidate decide for a share of the tasks, and promotes it when it is
   * certainly better, if the builder says by how much.
   *
   * @param share above 0, below 1; with .5 the fewest tasks decide
   * @throws IllegalArgumentException if the share is outside that range
   * @throws IllegalStateException if the rollout is over
   */
  public void abTest(double share) {
    requireBothSides(name, share);
    controller.change(Mode.AB_TEST, share);
  }

  /** Ends the rollout in favour of current; returns false, and changes nothing, if it is over. */
  public boolean rollback() {
    return controller.end(false);
  }

  /**
   * Ends the rollout in favour of the candidate; returns false, and changes nothing, if it is over.
   */
  public boolean promote() {
    return controller.end(true);
  }

  /** The state, for the cost of one volatile read. */
  public State state() {
    return controller.now().state();
  }

  /** A snapshot; counts that change meanwhile may be one step apart. */
  public RolloutStatus status() {
    return controller.status();
  }

  /**
   * Writes all that the rollout goes on with after a restart ({@link Builder#readFrom}): mode,
   * share, state, comparison and counts, with a version and a checksum; does not close the stream.
   * What the routers learned is their own to keep. Outcomes of decisions from before the restart
   * are ignored.
   *
   * @throws IOException if it cannot be written
   */
  public void writeTo(OutputStream out) throws IOException {
    controller.saved().writeTo(out);
  }

  private static void requirePercentage(String name, double share) {
    require(share >= 0 && share <= 1, name, "share must be 0 to 1, got %s; try 0.05", share);
  }

  private static void requireBothSides(String name, double share) {
    require(
        share > 0 && share < 1,
        name,
        "share of an A/B test must be above 0 and below 1, got %s; try 0.5",
        share);
  }

  private static void require(boolean condition, String name, String message, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(
          "rollout '" + name + "': " + String.format(Locale.ROOT, message, values));
    }
  }

  /**
   * Collects the parts of a {@link Rollout}; not thread-safe. A setter throws {@code
   * IllegalArgumentException} for a value outside its range.
   */
  public static final class Builder {
    private static final double DEFAULT_ERROR = .05;

    private final String name;
    private @Nullable Router current;
    private @Nullable Router candidate;
    private Mode mode = Mode.SHADOW;
    private double share;
    private boolean shadowLearns;
    private GuardRule success = GuardRule.success(0);
    private Optional<GuardRule> cost = Optional.empty();
    private Optional<GuardRule> time = Optional.empty();
    private OptionalDouble gain = OptionalDouble.empty();
    private double error = DEFAULT_ERROR;
    private @Nullable SavedRollout saved;

    private Builder(String name) {
      this.name = name;
      require(!name.isBlank(), name, "name must not be blank; give one that no other rollout has");
    }

    /** Sets the router in place, which decides now. */
    public Builder current(Router router) {
      this.current = router;
      return this;
    }

    /**
     * Sets the router to introduce. It learns from its own decisions, so it is not the current one.
     */
    public Builder candidate(Router router) {
      this.candidate = router;
      return this;
    }

    /** Begins in shadow mode, the default. */
    public Builder shadow() {
      this.mode = Mode.SHADOW;
      this.share = 0;
      return this;
    }

    /** Begins with the candidate deciding for a share of the tasks, 0 to 1. */
    public Builder percentage(double share) {
      requirePercentage(name, share);
      this.share = share;
      this.mode = Mode.PERCENTAGE;
      return this;
    }

    /** Begins with an A/B test; the candidate's share of the tasks is above 0 and below 1. */
    public Builder abTest(double share) {
      requireBothSides(name, share);
      this.share = share;
      this.mode = Mode.AB_TEST;
      return this;
    }

    /**
     * Sets whether the candidate learns in shadow mode from the outcomes of tasks for which it
     * chose the same agent, default false. It then comes warm to its first task, but knows only the
     * agents that current likes; outcomes of the others are unknown.
     *
     * <p>Of a choice that is not followed a {@link dev.arbiter.routing.BanditRouter} is told so,
     * and it gives back the money that it holds for it. Any other router hears nothing: it may take
     * an INFRASTRUCTURE outcome for a failure, and its contract says that an outcome may never
     * come.
     */
    public Builder shadowLearns(boolean learns) {
      this.shadowLearns = learns;
      return this;
    }

    /**
     * Sets by how much the candidate's success rate may be lower than current's, default 0. With 0
     * an equally good candidate is kept, except with the chance of the error. A claim that nobody
     * checked (CLAIMED) counts as a success, as in the reward; a refuted one as a failure.
     *
     * @param margin at least 0, below 1: .02 is two tasks in a hundred
     */
    public Builder successMargin(double margin) {
      requireMargin("successMargin", margin, 1);
      this.success = GuardRule.success(margin);
      return this;
    }

    /**
     * Guards the mean cost of a task, default unguarded.
     *
     * @param margin by how many US dollars it may be higher, at least 0
     * @param most US dollars at which the cost of a task is cut, above the margin; the closer to
     *     real costs, the sooner the guard is certain
     */
    public Builder costMargin(double margin, double most) {
      requireMargin("costMargin", margin, most);
      this.cost = Optional.of(GuardRule.cost(margin, most));
      return this;
    }

    /**
     * Guards the mean time that the agent of a first choice takes, default unguarded.
     *
     * @param margin by how much it may be longer, not negative
     * @param most at which the time of a task is cut, above the margin, such as its deadline
     */
    public Builder timeMargin(Duration margin, Duration most) {
      require(
          !margin.isNegative() && margin.compareTo(most) < 0,
          name,
          "timeMargin must be at least 0 and below its most, got %s of %s; say what time is too much",
          margin,
          most);
      this.time = Optional.of(GuardRule.time(margin, most));
      return this;
    }

    /**
     * Lets an A/B test promote the candidate by itself, default not.
     *
     * @param gain by how much its mean reward must certainly be higher, at least 0, below 1
     */
    public Builder promotion(double gain) {
      requireMargin("promotion", gain, 1);
      this.gain = OptionalDouble.of(gain);
      return this;
    }

    /**
     * Sets the chance that the rollout ever acts wrongly by itself, and also the chance that its
     * interval is ever wrong; above 0, below 1, default .05.
     */
    public Builder error(double error) {
      require(
          error > 0 && error < 1,
          name,
          "error must be above 0 and below 1, got %s; try 0.05",
          error);
      this.error = error;
      return this;
    }

    /**
     * Goes on from what {@link Rollout#writeTo} wrote. Mode and share are those written then, and
     * not those of this builder; margins and error are this builder's. Does not close the stream.
     *
     * @throws IOException if it cannot be read, was changed, or is of another version
     */
    public Builder readFrom(InputStream in) throws IOException {
      this.saved = SavedRollout.read(in);
      return this;
    }

    /**
     * Builds the rollout.
     *
     * @throws IllegalStateException if a router is missing, or one is both
     * @throws IllegalArgumentException if it goes on from a rollout of another name, or with other
     *     guards
     */
    public Rollout build() {
      RolloutState start =
          new RolloutState(
              mode,
              share,
              State.RUNNING,
              "running, as no guard is certain of harm and nobody ended it",
              new Comparison(new RolloutLimits(guards(), gain, error), share));
      RolloutController controller = new RolloutController(name, start);
      if (saved != null) {
        controller.restore(saved);
      }
      return new Rollout(name, split(controller), controller);
    }

    private TrafficSplit split(RolloutController controller) {
      if (current == null || candidate == null) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "rollout '%s' has no %s router; give its builder both",
                name,
                current == null ? "current" : "candidate"));
      }
      if (current == candidate) {
        throw new IllegalStateException(
            "rollout '" + name + "' has one router on both sides; build another candidate");
      }
      return new TrafficSplit(current, candidate, shadowLearns, new Bucketing(name), controller);
    }

    private List<GuardRule> guards() {
      return Stream.of(Optional.of(success), cost, time).flatMap(Optional::stream).toList();
    }

    private void requireMargin(String what, double margin, double most) {
      require(
          margin >= 0 && margin < most && most < Double.POSITIVE_INFINITY,
          name,
          "%s must be at least 0 and below %s, got %s",
          what,
          most,
          margin);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;

/**
 * A router that learns from outcomes, by a multi-armed bandit.
 *
 * <p>Every decision carries all candidates with their scores, the reason, the policy and the
 * probability of the choice. An outcome may come at once, late, or never; a second outcome for the
 * same decision, and one for a decision of another router, count for nothing.
 *
 * <p>Thread-safe: one lock, held for the time of one decision or one outcome. Same seed and same
 * order of calls give the same decisions. A decision costs time linear in the candidates and
 * allocates itself only. What was learned lives in memory, bounded whatever ids come in: at most
 * 100,000 agents, 4,096 task types and a million pairs of the two, the longest unseen forgotten
 * first.
 */
public final class BanditRouter implements Router {
  private final Learner learner;
  private final boolean countInfrastructure;
  private long decisions;
  private long learned;
  private long ignored;

  private BanditRouter(Builder builder) {
    this.learner = builder.policy.learner(builder.sources.random(), builder.horizon);
    this.countInfrastructure = builder.countInfrastructure;
  }

  /**
   * The default policy with the machine's entropy.
   *
   * @return a new router
   */
  public static BanditRouter create() {
    return builder().build();
  }

  /**
   * The default policy with the given chance.
   *
   * @param sources where random numbers come from
   * @return a new router
   */
  public static BanditRouter create(Sources sources) {
    return builder().sources(sources).build();
  }

  /**
   * Starts a router.
   *
   * @return a builder with working defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Chooses.
   *
   * @throws IllegalArgumentException if there is no candidate
   */
  @Override
  public synchronized RoutingDecision route(RoutingRequest request) {
    if (request.candidates().isEmpty()) {
      throw new IllegalArgumentException(
          "no candidate for task '" + request.task().id() + "'; a router needs at least one");
    }
    return learner.choose(request, ++decisions);
  }

  @Override
  public synchronized void learn(Outcome outcome) {
    if (!(outcome.decision() instanceof BanditDecision decision)
        || decision.learner() != learner
        || !decision.markLearned()) {
      ignored++;
      return;
    }
    learned++;
    if (outcome.kind() != Outcome.Kind.INFRASTRUCTURE || countInfrastructure) {
      learner.learn(decision, outcome);
    }
  }

  /**
   * What this router has done so far.
   *
   * @return a snapshot
   */
  public synchronized RouterStats stats() {
    return new RouterStats(decisions, learned, ignored, learner.alarms());
  }

  /** Collects the parts of a {@link BanditRouter}; not thread-safe. */
  public static final class Builder {
    private BanditPolicy policy = BanditPolicy.adaptiveThompson();
    private Sources sources = Sources.system();
    private long horizon;
    private boolean countInfrastructure;

    private Builder() {}

    /**
     * Sets the rule that chooses; default is {@link BanditPolicy#adaptiveThompson()}.
     *
     * @param policy the rule
     * @return this
     */
    public Builder policy(BanditPolicy policy) {
      this.policy = policy;
      return this;
    }

    /**
     * Sets where random numbers come from; default is {@link Sources#system()}.
     *
     * @param sources time and chance
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Says how many tasks there will be, so that exploring ends in time; default is unknown.
     *
     * @param tasks at least 1
     * @return this
     * @throws IllegalArgumentException if it is less
     */
    public Builder horizon(long tasks) {
      if (tasks < 1) {
        throw new IllegalArgumentException("horizon must be at least 1 task, got " + tasks);
      }
      this.horizon = tasks;
      return this;
    }

    /**
     * Says whether an attempt that came to nothing through no doing of the agent counts as a
     * failure of it; default is no.
     *
     * @param count whether it counts
     * @return this
     */
    public Builder countInfrastructureFailures(boolean count) {
      this.countInfrastructure = count;
      return this;
    }

    /**
     * Builds the router.
     *
     * @return the router
     */
    public BanditRouter build() {
      return new BanditRouter(this);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * The description that an agent gives of itself.
 *
 * @param id the id of the agent: 1 to 256 printable characters, such as {@code Claude 4 Sonnet}; no
 *     control, bidirectional or invisible one, no line break, and no blank at either end
 * @param capabilities the names of its capabilities, each with the level in [0,1] that it claims;
 *     empty if it claims no level
 * @param capacity the most tasks it works on at once, at least 1, default {@value
 *     #DEFAULT_CAPACITY}
 * @param price the US dollars that it expects a task to cost, at least 0; empty if unknown
 * @param idempotent whether an attempt may be run again after a crash without harm, default false
 * @param attemptLimit the longest time of one attempt, empty for none of its own
 */
public record AgentProfile(
    String id,
    Map<String, OptionalDouble> capabilities,
    int capacity,
    OptionalDouble price,
    boolean idempotent,
    Optional<Duration> attemptLimit) {

  /** The capacity of an agent that declares none. */
  public static final int DEFAULT_CAPACITY = 10;

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public AgentProfile {
    Require.printable("agent.id", id);
    capabilities = Map.copyOf(capabilities);
    capabilities.forEach(
        (name, level) ->
            Require.that(
                level.orElse(1) >= 0 && level.orElse(1) <= 1,
                "level of capability '%s' of agent must be in [0,1], got %s",
                name,
                level.orElse(1)));
    Require.that(capacity >= 1, "agent.capacity must be at least 1, got %s", capacity);
    Require.that(
        price.orElse(0) >= 0 && price.orElse(0) < Double.POSITIVE_INFINITY,
        "agent.price must be >= 0, got %s",
        price);
    Require.that(
        attemptLimit.isEmpty() || attemptLimit.get().compareTo(Duration.ZERO) > 0,
        "agent.attemptLimit must be positive, got %s",
        attemptLimit);
  }

  /**
   * Makes a profile without an attempt limit.
   *
   * @param id the id of the agent
   * @param capabilities the names of its capabilities, each with the level that it claims
   * @param capacity the most tasks it works on at once, at least 1
   * @param price the US dollars that it expects a task to cost, at least 0
   * @param idempotent whether an attempt may be run again after a crash without harm
   */
  public AgentProfile(
      String id,
      Map<String, OptionalDouble> capabilities,
      int capacity,
      OptionalDouble price,
      boolean idempotent) {
    this(id, capabilities, capacity, price, idempotent, Optional.empty());
  }

  /**
   * {@return a profile with the given capabilities, without levels, and defaults for everything
   * else}
   *
   * @param id the id of the agent
   * @param capabilities the names of its capabilities
   */
  public static AgentProfile of(String id, String... capabilities) {
    Builder builder = builder(id);
    for (String capability : capabilities) {
      builder.capability(capability);
    }
    return builder.build();
  }

  /**
   * {@return a builder with defaults for everything else}
   *
   * @param id the id of the agent
   */
  public static Builder builder(String id) {
    return new Builder(id);
  }

  /** Builds an {@link AgentProfile}; not thread-safe. */
  public static final class Builder {
    private final String id;
    private final Map<String, OptionalDouble> capabilities = new TreeMap<>();
    private int capacity = DEFAULT_CAPACITY;
    private OptionalDouble price = OptionalDouble.empty();
    private boolean idempotent;
    private Optional<Duration> attemptLimit = Optional.empty();

    private Builder(String id) {
      this.id = id;
    }

    /**
     * Declares a capability, without a level.
     *
     * @param name such as {@code java}
     */
    public Builder capability(String name) {
      capabilities.put(name, OptionalDouble.empty());
      return this;
    }

    /**
     * Declares a capability with a level. Routers weigh the claim by how often it proved true.
     *
     * @param name such as {@code java}
     * @param level between 0 and 1: the share of tasks that the agent expects to solve
     */
    public Builder capability(String name, double level) {
      capabilities.put(name, OptionalDouble.of(level));
      return this;
    }

    /**
     * Declares the most tasks that the agent works on at once.
     *
     * @param tasks at least 1
     */
    public Builder capacity(int tasks) {
      this.capacity = tasks;
      return this;
    }

    /**
     * Declares the expected cost of a task.
     *
     * @param dollars US dollars, at least 0
     */
    public Builder price(double dollars) {
      this.price = OptionalDouble.of(dollars);
      return this;
    }

    /**
     * Declares that an attempt may be run again without harm, with the same {@link
     * Assignment#attemptKey}: the agent has no effects outside, or makes them once for each key.
     */
    public Builder idempotent() {
      this.idempotent = true;
      return this;
    }

    /**
     * Limits the time of each attempt. The shortest limit counts: this, the task's, the type's and
     * the arbiter's.
     *
     * @param longest a positive duration
     */
    public Builder attemptLimit(Duration longest) {
      this.attemptLimit = Optional.of(longest);
      return this;
    }

    /**
     * {@return the profile}
     *
     * @throws IllegalArgumentException if a part is outside its range
     */
    public AgentProfile build() {
      return new AgentProfile(id, capabilities, capacity, price, idempotent, attemptLimit);
    }
  }
}

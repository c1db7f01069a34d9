/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Detects when more capacity is needed, by a limit for each metric.
 *
 * <p>The rules of the performance certificate are built in: {@code cpu_utilization} 70 %, {@code
 * memory_utilization} 80 %, {@code agent_registration_latency} 200 ms, {@code
 * event_store_queue_depth} 1000, {@code database_connection_utilization} 85 %. A rule triggers
 * after a number of consecutive readings at or above its limit, and ends after as many below.
 *
 * <p>Thread-safe. Readings of metrics without a rule, and NaN, are ignored.
 */
public final class ScalingRules {
  private final Map<String, Rule> rules = new LinkedHashMap<>();

  /** One limit and the readings since its state was last clear. */
  private static final class Rule {
    private final double limit;
    private int agreeing;
    private boolean on;
    private @Nullable Instant since;
    private double last;

    Rule(double limit) {
      this.limit = limit;
    }
  }

  private final int readings;

  private ScalingRules(Builder builder) {
    this.readings = builder.readings;
    builder.limits.forEach((metric, limit) -> rules.put(metric, new Rule(limit)));
  }

  /** {@return a builder with the rules of the performance certificate} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Adds a reading.
   *
   * @param metric the metric's name
   * @param value its value in the unit of its limit
   * @param at its time
   * @return the trigger, if this reading caused it
   */
  public synchronized Optional<Trigger> read(String metric, double value, Instant at) {
    Rule rule = rules.get(metric);
    if (rule == null || Double.isNaN(value)) {
      return Optional.empty();
    }
    rule.last = value;
    boolean above = value >= rule.limit;
    if (above == rule.on) {
      rule.agreeing = 0;
      return Optional.empty();
    }
    if (rule.agreeing == 0 && above) {
      rule.since = at;
    }
    rule.agreeing++;
    if (rule.agreeing < readings) {
      return Optional.empty();
    }
    rule.on = above;
    rule.agreeing = 0;
    return above ? trigger(metric, rule) : Optional.empty();
  }

  private static Optional<Trigger> trigger(String metric, Rule rule) {
    Instant since = rule.since == null ? Instant.EPOCH : rule.since;
    return Optional.of(new Trigger(metric, rule.limit, rule.last, since));
  }

  /** {@return the triggered rules in their order, with the last reading of each} */
  public synchronized List<Trigger> triggered() {
    List<Trigger> triggered = new ArrayList<>();
    rules.forEach(
        (metric, rule) -> {
          if (rule.on) {
            trigger(metric, rule).ifPresent(triggered::add);
          }
        });
    return triggered;
  }

  /** Builder of {@link ScalingRules}. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Double> limits = new LinkedHashMap<>();
    private int readings = 3;

    private Builder() {
      limits.put("cpu_utilization", 70.0);
      limits.put("memory_utilization", 80.0);
      limits.put("agent_registration_latency", 200.0);
      limits.put("event_store_queue_depth", 1000.0);
      limits.put("database_connection_utilization", 85.0);
    }

    /**
     * Sets the limit of a metric, of the certificate or new.
     *
     * @param metric the metric's name
     * @param limit above 0
     */
    public Builder limit(String metric, double limit) {
      Require.that(limit > 0, "scaling.%s must be above 0, got %s", metric, limit);
      limits.put(metric, limit);
      return this;
    }

    /**
     * Removes a rule.
     *
     * @param metric the metric's name
     */
    public Builder without(String metric) {
      limits.remove(metric);
      return this;
    }

    /**
     * Sets the number of consecutive readings, default 3.
     *
     * @param count at least 1
     */
    public Builder readings(int count) {
      Require.that(count >= 1, "scaling.readings must be at least 1, got %s", count);
      this.readings = count;
      return this;
    }

    /** {@return new rules, none triggered} */
    public ScalingRules build() {
      return new ScalingRules(this);
    }
  }

  /**
   * A metric stayed at or above its limit: more capacity is needed.
   *
   * @param metric the metric's name
   * @param limit its limit
   * @param value the last reading
   * @param since the first reading at or above the limit
   */
  public record Trigger(String metric, double limit, double value, Instant since) {}
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.time.Instant;
import java.util.List;

/**
 * Whether the parts of an arbiter do their work. A snapshot; {@link Arbiter#health} makes one.
 *
 * @param level UNHEALTHY if a component is, else DEGRADED if one is, else HEALTHY
 * @param components the parts, always the same ones, in this order: {@code task_orchestrator},
 *     {@code store}, {@code agent_registry}, {@code task_router}, {@code caws_validator}, {@code
 *     performance_tracker}
 * @param at when it was made
 */
public record HealthReport(Level level, List<Component> components, Instant at) {

  /** How well a part does its work. */
  public enum Level {
    /** Nothing is known against it. */
    HEALTHY,
    /** It works, and something failed within the last minutes. */
    DEGRADED,
    /** It does not work now. */
    UNHEALTHY
  }

  /**
   * One part.
   *
   * @param name as the constants of the requirements: the constitution is {@code caws_validator},
   *     all listeners together are {@code performance_tracker}
   * @param level how well it works
   * @param detail what is wrong, in one sentence; empty if it is HEALTHY
   */
  public record Component(String name, Level level, String detail) {}

  HealthReport(List<Component> components, Instant at) {
    this(worst(components), List.copyOf(components), at);
  }

  private static Level worst(List<Component> components) {
    Level worst = Level.HEALTHY;
    for (Component component : components) {
      worst = component.level().compareTo(worst) > 0 ? component.level() : worst;
    }
    return worst;
  }

  /** {@return the report in lines, for people} */
  public String summary() {
    StringBuilder text = new StringBuilder().append(level);
    for (Component component : components) {
      if (component.level() != Level.HEALTHY) {
        text.append('\n').append(component.name()).append(": ").append(component.detail());
      }
    }
    return text.toString();
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.trace;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One span that has ended: a task, an attempt, a gate or a wait. Immutable.
 *
 * @param traceId 32 hexadecimal digits: those of the {@code traceparent} in the task's correlation
 *     id, or else derived from that id
 * @param spanId 16 hexadecimal digits, derived from tenant, task and part, so that children and
 *     other processes can name it before it ends
 * @param parentId the span around it; empty for a task whose caller gave no {@code traceparent}
 * @param name such as {@code invoke_agent ada}; few different ones
 * @param start when it began
 * @param end when it ended, not before its start
 * @param attributes by name: texts, {@link Long}s, {@link Double}s and {@link Boolean}s
 * @param points what happened within it, in order
 * @param error what went wrong, for people; empty if nothing did. Its class is the attribute {@code
 *     error.type}
 */
public record TaskSpan(
    String traceId,
    String spanId,
    String parentId,
    String name,
    Instant start,
    Instant end,
    Map<String, Object> attributes,
    List<Point> points,
    Optional<String> error) {

  /** Copies. */
  public TaskSpan {
    attributes = Map.copyOf(attributes);
    points = List.copyOf(points);
  }

  /**
   * Something that happened within a span; OpenTelemetry calls it an event.
   *
   * @param at when
   * @param name such as {@code arbiter.decided}
   * @param attributes texts by name
   */
  public record Point(Instant at, String name, Map<String, String> attributes) {
    /** Copies. */
    public Point {
      attributes = Map.copyOf(attributes);
    }
  }
}

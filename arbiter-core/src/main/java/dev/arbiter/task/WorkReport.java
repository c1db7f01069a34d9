/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The report of an agent about its work.
 *
 * @param output the answer of the agent, any text
 * @param changes the files it changed
 * @param evidence the results of checks of the work
 * @param usage the resources that the call used; in events and results, those of all calls of the
 *     attempt
 * @param pending the question for which the agent stopped; empty for work that is done
 */
public record WorkReport(
    String output,
    List<FileChange> changes,
    List<Evidence> evidence,
    Usage usage,
    Optional<Pending> pending) {

  /**
   * Copies.
   *
   * @throws NullPointerException if something is null; the message names it
   */
  public WorkReport {
    Objects.requireNonNull(output, "report.output must not be null; give an empty text");
    Objects.requireNonNull(changes, "report.changes must not be null; give an empty list");
    Objects.requireNonNull(evidence, "report.evidence must not be null; give an empty list");
    Objects.requireNonNull(usage, "report.usage must not be null; give Usage.none()");
    Objects.requireNonNull(pending, "report.pending must not be null; give Optional.empty()");
    changes = List.copyOf(changes);
    evidence = List.copyOf(evidence);
  }

  /**
   * Makes a report of work that is done.
   *
   * @param output the answer of the agent, any text
   * @param changes the files it changed
   * @param evidence the results of checks of the work
   * @param usage the resources it used
   */
  public WorkReport(String output, List<FileChange> changes, List<Evidence> evidence, Usage usage) {
    this(output, changes, evidence, usage, Optional.empty());
  }

  /**
   * {@return the report of an agent that needs an answer and does not wait for it} The agent is
   * called again, in the same attempt, with the answer in {@code Assignment.approvals()} and its
   * token.
   *
   * @param question the question to a person
   * @param resumeToken handed back to the agent, at most 4,096 characters
   */
  public static WorkReport waiting(Question question, String resumeToken) {
    return of("").withPending(Optional.of(new Pending(question, resumeToken)));
  }

  private WorkReport withPending(Optional<Pending> other) {
    return new WorkReport(output, changes, evidence, usage, other);
  }

  /**
   * What an agent waits for that has left its call.
   *
   * @param question the question to a person
   * @param resumeToken what the agent needs to go on, at most 4,096 characters
   */
  public record Pending(Question question, String resumeToken) {
    private static final int LONGEST_TOKEN = 4_096;

    /**
     * Checks.
     *
     * @throws NullPointerException if something is null
     * @throws IllegalArgumentException if the token is too long
     */
    public Pending {
      Objects.requireNonNull(question, "pending.question must not be null");
      Objects.requireNonNull(resumeToken, "pending.resumeToken must not be null");
      Require.that(
          resumeToken.length() <= LONGEST_TOKEN,
          "pending.resumeToken must have at most %s characters, got %s",
          LONGEST_TOKEN,
          resumeToken.length());
    }
  }

  /**
   * {@return a report with only an output}
   *
   * @param output any text
   */
  public static WorkReport of(String output) {
    return new WorkReport(output, List.of(), List.of(), Usage.none());
  }

  /**
   * {@return the same report with other changes, such as measured ones instead of claimed ones}
   *
   * @param measured the changes
   */
  public WorkReport withChanges(List<FileChange> measured) {
    return new WorkReport(output, measured, evidence, usage, pending);
  }

  /**
   * {@return the same report with more evidence}
   *
   * @param more the evidence
   */
  public WorkReport withEvidence(Evidence... more) {
    List<Evidence> all = new ArrayList<>(evidence);
    all.addAll(List.of(more));
    return new WorkReport(output, changes, all, usage, pending);
  }

  /**
   * {@return the same report with other usage}
   *
   * @param measured the usage
   */
  public WorkReport withUsage(Usage measured) {
    return new WorkReport(output, changes, evidence, measured, pending);
  }

  /**
   * The result of one check of the work, for the quality gate of the same name.
   *
   * @param gate the gate's name, such as {@code tests_pass}
   * @param passed whether the check passed
   * @param value the measured value, such as a coverage of 91.5; NaN if none
   * @param detail one line for a reader
   */
  public record Evidence(String gate, boolean passed, double value, String detail) {
    /**
     * Checks.
     *
     * @throws NullPointerException if something is null
     * @throws IllegalArgumentException if the gate is not a printable name
     */
    public Evidence {
      Require.name("evidence.gate", gate, false);
      Objects.requireNonNull(detail, "evidence.detail must not be null; give an empty text");
    }

    /**
     * {@return evidence without a measured value}
     *
     * @param gate the gate's name
     * @param passed whether the check passed
     * @param detail one line for a reader
     */
    public static Evidence of(String gate, boolean passed, String detail) {
      return new Evidence(gate, passed, Double.NaN, detail);
    }
  }

  /**
   * The change of one file.
   *
   * @param path the file, relative to the work tree, with forward slashes
   * @param added lines added, at least 0
   * @param removed lines removed, at least 0
   */
  public record FileChange(String path, int added, int removed) {
    /**
     * Checks.
     *
     * @throws NullPointerException if the path is null
     * @throws IllegalArgumentException if the path is empty or a count negative
     */
    public FileChange {
      Objects.requireNonNull(path, "change.path must not be null");
      Require.that(!path.isEmpty(), "change.path must not be empty, got '%s'", path);
      Require.that(added >= 0, "change.added must not be negative, got %s", added);
      Require.that(removed >= 0, "change.removed must not be negative, got %s", removed);
    }

    /**
     * {@return lines added plus lines removed; a long, because the sum of two ints can exceed an
     * int}
     */
    public long lines() {
      return (long) added + removed;
    }
  }

  /**
   * The resources that one attempt used.
   *
   * @param inputTokens tokens read by the model, at least 0
   * @param outputTokens tokens written by the model, at least 0
   * @param cost in US dollars, at least 0
   * @param time the agent's own working time; zero if it gave none, then the engine uses the time
   *     it measured
   */
  public record Usage(long inputTokens, long outputTokens, double cost, Duration time) {
    private static final Usage NONE = new Usage(0, 0, 0, Duration.ZERO);
    private static final Duration LONGEST = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    /**
     * Checks.
     *
     * @throws NullPointerException if the time is null
     * @throws IllegalArgumentException if a figure is negative or not a number
     */
    public Usage {
      Objects.requireNonNull(time, "usage.time must not be null; give Duration.ZERO");
      Require.that(inputTokens >= 0, "usage.inputTokens must not be negative, got %s", inputTokens);
      Require.that(outputTokens >= 0, "usage.outputTokens must not be negative: %s", outputTokens);
      Require.that(
          cost >= 0 && cost < Double.POSITIVE_INFINITY, "usage.cost must be >= 0, got %s", cost);
      Require.that(!time.isNegative(), "usage.time must not be negative, got %s", time);
    }

    /** {@return the usage of nothing} */
    public static Usage none() {
      return NONE;
    }

    /**
     * {@return a usage of money only}
     *
     * @param dollars US dollars, at least 0
     */
    public static Usage cost(double dollars) {
      return new Usage(0, 0, dollars, Duration.ZERO);
    }

    /**
     * {@return both together} A sum too large for its type stays at the largest.
     *
     * @param more another usage
     */
    public Usage plus(Usage more) {
      if (more.equals(NONE)) {
        return this;
      }
      return new Usage(
          sum(inputTokens, more.inputTokens),
          sum(outputTokens, more.outputTokens),
          Math.min(Double.MAX_VALUE, cost + more.cost),
          sum(time, more.time));
    }

    /** {@return tokens read and written} */
    public long tokens() {
      return sum(inputTokens, outputTokens);
    }

    /* An agent may report any figure; a sum stays at the largest, so that none makes it smaller. */
    private static long sum(long one, long other) {
      return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    private static Duration sum(Duration one, Duration other) {
      try {
        return one.plus(other);
      } catch (ArithmeticException tooLong) {
        return LONGEST;
      }
    }
  }
}

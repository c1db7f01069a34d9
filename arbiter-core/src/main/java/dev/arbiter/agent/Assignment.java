/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.TraceIds;
import dev.arbiter.task.Approval;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One attempt at one task, given to one agent.
 *
 * @param task what is asked; its payload is the edited one if a person edited it
 * @param agent who is asked
 * @param attempt 1 for the first agent tried, 2 for the first fallback
 * @param specDigest the digest of the spec as it was approved
 * @param timeLimit how long the agent may take
 * @param meter takes the usage that the agent adds while it works
 * @param approvals what people have decided about the task so far, the oldest first
 * @param resumeToken the token of {@link dev.arbiter.task.WorkReport#waiting}, if the agent is
 *     called again with an answer; empty otherwise
 * @param link the engine, for {@link #ask} and {@link #progress}
 * @param directory the folder to work in, empty unless an interceptor gave one; the constitution
 *     judges an assignment without it
 * @param insights what others have learned about such tasks, the best first; empty unless an
 *     interceptor gave some. Advice from other runs, no part of the task: neither the constitution
 *     nor an approval knows it. At most {@value #MOST_INSIGHTS} texts of at most {@value
 *     #LONGEST_INSIGHTS} characters together
 */
public record Assignment(
    Task task,
    String agent,
    int attempt,
    String specDigest,
    Duration timeLimit,
    UsageMeter meter,
    List<Approval> approvals,
    String resumeToken,
    AgentLink link,
    Optional<Path> directory,
    List<String> insights) {
  /** Most insights of one assignment. */
  public static final int MOST_INSIGHTS = 64;

  /** Most characters of all insights of one assignment together. */
  public static final int LONGEST_INSIGHTS = 65_536;

  /** The variable in which a command of {@link ProcessAgent} finds {@link #correlation}. */
  public static final String CORRELATION_VARIABLE = "ARBITER_CORRELATION_ID";

  private static final int KEY_LENGTH = 26;

  /**
   * Copies.
   *
   * @throws IllegalArgumentException if there are more or longer insights than an agent can read
   */
  public Assignment {
    approvals = List.copyOf(approvals);
    insights = List.copyOf(insights);
    Require.that(
        insights.size() <= MOST_INSIGHTS,
        "assignment.insights must be at most %s, got %s; give the best",
        MOST_INSIGHTS,
        insights.size());
    Require.that(
        length(insights) <= LONGEST_INSIGHTS,
        "assignment.insights must have at most %s characters together, got %s; give the best",
        LONGEST_INSIGHTS,
        length(insights));
  }

  private static long length(List<String> texts) {
    long length = 0;
    for (String text : texts) {
      length += text.length();
    }
    return length;
  }

  /**
   * Makes an assignment without insights.
   *
   * @param task what is asked
   * @param agent who is asked
   * @param attempt 1 for the first agent tried, 2 for the first fallback
   * @param specDigest the digest of the spec as it was approved
   * @param timeLimit how long the agent may take
   * @param meter takes the usage that the agent adds while it works
   * @param approvals what people have decided about the task so far, the oldest first
   * @param resumeToken the token of {@link dev.arbiter.task.WorkReport#waiting}, or empty
   * @param link the engine
   * @param directory the folder to work in, or empty
   */
  public Assignment(
      Task task,
      String agent,
      int attempt,
      String specDigest,
      Duration timeLimit,
      UsageMeter meter,
      List<Approval> approvals,
      String resumeToken,
      AgentLink link,
      Optional<Path> directory) {
    this(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        meter,
        approvals,
        resumeToken,
        link,
        directory,
        List.of());
  }

  /**
   * Makes an assignment with a new meter, outside of an arbiter.
   *
   * @param task what is asked
   * @param agent who is asked
   * @param attempt 1 for the first agent tried, 2 for the first fallback
   * @param specDigest the digest of the spec as it was approved
   * @param timeLimit how long the agent may take
   */
  public Assignment(Task task, String agent, int attempt, String specDigest, Duration timeLimit) {
    this(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        new UsageMeter(),
        List.of(),
        "",
        AgentLink.none(),
        Optional.empty());
  }

  /**
   * {@return a key for effects outside: the same whenever this attempt is run again, as after a
   * crash or a retry, and another for any other attempt, task or tenant} Hand it to services that
   * take an idempotency key.
   */
  public String attemptKey() {
    String text = task.tenant() + '\0' + task.id() + '\0' + attempt;
    return "a-" + Digests.sha256Hex(text).substring(0, KEY_LENGTH);
  }

  /**
   * {@return the one id that ties together all that belongs to the task} It is the same for every
   * attempt, and after a restart. Hand it to services and logs of the agent; {@link ProcessAgent}
   * sets {@value #CORRELATION_VARIABLE}.
   */
  public String correlation() {
    return task.correlation();
  }

  /**
   * {@return the W3C {@code traceparent} for spans of the agent, whose parent is the span of this
   * attempt} Empty unless the correlation id of the task is one. A command of {@link ProcessAgent}
   * finds it in {@code TRACEPARENT}.
   */
  public Optional<String> traceparent() {
    String part = TraceIds.attempt(attempt, agent);
    return TraceIds.parent(task.correlationId())
        .map(parent -> parent.header(TraceIds.span(task.tenant(), task.id(), part)));
  }

  /**
   * Asks a person, and keeps the call of the agent open until the answer comes. The task waits
   * meanwhile: it gives its place to another, and the time limit of the attempt stands still. One
   * question at a time. A blocking agent joins the stage; after a crash it is called again, and the
   * same question has its answer at once.
   *
   * @param question the question
   * @return the decision, kept by the store; fails if the attempt is over, if it asks already, if
   *     nobody answers in time, or after 1,000 decisions about the task
   */
  public CompletionStage<Approval> ask(Question question) {
    return link.ask(Objects.requireNonNull(question, "a question must not be null"));
  }

  /**
   * Reports progress, adds what was used to the {@link #meter}, and holds it to the task's budget.
   *
   * @param more what was used since the last report
   * @param message one line for a reader
   * @return whether the agent may go on; false means: stop and report what there is. At a limit
   *     where a person is asked it completes with the decision; at one that stops the task it
   *     fails, and the agent is interrupted
   */
  public CompletionStage<Boolean> progress(Usage more, String message) {
    meter.add(more);
    return link.progress(more, message);
  }

  /**
   * {@return the same assignment with another meter}
   *
   * @param other takes the usage
   */
  public Assignment withMeter(UsageMeter other) {
    return new Assignment(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        other,
        approvals,
        resumeToken,
        link,
        directory,
        insights);
  }

  /**
   * {@return the same assignment with another link}
   *
   * @param other the engine
   */
  public Assignment withLink(AgentLink other) {
    return new Assignment(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        meter,
        approvals,
        resumeToken,
        other,
        directory,
        insights);
  }

  /**
   * {@return the same assignment in a folder} For an interceptor that gives each attempt a folder
   * of its own; {@link ProcessAgent} runs its command there.
   *
   * @param folder a folder that is there
   */
  public Assignment withDirectory(Path folder) {
    return new Assignment(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        meter,
        approvals,
        resumeToken,
        link,
        Optional.of(folder),
        insights);
  }

  /**
   * {@return the same assignment with other insights} For an interceptor that hands on what others
   * have learned. They cannot extend what was approved: task, agent, attempt and spec stay as they
   * were, and the work is judged by them alone.
   *
   * @param texts the insights, the best first
   * @throws IllegalArgumentException if there are too many, or they are too long
   */
  public Assignment withInsights(List<String> texts) {
    return new Assignment(
        task,
        agent,
        attempt,
        specDigest,
        timeLimit,
        meter,
        approvals,
        resumeToken,
        link,
        directory,
        texts);
  }

  /**
   * {@return the same assignment with less time} For an interceptor that needs some of it.
   *
   * @param shorter the limit, which the engine refuses if it is longer than its own
   */
  public Assignment withTimeLimit(Duration shorter) {
    return new Assignment(
        task,
        agent,
        attempt,
        specDigest,
        shorter,
        meter,
        approvals,
        resumeToken,
        link,
        directory,
        insights);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Digests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A question to a person, as it was kept before the person saw it.
 *
 * @param id the same whenever the same question is asked at the same point of the same task
 * @param tenant the tenant of the task
 * @param task the id of the task
 * @param point the point of the task at which it waits
 * @param attempt the attempt, 0 before the first
 * @param agent the agent of the attempt, empty before one was chosen
 * @param question the question, with all that is shown
 * @param audience who is asked now; empty for whoever the host lets decide
 * @param digest {@code sha256:} and the digest of the question, who is asked, the task, its spec
 *     and the work; a decision names it, so that it holds for what was shown and for nothing else
 * @param askedAt when the task began to wait
 * @param expiresAt when the audience has had its time
 */
public record ApprovalRequest(
    String id,
    String tenant,
    String task,
    Point point,
    int attempt,
    String agent,
    Question question,
    String audience,
    String digest,
    Instant askedAt,
    Instant expiresAt) {

  private static final int ID_LENGTH = 26;
  private static final int LONGEST_SHOWN = 1 << 20;

  /* The evidence of arbiter-caws that names the old path of a renamed file. */
  private static final String MOVED_FROM = "moved_from";

  /** The point of a task at which a person is asked. */
  public enum Point {
    /** Before any agent is called. */
    START,
    /** When the work is done, before it is judged. */
    RESULT,
    /** An agent asks while it works. */
    INPUT,
    /** The task has reached its budget. */
    BUDGET,
    /**
     * The tenant of the task has reached its budget. A raise gives the tenant other limits until
     * the end of the period.
     */
    TENANT_BUDGET;

    private boolean isBudget() {
      return this == BUDGET || this == TENANT_BUDGET;
    }

    /** {@return whether this kind of decision fits this point} */
    boolean takes(Answer.Kind kind) {
      return switch (kind) {
        case DENIED -> true;
        case APPROVED -> !isBudget();
        case EDITED -> this == START;
        case ANSWERED -> this == INPUT;
        case RAISED -> isBudget();
      };
    }
  }

  /**
   * {@return whether this kind of decision fits the point at which the task waits}
   *
   * @param kind the kind
   */
  public boolean takes(Answer.Kind kind) {
    return point.takes(kind);
  }

  /**
   * Makes the request about the beginning of a task. A question that shows nothing shows the
   * payload of the task.
   *
   * @param task the task as it was submitted
   * @param specDigest the digest of the admission
   * @param question the question
   * @param now when it is asked
   * @return the request; its id and its digest do not depend on the time
   */
  public static ApprovalRequest start(
      Task task, String specDigest, Question question, Instant now) {
    Question full = shown(question, task.payload());
    List<String> about = List.of(specDigest, task.type(), task.payload());
    return of(Point.START, task, 0, "", full, about, now);
  }

  /**
   * Makes the request about the work of an attempt. A question that shows nothing shows the output
   * and the changes. A constitution finds the decision about a piece of work by the id of this
   * request, see {@link Approval#request}.
   *
   * @param task the task
   * @param attempt the attempt
   * @param agent the agent
   * @param specDigest the digest of the admission
   * @param question the question
   * @param report the work
   * @param now when it is asked
   * @return the request; its id and its digest do not depend on the time
   */
  public static ApprovalRequest result(
      Task task,
      int attempt,
      String agent,
      String specDigest,
      Question question,
      WorkReport report,
      Instant now) {
    List<String> about = new ArrayList<>(List.of(specDigest, report.output()));
    about.add(String.valueOf(report.changes().size()));
    for (WorkReport.FileChange change : report.changes()) {
      about.addAll(
          List.of(change.path(), String.valueOf(change.added()), String.valueOf(change.removed())));
    }
    for (WorkReport.Evidence evidence : report.evidence()) {
      about.addAll(
          List.of(
              evidence.gate(),
              String.valueOf(evidence.passed()),
              String.valueOf(evidence.value()),
              String.valueOf(evidence.detail())));
    }
    return of(Point.RESULT, task, attempt, agent, shown(question, text(report)), about, now);
  }

  /**
   * Makes a request.
   *
   * @param point the point of the task
   * @param task the task
   * @param attempt the attempt, 0 before the first
   * @param agent the agent of the attempt, empty before one was chosen
   * @param question the question, with all that is shown
   * @param about what the decision is bound to beside task and question
   * @param now when it is asked
   * @return the request; its id and its digest do not depend on the time
   */
  public static ApprovalRequest of(
      Point point,
      Task task,
      int attempt,
      String agent,
      Question question,
      List<String> about,
      Instant now) {
    List<String> parts =
        new ArrayList<>(List.of(point.name(), task.tenant(), task.id(), question.text()));
    parts.addAll(about);
    parts.add(question.shown());
    if (!question.audiences().isEmpty()) {
      // Else a question of the submitter, to others, could answer that of the constitution.
      parts.add(Digests.named(question.audiences()));
    }
    String digest = Digests.named(parts);
    return new ApprovalRequest(
        "r-" + Digests.sha256Hex(digest + attempt).substring(0, ID_LENGTH),
        task.tenant(),
        task.id(),
        point,
        attempt,
        agent,
        question,
        question.audiences().isEmpty() ? "" : question.audiences().get(0),
        digest,
        now,
        after(now, question.time()));
  }

  /**
   * {@return the same request to another audience, which has its own time}
   *
   * @param next who is asked now
   * @param now when
   */
  public ApprovalRequest to(String next, Instant now) {
    return new ApprovalRequest(
        id,
        tenant,
        task,
        point,
        attempt,
        agent,
        question,
        next,
        digest,
        now,
        after(now, question.time()));
  }

  private static String text(WorkReport report) {
    StringBuilder text = new StringBuilder(report.output());
    for (WorkReport.FileChange change : report.changes()) {
      text.append(
          String.format(
              Locale.ROOT, "\n%s +%d -%d", change.path(), change.added(), change.removed()));
    }
    for (WorkReport.Evidence evidence : report.evidence()) {
      if (evidence.gate().equals(MOVED_FROM)) {
        text.append("\n").append(evidence.detail()).append(" moved");
      }
    }
    return text.toString();
  }

  /* The digest holds for the whole; what is shown may be cut. */
  private static Question shown(Question question, String text) {
    if (!question.shown().isEmpty()) {
      return question;
    }
    return question.showing(
        text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN));
  }

  private static Instant after(Instant now, Duration time) {
    try {
      return now.plus(time);
    } catch (RuntimeException tooFar) {
      return Instant.MAX;
    }
  }
}

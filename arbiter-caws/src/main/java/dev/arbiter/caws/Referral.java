/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.project.Spec;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment.Violation;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a person must decide about a task: because of its risk tier, or because it breaks rules that
 * escalate.
 *
 * @param before the least risky tier that wants an approval before the work; 0 for none
 * @param after the least risky tier that wants an approval of the work; 0 for none
 * @param audiences who is asked, in order
 * @param time how long each of them has
 */
record Referral(int before, int after, List<String> audiences, Duration time) {
  /*
   * A decision counts for the question that would be asked now, and for no other: the id of its
   * request covers the question with every broken rule, the task, the charter, the report and the
   * attempt. So a decision about other work, another attempt or other rules is none, and a caller
   * who judges without having asked gets a denial.
   */
  static final Referral NONE = new Referral(0, 0, List.of(), Question.DEFAULT_TIME);

  private static final String DENIED = "arbiter.approval.denied";
  private static final String MISSING = "caws.approval.missing";
  private static final String GIVEN = "caws.approval.given";
  private static final int LONGEST = 3_900;
  private static final int LONGEST_PART = 300;

  /** Whether no tier wants a person. */
  boolean isEmpty() {
    return before == 0 && after == 0;
  }

  /** The question before the work; empty if nothing wants a person. */
  Optional<Question> start(Task task, Spec spec, List<Violation> escalated) {
    boolean tier = spec.tier() <= before;
    return !tier && escalated.isEmpty()
        ? Optional.empty()
        : question(
            String.format(Locale.ROOT, "May task '%s' of type '%s' begin?", task.id(), task.type()),
            spec,
            tier,
            escalated);
  }

  private Optional<Question> result(Assignment work, Spec spec, List<Violation> escalated) {
    boolean tier = spec.tier() <= after;
    return !tier && escalated.isEmpty()
        ? Optional.empty()
        : question(
            String.format(
                Locale.ROOT,
                "Is the work of '%s' on task '%s' of type '%s' acceptable?",
                work.agent(),
                work.task().id(),
                work.task().type()),
            spec,
            tier,
            escalated);
  }

  private Optional<Question> question(
      String asks, Spec spec, boolean tier, List<Violation> escalated) {
    StringBuilder text = new StringBuilder(asks);
    if (tier) {
      text.append(" Spec '").append(spec.id()).append("' has risk tier ").append(spec.tier());
      text.append('.');
    }
    for (Violation violation : escalated) {
      text.append(" Rule '").append(violation.rule().id()).append("' is broken: ");
      text.append(Sanitizer.text(violation.reason(), LONGEST_PART)).append("; ");
      text.append(Sanitizer.text(violation.rule().advice(), LONGEST_PART)).append('.');
    }
    String all = text.toString(); // what is cut off still counts: its digest is a part of the text
    String shown =
        all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "... " + Digests.named(all);
    return Optional.of(new Question(shown, "", audiences, time));
  }

  /** Finds the decisions about some work, which breaks these rules that escalate. */
  Hearing hear(Assignment work, WorkReport report, Spec spec, List<Violation> escalated) {
    if (isEmpty() && escalated.isEmpty()) {
      return new Hearing(this, work, spec, List.of(), List.of(), Optional.empty(), null, null);
    }
    List<Violation> begun = new ArrayList<>(escalated);
    begun.removeIf(violation -> violation.rule().phase() != Phase.BEFORE);
    Approval start = begun.isEmpty() ? null : decisionBefore(work, spec, begun);
    List<Violation> open = new ArrayList<>(escalated);
    if (start != null) {
      open.removeAll(begun);
    }
    Optional<Question> question = result(work, spec, open);
    Approval result = question.isEmpty() ? null : decisionAfter(work, report, question.get());
    return new Hearing(
        this, work, spec, start == null ? List.of() : begun, open, question, start, result);
  }

  private @Nullable Approval decisionBefore(Assignment work, Spec spec, List<Violation> begun) {
    Task task = work.task();
    Question question = start(task, spec, begun).orElseThrow();
    ApprovalRequest asked = ApprovalRequest.start(task, work.specDigest(), question, Instant.EPOCH);
    Approval decision = find(work, asked);
    return decision == null || decision.isDenial() ? null : decision;
  }

  private static @Nullable Approval decisionAfter(
      Assignment work, WorkReport report, Question question) {
    return find(
        work,
        ApprovalRequest.result(
            work.task(),
            work.attempt(),
            work.agent(),
            work.specDigest(),
            question,
            report,
            Instant.EPOCH));
  }

  private static @Nullable Approval find(Assignment work, ApprovalRequest asked) {
    for (Approval approval : work.approvals()) {
      if (approval.request().equals(asked.id()) && approval.digest().equals(asked.digest())) {
        return approval;
      }
    }
    return null;
  }

  /**
   * The decisions about one piece of work.
   *
   * @param begun the broken rules that were approved before the work
   * @param open the other broken rules that escalate
   * @param question what a person must decide about it; empty for nothing
   * @param start the approval of the rules that were broken before the work; null for none
   * @param result the decision about the work; null for none
   */
  record Hearing(
      Referral referral,
      Assignment work,
      Spec spec,
      List<Violation> begun,
      List<Violation> open,
      Optional<Question> question,
      @Nullable Approval start,
      @Nullable Approval result) {

    /** The approval of a broken rule that escalates; null if nobody approved it. */
    @Nullable Approval approvalOf(Violation violation) {
      if (begun.contains(violation)) {
        return start;
      }
      boolean approved = result != null && !result.isDenial() && open.contains(violation);
      return approved ? result : null;
    }

    /** Adds an error for what a person denied, or should have approved and did not. */
    void decide(Findings errors, Findings notes) {
      if (result != null) {
        String by = "'" + result.answer().by() + "'";
        if (result.isDenial()) {
          String why = Sanitizer.text(result.answer().text(), LONGEST_PART);
          errors.error(DENIED, "", "denied by " + by + ": " + why);
        } else {
          notes.add(new Finding(GIVEN, Severity.INFO, "", "approved by " + by));
        }
      } else if (spec.tier() <= referral.after) {
        errors.error(MISSING, "/risk_tier", missing("of the work, and this work has none"));
      }
      if (spec.tier() <= referral.before && !isBegunByApproval()) {
        errors.error(MISSING, "/risk_tier", missing("before the work, and there was none"));
      }
    }

    private String missing(String which) {
      return "risk tier "
          + spec.tier()
          + " wants a person's approval "
          + which
          + "; submit the task to an arbiter, which asks";
    }

    /* The engine calls no agent without the approval; this finds a caller that does not ask. */
    private boolean isBegunByApproval() {
      for (Approval approval : work.approvals()) {
        if (approval.point() == Point.START && !approval.isDenial()) {
          return true;
        }
      }
      return false;
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Verdict;
import dev.arbiter.trace.TaskSpans;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The content of a sealed document. Reading verifies no signature: see {@link VerdictVerifier}.
 *
 * @param verdict {@code approved}, {@code waived} or {@code denied}
 * @param time the time of the judgement, such as {@code 2026-01-01T00:00:00.000000000Z}
 * @param task the task's id
 * @param tenant the task's tenant
 * @param agent the agent that did the work
 * @param attempt the number of the attempt, from 1
 * @param specId the working spec, empty when the work could not be judged
 * @param specDigest digest of the spec, policy and waivers that the work was judged by
 * @param changeDigest digest of the changes
 * @param policyDigest digest of the policy, empty when the work could not be judged
 * @param keyId the key of the log or signature, empty when nothing is signed
 * @param context the clauses that it rests on, and how the work meets them in figures
 */
public record SealedVerdict(
    String verdict,
    String time,
    String task,
    String tenant,
    String agent,
    long attempt,
    String specId,
    String specDigest,
    String changeDigest,
    String policyDigest,
    String keyId,
    ConstitutionalContext context) {

  /**
   * Reads the document of a verdict's seal.
   *
   * @param verdict a verdict that {@link Caws} gave
   * @return empty if its seal has no such document
   */
  public static Optional<SealedVerdict> of(Verdict verdict) {
    return read(verdict.seal().document());
  }

  /**
   * Reads a document.
   *
   * @param document from a seal or a log
   * @return empty if it is not a verdict's document
   */
  public static Optional<SealedVerdict> read(String document) {
    try {
      return Document.json(document) instanceof Node.Fields statement
              && isVerdict(statement)
              && version(statement).equals(VerdictSerializer.VERSION)
          ? Optional.of(read(statement))
          : Optional.empty();
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  /** Whether an in-toto statement is about a verdict, of any version. */
  static boolean isVerdict(Node statement) {
    return statement.text("_type").equals(VerdictSerializer.STATEMENT)
        && statement.text("predicateType").equals(VerdictSerializer.PREDICATE)
        && statement.field("predicate") instanceof Node.Fields;
  }

  static String version(Node statement) {
    return statement.field("predicate").text("version");
  }

  /**
   * The gates of a verdict, for {@link TaskSpans#gates}. Costs a reading of its document.
   *
   * @param verdict a verdict that {@link Caws} gave
   * @return empty if its seal has no such document
   */
  public static List<TaskSpans.Gate> gates(Verdict verdict) {
    List<TaskSpans.Gate> gates = new ArrayList<>();
    try {
      if (!(Document.json(verdict.seal().document()) instanceof Node.Fields statement)) {
        return List.of();
      }
      for (Node gate : statement.field("predicate").field("gates").items()) {
        String state = gate.text("state");
        gates.add(new TaskSpans.Gate(gate.text("gate"), isFine(state), state));
      }
    } catch (Unreadable e) {
      return List.of();
    }
    return gates;
  }

  private static boolean isFine(String state) {
    return !state.equals("failed") && !state.equals("missing");
  }

  private static SealedVerdict read(Node statement) {
    Node root = statement.field("predicate");
    String charter = subject(statement, "charter");
    Long attempt = FieldReader.whole(root.field("attempt"));
    return new SealedVerdict(
        root.text("verdict"),
        root.text("time"),
        root.field("task").text("id"),
        root.field("task").text("tenant"),
        root.text("agent"),
        attempt == null ? 0 : attempt,
        root.text("specId"),
        charter.isEmpty() ? root.text("specDigest") : charter,
        subject(statement, "changes"),
        root.text("policyDigest"),
        root.text("keyId"),
        context(root));
  }

  /** The digest of the subject of this name; empty when the statement has none. */
  static String subject(Node statement, String name) {
    for (Node subject : statement.field("subject").items()) {
      if (subject.text("name").equals(name)) {
        return Digests.NAME + subject.field("digest").text("sha256");
      }
    }
    return "";
  }

  private static ConstitutionalContext context(Node root) {
    List<ClauseCitation> citations = new ArrayList<>();
    for (Node gate : root.field("gates").items()) {
      citations.add(citation(gate, "state", "gate", "evidence"));
    }
    for (Node finding : root.field("findings").items()) {
      citations.add(citation(finding, "severity", "ruleId", "place"));
    }
    return new ConstitutionalContext(citations, metrics(root.field("governanceMetrics")));
  }

  private static ClauseCitation citation(
      Node node, String decision, String rationale, String evidence) {
    return new ClauseCitation(
        node.text("clauseId"), node.text(decision), node.text(rationale), node.text(evidence));
  }

  private static Optional<GovernanceMetrics> metrics(Node figures) {
    try {
      return Optional.of(
          new GovernanceMetrics(
              count(figures, "waiverRate"),
              count(figures, "gateIntegrity"),
              count(figures, "budgetCompliance"),
              count(figures, "evidenceCompleteness"),
              count(figures, "complianceScore"),
              count(figures, "budgetUsed"),
              count(figures, "rulesEvaluated"),
              count(figures, "rulesViolated")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A whole number; -1, which no figure accepts, when there is none that fits. */
  private static int count(Node figures, String name) {
    Long value = FieldReader.whole(figures.field(name));
    return value == null || value > Integer.MAX_VALUE || value < 0 ? -1 : value.intValue();
  }

  /** {@return whether the work passed; true when approved or waived} */
  public boolean passed() {
    return verdict.equals(Judgement.Outcome.APPROVED.word)
        || verdict.equals(Judgement.Outcome.WAIVED.word);
  }

  /**
   * The clauses a verdict rests on, and how the work meets them in figures.
   *
   * @param clauseCitations one for each gate, then one for each finding, in the verdict's order
   * @param governanceMetrics empty when the document has none that are possible
   */
  public record ConstitutionalContext(
      List<ClauseCitation> clauseCitations, Optional<GovernanceMetrics> governanceMetrics) {
    /** Copies. */
    public ConstitutionalContext {
      clauseCitations = List.copyOf(clauseCitations);
    }
  }

  /**
   * The clause that one gate or one finding of a verdict rests on.
   *
   * <p>Field names and groups of clauses are those of the CAWS verdict: {@code CAWS:4} budget,
   * {@code CAWS:5} waivers, {@code CAWS:6} gates, {@code CAWS:7} provenance, {@code CAWS:8}
   * authority. Arbiter numbers the clauses within a group.
   *
   * @param clauseId such as {@code CAWS:4.1}
   * @param decision the state of the gate, such as {@code passed}; for a finding its severity
   * @param rationale the gate's name or the finding's rule id
   * @param evidence where the rule is written: {@code policy#}, {@code spec#}, {@code
   *     constitution#} or {@code host#} and a JSON pointer or id; for a finding its place
   */
  public record ClauseCitation(
      String clauseId, String decision, String rationale, String evidence) {}

  /**
   * How a piece of work meets its rules, in figures.
   *
   * <p>Shares are whole per cent from 0 to 100, rounded down, so that 100 means all.
   *
   * @param waiverRate the share of evaluated gates that a waiver lifted
   * @param gateIntegrity the share of evaluated gates that passed
   * @param budgetCompliance how much of the used budget the limit covers: of files or of lines,
   *     whichever is less
   * @param evidenceCompleteness the share of gates that are not skipped for which there was
   *     evidence or a check
   * @param complianceScore 100 less 20 for each error and 10 for each warning, at least 0
   * @param budgetUsed how much of the limit is used: of files or of lines, whichever is more; at
   *     most 1,000
   * @param rulesEvaluated how many constitutional rules were evaluated
   * @param rulesViolated how many of them were broken, waived or not
   */
  public record GovernanceMetrics(
      int waiverRate,
      int gateIntegrity,
      int budgetCompliance,
      int evidenceCompleteness,
      int complianceScore,
      int budgetUsed,
      int rulesEvaluated,
      int rulesViolated) {

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a share is not within 0 to 100, or a count is negative
     */
    public GovernanceMetrics {
      int shares = Math.max(Math.max(waiverRate, gateIntegrity), budgetCompliance);
      shares = Math.max(Math.max(evidenceCompleteness, complianceScore), shares);
      int signs = waiverRate | gateIntegrity | budgetCompliance | evidenceCompleteness;
      signs |= complianceScore | budgetUsed | rulesEvaluated | rulesViolated;
      if (shares > 100 || signs < 0) {
        List<Integer> all =
            List.of(
                waiverRate,
                gateIntegrity,
                budgetCompliance,
                evidenceCompleteness,
                complianceScore,
                budgetUsed,
                rulesEvaluated,
                rulesViolated);
        throw new IllegalArgumentException(
            "governance metrics are per cent from 0 to 100 and counts, got " + all);
      }
    }
  }
}

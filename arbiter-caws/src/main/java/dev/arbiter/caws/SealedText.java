/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.SealedVerdict.ClauseCitation;
import dev.arbiter.caws.SealedVerdict.ConstitutionalContext;
import dev.arbiter.caws.SealedVerdict.GovernanceMetrics;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A sealed document as read back, to be held against the verdict it came with. */
final class SealedText {
  private final Node.Fields root;
  private final Node subjects;

  private SealedText(Node.Fields root, Node subjects) {
    this.root = root;
    this.subjects = subjects;
  }

  /** What an in-toto statement says about a verdict, null when it is another statement. */
  static @Nullable SealedText of(Node.Fields statement) {
    boolean verdict =
        text(statement, "_type").equals(VerdictSerializer.STATEMENT)
            && text(statement, "predicateType").equals(VerdictSerializer.PREDICATE);
    return verdict && statement.values().get("predicate") instanceof Node.Fields predicate
        ? new SealedText(predicate, field(statement, "subject"))
        : null;
  }

  /** A field's text, empty when it has none. */
  String text(String name) {
    return text(root, name);
  }

  String text(String object, String name) {
    return text(field(root, object), name);
  }

  private static String text(Node node, String name) {
    return node instanceof Node.Fields fields && fields.values().get(name) instanceof Node.Text text
        ? text.value()
        : "";
  }

  private static Node field(Node node, String name) {
    Node found = node instanceof Node.Fields fields ? fields.values().get(name) : null;
    return found == null ? new Node.Nothing(0) : found;
  }

  private static List<Node> items(Node node) {
    return node instanceof Node.Items items ? items.values() : List.of();
  }

  /** What the verdict says otherwise than the document, empty when they agree. */
  String disagreement(Verdict verdict) {
    String word =
        verdict.match(
            approved -> Judgement.Outcome.APPROVED.word,
            waived -> Judgement.Outcome.WAIVED.word,
            denied -> Judgement.Outcome.DENIED.word);
    if (!text("verdict").equals(word)) {
      return "the document says "
          + Sanitizer.text(text("verdict"), 40)
          + ", the verdict says "
          + word;
    }
    if (verdict.passed() && verdict.quality() != quality()) {
      return "the verdict's quality is not the document's";
    }
    List<String> waivers = verdict instanceof Verdict.Waived waived ? waived.waivers() : List.of();
    if (verdict.passed() && !waivers.equals(waivers())) {
      return "the verdict's waivers are not the document's";
    }
    return sameFindings(verdict.findings()) ? "" : "the verdict's findings are not the document's";
  }

  /** What the verdict rests on; without figures when they cannot be. */
  ConstitutionalContext context() {
    List<ClauseCitation> citations = new ArrayList<>();
    for (Node gate : items(field(root, "gates"))) {
      citations.add(citation(gate, "state", "gate", "evidence"));
    }
    for (Node finding : items(field(root, "findings"))) {
      citations.add(citation(finding, "severity", "ruleId", "place"));
    }
    return new ConstitutionalContext(citations, metrics(field(root, "governanceMetrics")));
  }

  private static ClauseCitation citation(
      Node node, String decision, String rationale, String evidence) {
    return new ClauseCitation(
        text(node, "clauseId"), text(node, decision), text(node, rationale), text(node, evidence));
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

  /** A whole number, negative when there is none that fits. */
  private static int count(Node figures, String name) {
    Long value = FieldReader.whole(field(figures, name));
    return value == null || value > Integer.MAX_VALUE || value < 0 ? -1 : value.intValue();
  }

  /** How often the task was tried, 0 when the document does not say. */
  long attempt() {
    Long attempt = FieldReader.whole(field(root, "attempt"));
    return attempt == null ? 0 : attempt;
  }

  /** The digest of one of the things the statement is about, empty when it has none of the name. */
  String subject(String name) {
    for (Node subject : items(subjects)) {
      if (text(subject, "name").equals(name)) {
        return Digests.NAME + text(field(subject, "digest"), "sha256");
      }
    }
    return "";
  }

  /** What the work was held to: a subject where it is a digest, else a field. */
  String specDigest() {
    String charter = subject("charter");
    return charter.isEmpty() ? text("specDigest") : charter;
  }

  private double quality() {
    Node quality = field(root, "quality");
    Long evaluated = FieldReader.whole(field(quality, "evaluated"));
    Long passed = FieldReader.whole(field(quality, "passed"));
    return evaluated == null || passed == null
        ? Double.NaN
        : Judgement.quality(passed.intValue(), evaluated.intValue());
  }

  private List<String> waivers() {
    List<String> ids = new ArrayList<>();
    for (Node waiver : items(field(field(root, "waivers"), "applied"))) {
      ids.add(text(waiver, "id"));
    }
    return ids;
  }

  private boolean sameFindings(List<Finding> findings) {
    List<Node> sealed = items(field(root, "findings"));
    boolean same = sealed.size() == findings.size();
    for (int i = 0; same && i < sealed.size(); i++) {
      Finding finding = findings.get(i);
      Node node = sealed.get(i);
      same =
          text(node, "ruleId").equals(finding.ruleId())
              && text(node, "place").equals(finding.place())
              && text(node, "message").equals(finding.message())
              && text(node, "severity").equals(Clauses.word(finding))
              && line(node) == finding.line();
    }
    return same;
  }

  private static long line(Node node) {
    Long line = FieldReader.whole(field(node, "line"));
    return line == null ? 0 : line;
  }

  /** Writes a tree canonically; documents hold no other numbers than whole ones. */
  static void write(Node node, JsonBytes to) {
    if (node instanceof Node.Fields fields) {
      char before = '{';
      for (Map.Entry<String, Node> entry : new TreeMap<>(fields.values()).entrySet()) {
        to.raw(before).string(entry.getKey()).raw(':');
        write(entry.getValue(), to);
        before = ',';
      }
      to.raw(before == '{' ? "{}" : "}");
    } else if (node instanceof Node.Items items) {
      char before = '[';
      for (Node item : items.values()) {
        to.raw(before);
        write(item, to);
        before = ',';
      }
      to.raw(before == '[' ? "[]" : "]");
    } else if (node instanceof Node.Text text) {
      to.string(text.value());
    } else if (node instanceof Node.Whole whole) {
      to.number(whole.value());
    } else if (node instanceof Node.Flag flag) {
      to.raw(Boolean.toString(flag.value()));
    } else {
      to.raw("null");
    }
  }
}

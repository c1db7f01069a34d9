/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A sealed document as read back, to be held against the verdict it came with. */
final class SealedText {
  private final Node.Fields root;

  private SealedText(Node.Fields root) {
    this.root = root;
  }

  /** What an in-toto statement says about a verdict, null when it is another statement. */
  static @Nullable SealedText of(Node.Fields statement) {
    boolean verdict =
        text(statement, "_type").equals(VerdictWriter.STATEMENT)
            && text(statement, "predicateType").equals(VerdictWriter.PREDICATE);
    return verdict && statement.values().get("predicate") instanceof Node.Fields predicate
        ? new SealedText(predicate)
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
            approved -> Decision.Outcome.APPROVED.word,
            waived -> Decision.Outcome.WAIVED.word,
            denied -> Decision.Outcome.DENIED.word);
    if (!text("verdict").equals(word)) {
      return "the document says " + Clean.text(text("verdict"), 40) + ", the verdict says " + word;
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

  private double quality() {
    Node quality = field(root, "quality");
    Long evaluated = Shape.whole(field(quality, "evaluated"));
    Long passed = Shape.whole(field(quality, "passed"));
    return evaluated == null || passed == null
        ? Double.NaN
        : Decision.quality(passed.intValue(), evaluated.intValue());
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
              && text(node, "severity").equals(VerdictWriter.word(finding));
    }
    return same;
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

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Verdict;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A verdict that a log has, as its document says it. */
record RecordedVerdict(SealedVerdict content, Node predicate) {

  /** Reads a document that a log has; empty if it is no verdict of this version. */
  static Optional<RecordedVerdict> read(String document) {
    try {
      return Document.json(document) instanceof Node.Fields statement
          ? SealedVerdict.read(document)
              .map(content -> new RecordedVerdict(content, statement.field("predicate")))
          : Optional.empty();
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  /** Whether it is about an attempt of a task that was accepted at this time. */
  boolean isOf(Assignment assignment, Instant accepted) {
    return content.attempt() == assignment.attempt()
        && content.agent().equals(assignment.agent())
        && content.task().equals(assignment.task().id())
        && content.tenant().equals(assignment.task().tenant())
        && !time().isBefore(accepted);
  }

  private Instant time() {
    try {
      return Instant.parse(content.time());
    } catch (DateTimeException e) {
      return Instant.MIN;
    }
  }

  /** The verdict, under a seal of the same document. */
  Verdict under(Seal seal) {
    List<Finding> findings = findings();
    if (!content.passed()) {
      return new Verdict.Denied(findings, seal, Judgement.isExcused(findings));
    }
    List<String> waivers = new ArrayList<>();
    predicate.field("waivers").field("applied").items().forEach(w -> waivers.add(w.text("id")));
    Node quality = predicate.field("quality");
    double share = Judgement.quality(whole(quality, "passed"), whole(quality, "evaluated"));
    return waivers.isEmpty()
        ? new Verdict.Approved(findings, share, seal)
        : new Verdict.Waived(findings, waivers, share, seal);
  }

  private List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (Node finding : predicate.field("findings").items()) {
      findings.add(
          new Finding(
              finding.text("ruleId"),
              Severity.valueOf(finding.text("severity").toUpperCase(Locale.ROOT)),
              finding.text("place"),
              whole(finding, "line"),
              finding.text("message")));
    }
    return findings;
  }

  private static int whole(Node fields, String name) {
    Long value = FieldReader.whole(fields.field(name));
    return value == null ? 0 : Math.toIntExact(value);
  }
}

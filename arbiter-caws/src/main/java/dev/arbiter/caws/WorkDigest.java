/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Question;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.Terms;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Digests that bind a verdict to its work: every component of the task and of the report counts,
 * and two different values never have the same text. Not thread-safe. A digest is valid until the
 * next of its kind: that of changes, or that of a report or task.
 */
final class WorkDigest {
  /*
   * The text is JSON with sorted keys. A fraction is written as the bits of its double, because the
   * JDK writes fractions in more than one way; an unpaired surrogate as its escape, because its
   * UTF-8 form is that of every other. Long outputs pass through a small buffer.
   */
  private static final int CHUNK = 4096;
  private static final int LARGEST_KEPT = 1 << 20;

  private JsonBytes json = new JsonBytes();
  private final MessageDigest digest = Digests.sha256();
  private final byte[] hash = new byte[Digests.LENGTH];
  private final byte[] changesHash = new byte[Digests.LENGTH];

  /** The digest of a task. */
  byte[] of(Task task) {
    json.clear();
    names(task.capabilities());
    if (!task.correlationId().isEmpty()) {
      text(",\"correlationId\":", task.correlationId());
    }
    json.raw(",\"deadline\":");
    if (task.deadline().isPresent()) {
      time(task.deadline().get());
    } else {
      json.raw("null");
    }
    text(",\"id\":", task.id());
    text(",\"idempotencyKey\":", task.idempotencyKey());
    text(",\"payload\":", task.payload());
    json.raw(",\"priority\":").number(task.priority());
    spec(task.spec());
    text(",\"tenant\":", task.tenant());
    if (!task.terms().equals(Terms.none())) {
      terms(task.terms());
    }
    text(",\"type\":", task.type());
    return end();
  }

  private void terms(Terms terms) {
    json.raw(",\"terms\":{");
    terms
        .approval()
        .ifPresent(
            question -> {
              json.raw("\"approval\":");
              question(question);
              json.raw(',');
            });
    TaskBudget budget = terms.budget();
    if (terms.attemptLimit().isPresent()) {
      json.raw("\"attemptLimit\":");
      time(terms.attemptLimit().get());
      json.raw(',');
    }
    if (terms.bestOf() > 1) {
      json.raw("\"bestOf\":").number(terms.bestOf()).raw(',');
    }
    json.raw("\"budget\":{\"atLimit\":\"").raw(budget.atLimit().name());
    json.raw("\",\"attempts\":").number(budget.attempts());
    json.raw(",\"calls\":").number(budget.calls());
    json.raw(",\"cost\":").number(Double.doubleToLongBits(budget.cost())).raw(",\"time\":");
    time(budget.time());
    json.raw(",\"tokens\":").number(budget.tokens());
    json.raw(terms.deadlinePauses() ? "},\"deadlinePauses\":true" : "},\"deadlinePauses\":false");
    if (terms.hedged()) {
      json.raw(",\"hedged\":true");
    }
    terms
        .notBefore()
        .ifPresent(
            moment -> {
              json.raw(",\"notBefore\":[").number(moment.getEpochSecond());
              json.raw(',').number(moment.getNano()).raw(']');
            });
    json.raw('}');
  }

  private void question(Question question) {
    json.raw("{\"audiences\":[");
    for (int i = 0; i < question.audiences().size(); i++) {
      text(i == 0 ? "" : ",", question.audiences().get(i));
    }
    text("],\"shown\":", question.shown());
    text(",\"text\":", question.text());
    json.raw(",\"time\":");
    time(question.time());
    json.raw('}');
  }

  private void names(Set<String> capabilities) {
    json.raw("{\"capabilities\":[");
    String before = "";
    for (String name : capabilities.size() < 2 ? capabilities : new TreeSet<>(capabilities)) {
      text(before, name);
      before = ",";
    }
    json.raw(']');
  }

  private void spec(SpecRef spec) {
    if (spec instanceof SpecRef.Id id) {
      text(",\"spec\":{\"id\":", id.id());
    } else if (spec instanceof SpecRef.Text text) {
      text(",\"spec\":{\"text\":", text.text());
    } else {
      json.raw(",\"spec\":{");
    }
    json.raw('}');
  }

  /** The digest of a report, of whose changes this is the digest. */
  byte[] of(WorkReport report, byte[] changes) {
    json.clear();
    json.raw("{\"changes\":\"").hex(changes).raw("\",\"evidence\":[");
    for (int i = 0; i < report.evidence().size(); i++) {
      Evidence piece = report.evidence().get(i);
      text(i == 0 ? "{\"detail\":" : ",{\"detail\":", piece.detail());
      text(",\"gate\":", piece.gate());
      json.raw(piece.passed() ? ",\"passed\":true,\"value\":" : ",\"passed\":false,\"value\":");
      json.number(Double.doubleToLongBits(piece.value())).raw('}');
    }
    text("],\"output\":", report.output());
    if (report.pending().isPresent()) {
      pending(report.pending().get());
    }
    json.raw(",\"usage\":{\"cost\":").number(Double.doubleToLongBits(report.usage().cost()));
    json.raw(",\"inputTokens\":").number(report.usage().inputTokens());
    json.raw(",\"outputTokens\":").number(report.usage().outputTokens());
    json.raw(",\"time\":");
    time(report.usage().time());
    json.raw('}');
    return end();
  }

  private void pending(WorkReport.Pending pending) {
    json.raw(",\"pending\":{\"question\":");
    question(pending.question());
    text(",\"resumeToken\":", pending.resumeToken());
    json.raw('}');
  }

  /** The digest of changes. */
  byte[] of(List<FileChange> changes) {
    json.clear();
    VerdictSerializer.changes(changes, json);
    return finish(changesHash);
  }

  private void time(Duration time) {
    json.raw('[').number(time.getSeconds()).raw(',').number(time.getNano()).raw(']');
  }

  private void text(String before, String text) {
    json.raw(before).raw('"');
    for (int from = 0; from < text.length(); ) {
      int to = Math.min(text.length(), from + CHUNK);
      if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
        to--;
      }
      json.exact(text, from, to);
      from = to;
      pass();
    }
    json.raw('"');
  }

  private void pass() {
    if (json.length() > CHUNK) {
      digest.update(json.bytes(), 0, json.length());
      json.clear();
    }
  }

  private byte[] end() {
    json.raw('}');
    return finish(hash);
  }

  private byte[] finish(byte[] to) {
    digest.update(json.bytes(), 0, json.length());
    if (json.bytes().length > LARGEST_KEPT) {
      json = new JsonBytes();
    }
    Digests.finish(digest, to);
    return to;
  }
}

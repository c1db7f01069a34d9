/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Decision.GateOutcome;
import dev.arbiter.task.FileChange;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.Locale;

/**
 * Writes a decision as canonical JSON; the keys are given in order, by hand. The document is an
 * in-toto Statement v1, so that what is sealed and logged is what an export signs, byte for byte.
 */
final class VerdictWriter {
  static final String VERSION = "arbiter.verdict.v1";

  static final String STATEMENT = "https://in-toto.io/Statement/v1";
  static final String PREDICATE = "https://arbiter.dev/verdict/v1";

  private final Stamp stamp = new Stamp();

  /** The reported changes, as {@code [[path, added, removed], ...]}, in the order reported. */
  static void changes(List<FileChange> changes, JsonBytes to) {
    to.raw('[');
    for (int i = 0; i < changes.size(); i++) {
      FileChange change = changes.get(i);
      to.raw(i == 0 ? "[" : ",[").string(change.path());
      to.raw(',').number(change.added()).raw(',').number(change.removed()).raw(']');
    }
    to.raw(']');
  }

  void verdict(Decision d, String keyId, byte[] changeDigest, JsonBytes to) {
    Task task = d.assignment().task();
    to.raw("{\"_type\":\"").raw(STATEMENT).raw("\",\"predicate\":");
    to.raw("{\"agent\":").string(d.assignment().agent());
    to.raw(",\"attempt\":").number(d.assignment().attempt());
    budget(d.budget(), to);
    to.raw(",\"changeDigest\":\"sha256:").hex(changeDigest).raw('"');
    findings(d.findings(), to);
    gates(d.gates(), to);
    to.raw(",\"keyId\":").string(keyId);
    to.raw(",\"policyDigest\":").string(d.policyDigest());
    to.raw(",\"quality\":{\"evaluated\":").number(d.evaluated());
    to.raw(",\"passed\":").number(d.passed());
    to.raw("},\"specDigest\":").string(d.assignment().specDigest());
    to.raw(",\"specId\":").string(d.specId());
    to.raw(",\"task\":{\"id\":").string(task.id());
    to.raw(",\"tenant\":").string(task.tenant());
    to.raw(",\"type\":").string(task.type());
    to.raw("},\"time\":");
    stamp.write(d.time(), to);
    to.raw(",\"verdict\":\"").raw(d.outcome().word);
    to.raw("\",\"version\":\"").raw(VERSION).raw('"');
    waivers(d, to);
    to.raw("},\"predicateType\":\"").raw(PREDICATE);
    subject(d.assignment().specDigest(), changeDigest, to);
  }

  /** What the verdict is about: the changes, and what they were held to where that is a digest. */
  private static void subject(String specDigest, byte[] changeDigest, JsonBytes to) {
    to.raw("\",\"subject\":[{\"digest\":{\"sha256\":\"").hex(changeDigest);
    to.raw("\"},\"name\":\"changes\"}");
    if (Digests.isNamed(specDigest)) {
      to.raw(",{\"digest\":{\"sha256\":\"").raw(specDigest, Digests.NAME.length());
      to.raw("\"},\"name\":\"charter\"}");
    }
    to.raw("]}");
  }

  private static void budget(Decision.Budget budget, JsonBytes to) {
    to.raw(",\"budget\":{\"limit\":{\"files\":").number(budget.fileLimit());
    to.raw(",\"lines\":").number(budget.lineLimit());
    to.raw("},\"used\":{\"files\":").number(budget.files());
    to.raw(",\"lines\":").number(budget.lines()).raw("}}");
  }

  private static void findings(List<Finding> findings, JsonBytes to) {
    to.raw(",\"findings\":[");
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      to.raw(i == 0 ? "{\"message\":" : ",{\"message\":").string(finding.message());
      to.raw(",\"place\":").string(finding.place());
      to.raw(",\"ruleId\":").string(finding.ruleId());
      to.raw(",\"severity\":\"").raw(word(finding)).raw("\"}");
    }
    to.raw(']');
  }

  static String word(Finding finding) {
    return finding.severity().name().toLowerCase(Locale.ROOT);
  }

  private static void gates(List<GateOutcome> gates, JsonBytes to) {
    to.raw(",\"gates\":[");
    for (int i = 0; i < gates.size(); i++) {
      GateOutcome gate = gates.get(i);
      to.raw(i == 0 ? "{\"gate\":" : ",{\"gate\":").string(gate.gate());
      to.raw(",\"mode\":\"").raw(gate.mode().word);
      to.raw("\",\"state\":\"").raw(gate.state().word).raw("\"}");
    }
    to.raw(']');
  }

  private static void waivers(Decision d, JsonBytes to) {
    to.raw(",\"waivers\":{\"applied\":[");
    for (int i = 0; i < d.applied().size(); i++) {
      Waiver waiver = d.applied().get(i);
      to.raw(i == 0 ? "{\"digest\":" : ",{\"digest\":").string(waiver.digest());
      to.raw(",\"id\":").string(waiver.id()).raw('}');
    }
    to.raw("],\"skipped\":[");
    for (int i = 0; i < d.skipped().size(); i++) {
      WaiverBoard.Skipped skip = d.skipped().get(i);
      to.raw(i == 0 ? "{\"id\":" : ",{\"id\":").string(skip.id());
      to.raw(",\"reason\":").string(skip.reason()).raw('}');
    }
    to.raw("]}");
  }
}

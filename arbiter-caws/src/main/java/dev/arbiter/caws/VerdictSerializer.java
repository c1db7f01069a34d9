/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.SealedVerdict.GovernanceMetrics;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.FileChange;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a decision as canonical JSON; the keys are given in order, by hand. The document is an
 * in-toto Statement v1, so that what is sealed and logged is what an export signs, byte for byte.
 * Change digest and spec digest stand once, as the statement's subjects.
 */
final class VerdictSerializer {
  static final String VERSION = "arbiter.verdict.v1";

  static final String STATEMENT = "https://in-toto.io/Statement/v1";
  static final String PREDICATE = "https://arbiter.dev/verdict/v1";

  private static final byte[] START =
      ascii("{\"_type\":\"" + STATEMENT + "\",\"predicate\":{\"agent\":");
  private static final byte[] SUBJECT =
      ascii("},\"predicateType\":\"" + PREDICATE + "\",\"subject\":[{\"digest\":{\"sha256\":\"");

  private final Stamp stamp = new Stamp();

  private static byte[] ascii(String json) {
    return json.getBytes(StandardCharsets.US_ASCII);
  }

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

  void verdict(Judgement d, String keyId, byte[] changeDigest, JsonBytes to) {
    Task task = d.assignment().task();
    String specDigest = d.assignment().specDigest();
    to.raw(START).string(d.assignment().agent());
    to.raw(",\"attempt\":").number(d.assignment().attempt());
    budget(d.budget(), to);
    findings(d.findings(), to);
    gates(d.gates(), to);
    metrics(d.tally().metrics(), to);
    to.raw(",\"keyId\":").string(keyId);
    to.raw(",\"policyDigest\":").string(d.policyDigest());
    to.raw(",\"quality\":{\"evaluated\":").number(d.tally().evaluated());
    to.raw(",\"passed\":").number(d.tally().passed()).raw('}');
    if (!Digests.isNamed(specDigest)) {
      to.raw(",\"specDigest\":").string(specDigest);
    }
    to.raw(",\"specId\":").string(d.specId());
    to.raw(",\"task\":{\"id\":").string(task.id());
    to.raw(",\"tenant\":").string(task.tenant());
    to.raw(",\"type\":").string(task.type());
    to.raw("},\"time\":");
    stamp.write(d.time(), to);
    to.raw(",\"verdict\":\"").raw(d.outcome().word);
    to.raw("\",\"version\":\"").raw(VERSION).raw('"');
    waivers(d, to);
    subject(specDigest, changeDigest, to);
  }

  /** What the verdict is about: the changes, and what they were held to where that is a digest. */
  private static void subject(String specDigest, byte[] changeDigest, JsonBytes to) {
    to.raw(SUBJECT).hex(changeDigest);
    to.raw("\"},\"name\":\"changes\"}");
    if (Digests.isNamed(specDigest)) {
      to.raw(",{\"digest\":{\"sha256\":\"").raw(specDigest, Digests.NAME.length());
      to.raw("\"},\"name\":\"charter\"}");
    }
    to.raw("]}");
  }

  private static void budget(Judgement.Budget budget, JsonBytes to) {
    to.raw(",\"budget\":{\"limit\":{\"files\":").number(budget.fileLimit());
    to.raw(",\"lines\":").number(budget.lineLimit());
    to.raw("},\"used\":{\"files\":").number(budget.files());
    to.raw(",\"lines\":").number(budget.lines()).raw("}}");
  }

  private static void findings(List<Finding> findings, JsonBytes to) {
    to.raw(",\"findings\":[");
    for (int i = 0; i < findings.size(); i++) {
      Finding finding = findings.get(i);
      to.raw(i == 0 ? "{\"clauseId\":\"" : ",{\"clauseId\":\"");
      to.raw(Clauses.ofRule(finding.ruleId())).raw('"');
      if (finding.line() > 0) {
        to.raw(",\"line\":").number(finding.line());
      }
      to.raw(",\"message\":").string(finding.message());
      to.raw(",\"place\":").string(finding.place());
      to.raw(",\"ruleId\":").string(finding.ruleId());
      to.raw(",\"severity\":\"").raw(Clauses.word(finding)).raw("\"}");
    }
    to.raw(']');
  }

  private static void gates(List<GateOutcome> gates, JsonBytes to) {
    to.raw(",\"gates\":[");
    for (int i = 0; i < gates.size(); i++) {
      if (i > 0) {
        to.raw(',');
      }
      gates.get(i).write(to);
    }
    to.raw(']');
  }

  private static void metrics(GovernanceMetrics metrics, JsonBytes to) {
    to.raw(",\"governanceMetrics\":{\"budgetCompliance\":").number(metrics.budgetCompliance());
    to.raw(",\"budgetUsed\":").number(metrics.budgetUsed());
    to.raw(",\"complianceScore\":").number(metrics.complianceScore());
    to.raw(",\"evidenceCompleteness\":").number(metrics.evidenceCompleteness());
    to.raw(",\"gateIntegrity\":").number(metrics.gateIntegrity());
    to.raw(",\"rulesEvaluated\":").number(metrics.rulesEvaluated());
    to.raw(",\"rulesViolated\":").number(metrics.rulesViolated());
    to.raw(",\"waiverRate\":").number(metrics.waiverRate()).raw('}');
  }

  private static void waivers(Judgement d, JsonBytes to) {
    to.raw(",\"waivers\":{\"applied\":[");
    for (int i = 0; i < d.applied().size(); i++) {
      Waiver waiver = d.applied().get(i);
      to.raw(i == 0 ? "{\"digest\":" : ",{\"digest\":").string(waiver.digest());
      to.raw(",\"id\":").string(waiver.id()).raw('}');
    }
    to.raw("],\"skipped\":[");
    for (int i = 0; i < d.skipped().size(); i++) {
      WaiverResolver.Skipped skip = d.skipped().get(i);
      to.raw(i == 0 ? "{\"id\":" : ",{\"id\":").string(skip.id());
      to.raw(",\"reason\":").string(skip.reason()).raw('}');
    }
    to.raw("]}");
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.SealedVerdict.GovernanceMetrics;
import dev.arbiter.caws.internal.project.Clauses;
import dev.arbiter.caws.internal.project.GateOutcome;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.internal.Digests;
import dev.arbiter.internal.Spares;
import dev.arbiter.task.Approval;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;

/**
 * Writes judgements as canonical JSON, into memory that each thread keeps, and hashes them.
 * Thread-safe.
 *
 * <p>The document is an in-toto Statement v1, so that an export signs the very bytes that were
 * sealed and logged. The digests of changes, spec, report and task are the statement's subjects.
 */
final class VerdictSerializer {
  /*
   * The code writes the keys in canonical order. The sealer hashes a document for its digest, the
   * log once more as a leaf; with the processor's SHA instructions 900 bytes take 0.55 us. No class
   * keeps the text: a log has its own copy, and a seal writes the text again on demand, which saves
   * a quarter of all that a task allocates. Each thread has a buffer and a digest, in a field
   * rather than a static, so that they are freed with the constitution.
   */
  private static final int LARGEST_KEPT = 1 << 20;

  static final String VERSION = "arbiter.verdict.v1";

  /** The names of the subjects that bind a verdict to its report and its task. */
  static final String REPORT = "report";

  static final String TASK = "task";

  static final String STATEMENT = "https://in-toto.io/Statement/v1";
  static final String PREDICATE = "https://arbiter.dev/verdict/v1";

  private static final byte[] START =
      ascii("{\"_type\":\"" + STATEMENT + "\",\"predicate\":{\"agent\":");
  private static final byte[] SUBJECT =
      ascii("},\"predicateType\":\"" + PREDICATE + "\",\"subject\":[{\"digest\":{\"sha256\":\"");

  private static final String NEXT = ",{\"digest\":{\"sha256\":\"";

  private final Spares<Page> pages = new Spares<>(() -> new Page(this));
  private volatile Second lastSecond = new Second(0, "1970-01-01T00:00:00.");

  /** One second as text, up to the point before its fraction. */
  private record Second(long second, String text) {}

  /** One document; valid until it is closed. */
  static final class Page implements AutoCloseable {
    private final VerdictSerializer owner;
    private JsonBytes json = new JsonBytes();
    private final JsonBytes name = new JsonBytes();
    private final WorkDigest work = new WorkDigest();
    private final byte[] hash = new byte[Digests.LENGTH];
    private final MessageDigest digest = Digests.sha256();

    private Page(VerdictSerializer owner) {
      this.owner = owner;
    }

    byte[] bytes() {
      return json.bytes();
    }

    int length() {
      return json.length();
    }

    /** SHA-256 with its name before it, as seals have it. */
    String digest() {
      name.clear();
      return name.raw(Digests.NAME).hex(hash()).text();
    }

    private byte[] hash() {
      digest.update(json.bytes(), 0, json.length());
      Digests.finish(digest, hash);
      return hash;
    }

    @Override
    public void close() {
      owner.pages.give(this);
    }
  }

  String text(Judgement judgement, String keyId) {
    try (Page page = write(judgement, keyId)) {
      return page.json.text();
    }
  }

  Page write(Judgement judgement, String keyId) {
    Page page = pages.take();
    if (page.json.bytes().length > LARGEST_KEPT) {
      page.json = new JsonBytes();
    }
    page.json.clear();
    verdict(judgement, keyId, page.json);
    subject(judgement.assignment(), judgement.report(), page.work, page.json);
    return page;
  }

  /** The subject of the verdict on some work, as it ends the document. */
  String subject(Assignment assignment, WorkReport report) {
    try (Page page = pages.take()) {
      page.json.clear();
      subject(assignment, report, page.work, page.json);
      String text = page.json.text();
      return text.substring(text.indexOf("\"subject\":["));
    }
  }

  private static byte[] ascii(String json) {
    return json.getBytes(StandardCharsets.US_ASCII);
  }

  /** The reported changes, as {@code [[path, added, removed], ...]}, in the order reported. */
  static void changes(List<FileChange> changes, JsonBytes to) {
    to.raw('[');
    for (int i = 0; i < changes.size(); i++) {
      FileChange change = changes.get(i);
      String path = change.path();
      to.raw(i == 0 ? "[\"" : ",[\"").exact(path, 0, path.length());
      to.raw("\",").number(change.added()).raw(',').number(change.removed()).raw(']');
    }
    to.raw(']');
  }

  private void verdict(Judgement d, String keyId, JsonBytes to) {
    Task task = d.assignment().task();
    String specDigest = d.assignment().specDigest();
    to.raw(START).string(d.assignment().agent());
    approvals(d.assignment().approvals(), to);
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
    to.raw(",\"task\":{");
    if (!task.correlationId().isEmpty()) {
      to.raw("\"correlation\":").string(task.correlationId()).raw(',');
    }
    to.raw("\"id\":").string(task.id());
    to.raw(",\"tenant\":").string(task.tenant());
    to.raw(",\"type\":").string(task.type());
    to.raw("},\"time\":");
    time(d.time(), to);
    to.raw(",\"verdict\":\"").raw(d.outcome().word);
    to.raw("\",\"version\":\"").raw(VERSION).raw('"');
    waivers(d, to);
  }

  /* What people decided about the task; a verdict without such a decision has no field for it. */
  private static void approvals(List<Approval> approvals, JsonBytes to) {
    for (int i = 0; i < approvals.size(); i++) {
      Approval approval = approvals.get(i);
      to.raw(i == 0 ? ",\"approvals\":[{\"by\":" : ",{\"by\":").string(approval.answer().by());
      to.raw(",\"decision\":\"").raw(approval.answer().kind().name());
      to.raw("\",\"digest\":").string(approval.digest());
      to.raw(",\"point\":\"").raw(approval.point().name());
      to.raw("\",\"request\":").string(approval.request());
      to.raw(",\"text\":").string(Digests.named(approval.answer().text()));
      to.raw(",\"time\":").string(approval.at().toString()).raw('}');
    }
    if (!approvals.isEmpty()) {
      to.raw(']');
    }
  }

  /**
   * What the verdict is about: the changes, the whole report and the task, and what they were held
   * to where that is a digest.
   */
  private static void subject(
      Assignment assignment, WorkReport report, WorkDigest work, JsonBytes to) {
    String specDigest = assignment.specDigest();
    byte[] changes = work.of(report.changes());
    to.raw(SUBJECT).hex(changes);
    to.raw("\"},\"name\":\"changes\"}");
    if (Digests.isNamed(specDigest)) {
      to.raw(NEXT).raw(specDigest, Digests.NAME.length()).raw("\"},\"name\":\"charter\"}");
    }
    to.raw(NEXT).hex(work.of(report, changes)).raw("\"},\"name\":\"" + REPORT + "\"}");
    to.raw(NEXT).hex(work.of(assignment.task())).raw("\"},\"name\":\"" + TASK + "\"}]}");
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

  /**
   * Writes a moment as {@code "2026-01-01T00:00:00.000000000Z"}: nine digits, so that texts sort
   * like moments. It keeps the text of the last second, which saves the calendar.
   */
  private void time(Instant time, JsonBytes to) {
    long second = time.getEpochSecond();
    Second known = lastSecond;
    if (known.second != second) {
      String text = Instant.ofEpochSecond(second).toString();
      known = new Second(second, text.substring(0, text.length() - 1) + ".");
      lastSecond = known;
    }
    to.raw('"').raw(known.text);
    int nano = time.getNano();
    for (int unit = 100_000_000; unit > 0; unit /= 10) {
      to.raw((char) ('0' + nano / unit % 10));
    }
    to.raw("Z\"");
  }
}

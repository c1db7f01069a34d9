/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.cli.TaskFile.Found;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Terms;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is kept of a task, as names and values for JSON. */
final class TaskFields {
  /** The name of the request that a task waits for. */
  static final String REQUEST = "request";

  private TaskFields() {}

  /** A request to a person. */
  static Map<String, @Nullable Object> of(ApprovalRequest request) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("id", request.id());
    fields.put("point", request.point().name());
    fields.put("question", request.question().text());
    fields.put("shown", request.question().shown());
    fields.put("audience", request.audience());
    fields.put("asked", request.askedAt().toString());
    fields.put("expires", request.expiresAt().toString());
    fields.put("digest", request.digest());
    return fields;
  }

  static Map<String, @Nullable Object> of(Found found) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("tenant", found.tenant());
    fields.put("id", found.id());
    if (!found.damage().isEmpty()) {
      fields.put("damage", found.damage());
      return fields;
    }
    Task task = found.task();
    fields.put("type", task.type());
    fields.put("state", state(found));
    fields.put("accepted", found.since().toString());
    if (found.end() != null) {
      fields.put("ended", found.end().at().toString());
    }
    fields.put("priority", task.priority());
    fields.put("capabilities", task.capabilities().stream().sorted().toList());
    if (task.spec() instanceof SpecRef.Id spec) {
      fields.put("spec", spec.id());
    } else if (task.spec() instanceof SpecRef.Text spec) {
      fields.put("specText", spec.text());
    }
    fields.put("payload", task.payload());
    task.deadline().ifPresent(limit -> fields.put("deadline", limit.toString()));
    fields.put("idempotencyKey", task.idempotencyKey());
    fields.put("correlation", task.correlation());
    terms(task.terms(), fields);
    if (found.end() == null) {
      progress(found, fields);
    } else {
      end(found.end().result(), fields);
    }
    return fields;
  }

  /* Those that differ from the default. */
  private static void terms(Terms terms, Map<String, @Nullable Object> fields) {
    terms.notBefore().ifPresent(moment -> fields.put("notBefore", moment.toString()));
    terms.approval().ifPresent(question -> fields.put("approval", question.text()));
    terms.attemptLimit().ifPresent(limit -> fields.put("attemptLimit", limit.toString()));
    if (!terms.budget().isNone()) {
      fields.put("budget", budget(terms.budget()));
    }
    if (terms.deadlinePauses()) {
      fields.put("deadlinePauses", true);
    }
    if (terms.bestOf() > 1) {
      fields.put("bestOf", terms.bestOf());
    }
    if (terms.hedged()) {
      fields.put("hedged", true);
    }
  }

  private static Map<String, @Nullable Object> budget(TaskBudget budget) {
    TaskBudget none = TaskBudget.none();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (budget.cost() < none.cost()) {
      fields.put("cost", budget.cost());
    }
    if (budget.tokens() < none.tokens()) {
      fields.put("tokens", budget.tokens());
    }
    if (!budget.time().equals(none.time())) {
      fields.put("time", budget.time().toString());
    }
    if (budget.attempts() < none.attempts()) {
      fields.put("attempts", budget.attempts());
    }
    if (budget.calls() < none.calls()) {
      fields.put("calls", budget.calls());
    }
    fields.put("atLimit", budget.atLimit().name());
    return fields;
  }

  private static String state(Found found) {
    return found.end() == null
        ? found.progress().state().name()
        : found.end().result().state().name();
  }

  private static void progress(Found found, Map<String, @Nullable Object> fields) {
    fields.put("agents", found.progress().decisions().stream().map(made -> made.agent()).toList());
    WaitReason waits = found.progress().waits();
    if (waits != null) {
      ApprovalRequest asked = waits.request().orElse(null);
      fields.put("waitsFor", asked == null ? waits.toString() : waits.getClass().getSimpleName());
      if (asked != null) {
        fields.put(REQUEST, of(asked));
      }
    }
    WorkReport report = found.progress().report();
    if (report != null) {
      report(report, fields);
    }
  }

  private static void end(TaskResult end, Map<String, @Nullable Object> fields) {
    if (end instanceof TaskResult.Completed done) {
      fields.put("agent", done.agent());
      fields.put("attempts", done.attempts());
      report(done.report(), fields);
      fields.put("verdict", verdict(done.verdict()));
    } else if (end instanceof TaskResult.Rejected rejected) {
      fields.put("findings", rejected.findings().stream().map(TaskFields::finding).toList());
    } else if (end instanceof TaskResult.Failed failed) {
      fields.put("attempts", failed.attempts());
      fields.put("cause", failed.cause().name());
      fields.put("message", failed.message());
      fields.put("usage", usage(failed.usage()));
      failed.verdict().ifPresent(verdict -> fields.put("verdict", verdict(verdict)));
    } else if (end instanceof TaskResult.Cancelled cancelled) {
      fields.put("reason", cancelled.reason());
      fields.put("usage", usage(cancelled.usage()));
    }
  }

  private static void report(WorkReport report, Map<String, @Nullable Object> fields) {
    fields.put("output", report.output());
    fields.put(
        "changes",
        report.changes().stream()
            .map(
                change ->
                    Map.of(
                        "path",
                        change.path(),
                        "added",
                        change.added(),
                        "removed",
                        change.removed()))
            .toList());
    fields.put(
        "evidence",
        report.evidence().stream()
            .map(one -> Map.of("gate", one.gate(), "passed", one.passed(), "detail", one.detail()))
            .toList());
    fields.put("usage", usage(report.usage()));
  }

  private static Map<String, @Nullable Object> usage(Usage usage) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("inputTokens", usage.inputTokens());
    fields.put("outputTokens", usage.outputTokens());
    fields.put("cost", usage.cost());
    fields.put("time", usage.time().toString());
    return fields;
  }

  private static Map<String, @Nullable Object> verdict(Verdict verdict) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put(
        "verdict", verdict.match(approved -> "approved", waived -> "waived", denied -> "denied"));
    fields.put("quality", verdict.quality());
    fields.put("findings", verdict.findings().stream().map(TaskFields::finding).toList());
    fields.put("digest", verdict.seal().digest());
    fields.put("keyId", verdict.seal().keyId());
    return fields;
  }

  private static Map<String, @Nullable Object> finding(Finding finding) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("ruleId", finding.ruleId());
    fields.put("severity", finding.severity().name());
    fields.put("place", finding.place());
    fields.put("line", finding.line());
    fields.put("message", finding.message());
    return fields;
  }

  static Map<String, @Nullable Object> of(KeptStep step) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("at", step.at().toString());
    fields.put("name", step.name());
    fields.put("state", step.state());
    fields.put("attempt", step.attempt());
    fields.put("agent", step.agent());
    fields.put("detail", step.detail());
    return fields;
  }
}

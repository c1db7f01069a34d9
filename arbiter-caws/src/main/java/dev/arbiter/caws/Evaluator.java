/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.EffectiveSpec.CachedAdmission;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides: admits tasks and judges reports. Thread-safe; throws nothing. */
final class Evaluator {
  private final SpecCache docket;
  private final Sources sources;
  private final HostGates checkers;
  private final @Nullable RuleGates bylaws;
  private final WaiverResolver board;

  Evaluator(Caws.Builder from) {
    this.docket = new SpecCache(new ProjectFiles(from, from.sources));
    this.sources = from.sources;
    this.checkers = new HostGates(from.gates);
    this.bylaws = from.rules == null ? null : new RuleGates(from.rules);
    this.board = new WaiverResolver(from.ledger);
  }

  Admission admit(Task task) {
    try {
      CachedAdmission standing = docket.standing(task.spec());
      EffectiveSpec charter = standing.charter();
      if (charter == null) {
        return standing.admission();
      }
      Instant until = charter.spec().experimentalUntil();
      if (until != null && !until.isAfter(sources.clock().instant())) {
        return refuse(
            Finding.error(
                "spec.semantic.experimental_mode.expired",
                "/experimental_mode/expires_at",
                "experimental_mode ended " + until + "; renew it or remove it"));
      }
      Admission admission = underBylaws(task, charter, standing.admission());
      if (admission instanceof Admission.Admitted) {
        docket.admitted(task.spec(), charter);
      }
      return admission;
    } catch (Unreadable e) {
      return refuse(Finding.error("spec.reference." + e.rule(), "", e.reason()).onLine(e.line()));
    } catch (RuntimeException e) {
      return refuse(
          Finding.error("caws.internal", "", "the spec could not be decided: " + describe(e)));
    }
  }

  private Admission underBylaws(Task task, EffectiveSpec charter, Admission admission) {
    if (bylaws == null || !(admission instanceof Admission.Admitted admitted)) {
      return admission;
    }
    List<Finding> broken =
        bylaws.admit(task, charter, board, docket.rules(), sources.clock().instant());
    if (broken.isEmpty()) {
      return admission;
    }
    Findings all = new Findings();
    all.addAll(broken);
    all.addAll(admitted.findings());
    return all.hasErrors()
        ? new Admission.Refused(all.all())
        : new Admission.Admitted(admitted.specDigest(), all.all());
  }

  private static Admission refuse(Finding why) {
    return new Admission.Refused(List.of(why));
  }

  private static String describe(RuntimeException e) {
    return Sanitizer.text(e.getClass().getSimpleName() + ": " + e.getMessage(), 200);
  }

  String specDigest(Task task) {
    try {
      EffectiveSpec charter = docket.standing(task.spec()).charter();
      return charter == null ? "" : charter.digest();
    } catch (Unreadable | RuntimeException e) {
      return "";
    }
  }

  Judgement judge(Assignment assignment, WorkReport report) {
    Instant now = sources.clock().instant();
    try {
      EffectiveSpec charter = docket.charter(assignment);
      if (charter == null) {
        return Judgement.unheard(
            assignment,
            report.changes(),
            now,
            Finding.error(
                "spec.reference.not_admitted",
                "",
                "the spec digest of this assignment belongs to no spec that was admitted, or the"
                    + " spec has changed and is no longer remembered; admit the task again"));
      }
      return new Evaluation(charter, assignment, report, now)
          .decide(checkers, bylaws, board, docket.rules());
    } catch (RuntimeException e) {
      return Judgement.unheard(
          assignment,
          report.changes(),
          now,
          Finding.error("caws.internal", "", "the work could not be judged: " + describe(e)));
    }
  }
}

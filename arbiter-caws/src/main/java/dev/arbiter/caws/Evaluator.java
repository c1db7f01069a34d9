/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Evaluation.Lifting;
import dev.arbiter.caws.internal.project.EffectiveSpec;
import dev.arbiter.caws.internal.project.EffectiveSpec.CachedAdmission;
import dev.arbiter.caws.internal.project.PolicySnapshot;
import dev.arbiter.caws.internal.project.Spec;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.rules.ConstitutionalRules.Assessment.Violation;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Decides: admits tasks and judges reports. Thread-safe; throws nothing. */
final class Evaluator {
  private final SpecCache specs;
  private final Sources sources;
  private final HostGates hostGates;
  private final @Nullable RuleGates ruleGates;
  private final WaiverResolver waivers;
  private final Referral referral;
  private final Supplier<PolicySnapshot> policyNow;

  Evaluator(Caws.Builder from) {
    this.specs = new SpecCache(new ProjectFiles(from, from.sources));
    this.sources = from.sources;
    this.hostGates = new HostGates(from.gates);
    this.ruleGates = from.rules == null ? null : new RuleGates(from.rules);
    this.waivers = new WaiverResolver(from.ledger);
    this.referral = from.referral;
    this.policyNow = specs::policyNow;
  }

  Admission admit(Task task) {
    try {
      CachedAdmission cached = specs.admission(task.spec());
      EffectiveSpec effective = cached.effective();
      if (effective == null) {
        return cached.admission();
      }
      Instant until = effective.spec().experimentalUntil();
      if (until != null && !until.isAfter(sources.clock().instant())) {
        return refuse(Spec.experimentEnded(until, Severity.ERROR));
      }
      Admission admission = underRules(task, effective, cached.admission());
      if (admission instanceof Admission.Admitted) {
        specs.admitted(task.spec(), effective);
      }
      return admission;
    } catch (Unreadable e) {
      return refuse(Finding.error("spec.reference." + e.rule(), "", e.reason()).onLine(e.line()));
    } catch (RuntimeException | Error e) {
      return refuse(internal("the spec could not be decided", e));
    }
  }

  private Admission underRules(Task task, EffectiveSpec effective, Admission admission) {
    if ((ruleGates == null && referral.isEmpty())
        || !(admission instanceof Admission.Admitted admitted)) {
      return admission;
    }
    RuleGates.Broken broken =
        ruleGates == null
            ? new RuleGates.Broken(List.of(), List.of())
            : ruleGates.admit(task, effective, waivers, beforeWork(task, effective));
    Optional<Question> question = referral.start(task, effective.spec(), broken.escalated());
    if (broken.findings().isEmpty() && question.isEmpty()) {
      return admission;
    }
    Findings all = new Findings();
    all.addAll(broken.findings());
    all.addAll(admitted.findings());
    return all.hasErrors()
        ? new Admission.Refused(all.all())
        : new Admission.Admitted(admitted.specDigest(), all.all(), question);
  }

  /* The agent and the uses of a waiver are checked at the judgement. */
  private WaiverResolver.Case beforeWork(Task task, EffectiveSpec effective) {
    return new WaiverResolver.Case(
        effective,
        specs.policy(),
        "",
        task.tenant(),
        sources.clock().instant(),
        WaiverResolver.Use.none());
  }

  private static Admission refuse(Finding why) {
    return new Admission.Refused(List.of(why));
  }

  private static Finding internal(String what, Throwable e) {
    String error = Sanitizer.text(e.getClass().getSimpleName() + ": " + e.getMessage(), 200);
    return Finding.error("caws.internal", "", what + ": " + error);
  }

  String specDigest(Task task) {
    try {
      EffectiveSpec effective = specs.admission(task.spec()).effective();
      return effective == null ? "" : effective.digest();
    } catch (Unreadable | RuntimeException | Error e) {
      return "";
    }
  }

  /**
   * What a person must decide about the work; if that cannot be known, the judgement denies it. The
   * uses of waivers of a process before count from a moment on, as in {@link #judgeAgain}.
   */
  Optional<Question> asks(Assignment assignment, WorkReport report, Instant since) {
    if (referral.isEmpty() && (ruleGates == null || !ruleGates.mayEscalate())) {
      return Optional.empty();
    }
    try {
      EffectiveSpec effective = specs.admitted(assignment);
      if (effective == null) {
        return Optional.empty();
      }
      List<Violation> escalated = escalated(effective, assignment, report, since);
      return referral.hear(assignment, report, effective.spec(), escalated).question();
    } catch (RuntimeException | Error e) {
      return Optional.empty();
    }
  }

  private List<Violation> escalated(
      EffectiveSpec effective, Assignment assignment, WorkReport report, Instant since) {
    if (ruleGates == null) {
      return List.of();
    }
    Instant now = sources.clock().instant();
    Lifting lifting = new Lifting(waivers, since, policyNow, sources.clock());
    return RuleGates.escalated(
        ruleGates.assessEscalating(effective, assignment, report, now),
        waivers,
        lifting.asked(effective, assignment, now));
  }

  Judgement judge(Assignment assignment, WorkReport report) {
    return judgeAgain(assignment, report, Instant.MAX);
  }

  /**
   * Judges work that a process before may have judged since a moment: its uses of waivers count.
   */
  Judgement judgeAgain(Assignment assignment, WorkReport report, Instant since) {
    Instant now = sources.clock().instant();
    try {
      EffectiveSpec effective = specs.admitted(assignment);
      if (effective == null) {
        return Judgement.unheard(
            assignment,
            report,
            now,
            Finding.error(
                Judgement.NOT_ADMITTED,
                "",
                "the spec digest of this assignment belongs to no spec that was admitted, or the"
                    + " spec has changed and is no longer remembered; admit the task again"));
      }
      return new Evaluation(effective, assignment, report, now)
          .decide(
              hostGates,
              ruleGates,
              referral,
              new Lifting(waivers, since, policyNow, sources.clock()));
    } catch (RuntimeException | Error e) {
      return Judgement.unheard(
          assignment, report, now, internal("the work could not be judged", e));
    }
  }
}

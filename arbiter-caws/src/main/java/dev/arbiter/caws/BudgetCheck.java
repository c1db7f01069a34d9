/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.Policy.Mode;
import dev.arbiter.task.FileChange;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Scope and budget of one spec under one policy. Every waiver that counts raises the limit, whether
 * it is needed or not, as the kernel derives it; none of its uses is taken.
 */
final class BudgetCheck {
  private final EffectiveSpec charter;
  private final PolicySnapshot rules;
  private final Instant now;
  private final Findings notes;
  private final Policy.@Nullable Tier tier;

  BudgetCheck(String specText, Spec spec, PolicySnapshot rules, Instant now, Findings notes) {
    Policy policy = java.util.Objects.requireNonNull(rules.policy());
    notes.addAll(policy.warnings());
    this.tier = policy.tiers().get(spec.tier());
    EffectiveSpec.agree(spec, tier, notes);
    Policy.Tier limit = tier == null ? new Policy.Tier(0, 0, Set.of(), false) : tier;
    this.charter = new EffectiveSpec(spec, specText, policy, limit, rules.waivers(), "", List.of());
    this.rules = rules;
    this.now = now;
    this.notes = notes;
  }

  Validation.Budget decide(@Nullable ChangeSet changes) {
    Findings scope = new Findings();
    Findings integrity = new Findings();
    Validation.Amount used = changes == null ? null : look(changes, scope, integrity);
    notes.addAll(integrity.all());
    Set<String> wanted = new LinkedHashSet<>(Set.of(GateRule.BUDGET));
    if (scope.hasErrors()) {
      wanted.add(GateRule.SCOPE);
    }
    var c = new WaiverResolver.Case(charter, rules, "", "", now);
    WaiverResolver.Ruling ruling = new WaiverResolver(null).rule(c, wanted);
    List<String> applied = new ArrayList<>();
    long files = charter.limit().files();
    long lines = charter.limit().lines();
    boolean scopeLifted = false;
    for (Waiver waiver : ruling.counted) {
      boolean raises = waiver.covers(GateRule.BUDGET) && waiver.raisesBudget();
      files += raises ? waiver.files() : 0;
      lines += raises ? waiver.lines() : 0;
      boolean lifts = scope.hasErrors() && waiver.covers(GateRule.SCOPE);
      scopeLifted |= lifts;
      if (raises || lifts) {
        applied.add(waiver.id());
      } else {
        ruling.skip(waiver, "no_delta");
      }
    }
    Validation.Amount limit = new Validation.Amount(files, lines);
    if (!scopeLifted) {
      enforce(GateRule.SCOPE, scope.all());
    }
    if (used != null && tier != null) {
      enforce(GateRule.BUDGET, spent(used, limit));
    }
    return new Validation.Budget(
        tier == null ? Optional.empty() : Optional.of(limit),
        Optional.ofNullable(used),
        applied,
        ruling.skipped.stream()
            .map(skip -> new Validation.Skipped(skip.id(), skip.reason()))
            .collect(Collectors.toList()));
  }

  private Validation.Amount look(ChangeSet set, Findings scope, Findings integrity) {
    ChangedPaths changed = ChangedPaths.look(set.changes(), charter, scope, integrity);
    List<FileChange> touched = set.touched();
    List<FileChange> moved = touched.subList(set.changes().size(), touched.size());
    ChangedPaths.look(moved, charter, scope, integrity);
    return new Validation.Amount(changed.files(), changed.lines());
  }

  private void enforce(String gate, List<Finding> found) {
    Mode mode = Mode.BLOCK;
    for (GateRule rule : charter.policy().gates()) {
      mode = rule.name().equals(gate) ? rule.mode() : mode;
    }
    for (Finding finding : found) {
      boolean error = finding.severity() == Severity.ERROR;
      if (mode == Mode.BLOCK || (mode == Mode.WARN && !error)) {
        notes.add(finding);
      } else if (mode == Mode.WARN) {
        notes.warning(finding.ruleId(), finding.place(), finding.message());
      }
    }
  }

  private List<Finding> spent(Validation.Amount used, Validation.Amount limit) {
    List<Finding> found = new ArrayList<>();
    spent("files", used.files(), limit.files(), found);
    spent("lines", used.lines(), limit.lines(), found);
    return found;
  }

  private void spent(String what, long used, long limit, List<Finding> found) {
    String place = "/risk_tiers/" + charter.spec().tier();
    if (used > limit) {
      String message = Evaluation.overMessage(what, used, charter.spec().tier(), limit);
      found.add(Finding.error("policy.budget." + what + "_exceeded", place, message));
      return;
    }
    int percent = Evaluation.nearly(used, limit);
    if (percent > 0) {
      found.add(
          Finding.warning(
              "policy.budget." + what + "_nearly_spent",
              place,
              used + " of " + limit + " " + what + " are used, over " + percent + " %"));
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Moments;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a spec.v1: first its schema, then, if the schema holds, the meaning of the fields together,
 * in the kernel's order. Oddities that the kernel ignores are warnings.
 */
final class SpecV1 {
  private final Node.Fields root;
  private final FieldReader spec;
  private final Findings notes;

  SpecV1(Node.Fields root, Findings notes) {
    this.root = root;
    this.spec = new FieldReader(root, "", "spec", notes);
    this.notes = notes;
  }

  @Nullable Spec read() {
    SpecSchema.check(root, notes);
    if (notes.hasErrors()) {
      return null;
    }
    String id = spec.given("id");
    int tier = Objects.requireNonNull(FieldReader.whole(spec.node("risk_tier"))).intValue();
    String mode = spec.given("mode");
    boolean hasContracts = !spec.items("contracts").isEmpty();
    if (tier < 3 && !hasContracts && !mode.equals("chore")) {
      needs("tier" + tier + ".contracts_required", "contracts", tier, "at least one contract");
    }
    if (tier == 1) {
      tierOne();
    }
    Instant until = experimental(tier);
    Finding dormant = lifecycle();
    if (id.equals(spec.given("supersedes"))) {
      spec.error("semantic.supersedes.self_reference", "supersedes", "a spec supersedes another");
    }
    successors(id);
    Scope scope = new ScopeReader(spec).read();
    contradictions(scope);
    evidence();
    oddities();
    if (notes.hasErrors() || scope == null) {
      return null;
    }
    return new Spec(id, tier, mode, hasContracts, scope, until, dormant);
  }

  private void needs(String rule, String field, int tier, String what) {
    spec.error("semantic." + rule, field, "a tier " + tier + " spec needs " + what + "; add it");
  }

  private void tierOne() {
    if (spec.items("observability").isEmpty()) {
      needs("tier1.observability_required", "observability", 1, "a log, metric or trace");
    }
    if (spec.items("rollback").isEmpty()) {
      needs("tier1.rollback_required", "rollback", 1, "a step to roll back");
    }
    FieldReader nonFunctional = spec.object("non_functional");
    if (nonFunctional != null && nonFunctional.items("security").isEmpty()) {
      nonFunctional.error(
          "semantic.tier1.security_required",
          "security",
          "a tier 1 spec needs non_functional.security; add at least one requirement");
    }
  }

  private @Nullable Instant experimental(int tier) {
    FieldReader experimental = spec.object("experimental_mode");
    if (experimental == null) {
      return null;
    }
    if (tier != 3) {
      spec.error(
          "semantic.experimental_mode.tier_restricted",
          "experimental_mode",
          "experimental_mode is for tier 3 only; remove it");
    }
    String expires = experimental.text("expires_at");
    boolean enabled = Boolean.TRUE.equals(experimental.flag("enabled"));
    return enabled && expires != null ? Moments.moment(expires) : null;
  }

  private @Nullable Finding lifecycle() {
    String state = spec.given("lifecycle_state");
    boolean ended = state.equals("closed") || state.equals("archived");
    if (!ended && spec.mentions("resolution")) {
      spec.error(
          "semantic.resolution.requires_closure",
          "resolution",
          "only a closed or archived spec has a resolution; remove it");
    }
    if (ended && !spec.mentions("resolution")) {
      spec.error(
          "semantic.closed.resolution_required",
          "resolution",
          "a " + state + " spec must say completed, superseded or abandoned");
    }
    Node node = spec.node("lifecycle_state");
    int line = node == null ? 0 : node.line();
    return state.equals("active") ? null : SpecReader.dormant("lifecycle_state", line, state);
  }

  private void successors(String id) {
    Map<String, Integer> seen = new HashMap<>();
    for (FieldReader successor : spec.objects("successors")) {
      String target = successor.given("target_spec_id");
      String disposition = successor.given("disposition");
      String absorbedBy = successor.given("absorbed_by");
      boolean reasoned = !successor.given("rationale").isBlank();
      if (disposition.equals("declined") && !reasoned) {
        wrong(successor, "declined_rationale_required", "rationale", "say why it was declined");
      }
      if (disposition.equals("absorbed") && absorbedBy.isEmpty()) {
        wrong(successor, "absorbed_by_required", "absorbed_by", "name the spec that absorbed it");
      }
      if (successor.mentions("rationale") && !reasoned) {
        wrong(successor, "rationale_empty", "rationale", "the rationale is blank; give one");
      }
      if (target.equals(id)) {
        wrong(successor, "self_reference", "target_spec_id", "a spec is not its own successor");
      }
      if (absorbedBy.equals(id)) {
        wrong(successor, "absorbed_by_self_reference", "absorbed_by", "name another spec");
      }
      if (absorbedBy.equals(target)) {
        wrong(successor, "absorbed_by_equals_target", "absorbed_by", "name another spec");
      }
      if (seen.putIfAbsent(target, seen.size()) != null) {
        wrong(successor, "duplicate_target", "target_spec_id", "is there twice; keep one");
      }
    }
  }

  private static void wrong(FieldReader successor, String rule, String field, String message) {
    successor.error("semantic.successor." + rule, field, field + ": " + message);
  }

  private void contradictions(@Nullable Scope scope) {
    FieldReader given = spec.object("scope");
    if (scope == null || given == null) {
      return;
    }
    for (String surface : List.of("in", "support")) {
      for (Node out : given.items("out")) {
        for (Node in : given.items(surface)) {
          contradiction(given, folder(out), folder(in), surface);
        }
      }
    }
  }

  private static String folder(Node node) {
    String path = node instanceof Node.Text text ? text.value() : "";
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static void contradiction(FieldReader scope, String out, String in, String surface) {
    if (!out.isEmpty() && in.startsWith(out + "/")) {
      scope.error(
          "semantic.scope.overbroad_out",
          "out",
          String.format(
              Locale.ROOT,
              "scope.out '%s' shuts out '%s', which scope.%s admits; narrow it",
              Sanitizer.text(out, 80),
              Sanitizer.text(in, 80),
              surface));
    } else if (out.equals(in)) {
      scope.warning(
          "semantic.scope.exact_conflict",
          "out",
          "'" + Sanitizer.text(in, 80) + "' is in scope." + surface + " and out, so it is out");
    }
  }

  private void evidence() {
    Set<String> declared = new HashSet<>();
    for (FieldReader criterion : spec.objects("acceptance")) {
      declared.add(criterion.given("id"));
    }
    for (FieldReader evidence : spec.objects("evidence")) {
      if (evidence.given("status").equals("waived") && evidence.given("waiver_reason").isBlank()) {
        evidence.error(
            "semantic.evidence.waiver_reason_required",
            "waiver_reason",
            "a waived criterion needs waiver_reason; say why");
      }
      if (!declared.contains(evidence.given("criterion_id"))) {
        evidence.error(
            "semantic.evidence.criterion_id_unknown",
            "criterion_id",
            "no acceptance criterion has this id; correct it");
      }
    }
  }

  /** Oddities that the kernel lets pass and a reader should know. */
  private void oddities() {
    Set<String> ids = new HashSet<>();
    for (FieldReader criterion : spec.objects("acceptance")) {
      String id = criterion.given("id");
      if (!ids.add(id)) {
        criterion.warning(
            "semantic.acceptance.duplicate_id", "id", "id " + id + " is used twice; number them");
      }
      for (String part : List.of("given", "when", "then")) {
        if (criterion.given(part).isBlank()) {
          criterion.warning("semantic.acceptance.blank", part, part + " is blank; say something");
        }
      }
    }
    if (!spec.mentions("operational_rollback_slo")) {
      return;
    }
    String slo = spec.given("operational_rollback_slo");
    if (!Ids.isDuration(slo)) {
      spec.warning(
          "semantic.rollback_slo.no_duration",
          "operational_rollback_slo",
          "operational_rollback_slo should be a time such as 5m or 1h");
    }
  }
}

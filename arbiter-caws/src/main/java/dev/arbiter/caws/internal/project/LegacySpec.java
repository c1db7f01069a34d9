/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Moments;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.task.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a legacy spec. Errors are those of v10; warnings are those of its schema. Where v10 let a
 * rule be evaded, the error says that the legacy tools let it pass.
 */
final class LegacySpec {
  static final String FAILS_OPEN = "; the legacy tools let this pass, which lifts the rule";
  private static final List<String> REQUIRED =
      List.of(
          "id",
          "title",
          "risk_tier",
          "mode",
          "blast_radius",
          "operational_rollback_slo",
          "scope",
          "invariants",
          "acceptance",
          "non_functional",
          "contracts");
  private static final Set<String> MODES = Set.of("feature", "refactor", "fix", "doc", "chore");
  private static final Set<String> RUNNABLE = Set.of("draft", "active", "in_progress");
  private static final Set<String> ENDED = Set.of("completed", "closed", "archived");

  private final FieldReader spec;
  private final FieldReader loose;
  private final Findings notes;

  LegacySpec(Node.Fields root, Findings notes) {
    this.spec = new FieldReader(root, "", "spec", notes);
    this.loose = spec.leniently();
    this.notes = notes;
  }

  @Nullable Spec read() {
    for (String field : REQUIRED) {
      required(field);
    }
    String id = id();
    int tier = tier();
    String mode = mode();
    changeBudget();
    waiverIds();
    Finding dormant = status();
    new LegacyDetails(loose).check();
    boolean hasContracts = contracts(tier);
    if (tier == 1) {
      tierOne();
    }
    rollback(tier);
    Instant until = experimental(tier);
    Scope scope = new ScopeReader(spec).readLoosely();
    if (!spec.has("scope")) {
      notes.error("spec.schema.scope.in_empty", "/scope/in", "scope.in must name a path; add it");
    }
    if (notes.hasErrors() || id == null || scope == null) {
      return null;
    }
    return new Spec(id, tier, mode, hasContracts, scope, until, dormant);
  }

  /** False, zero and empty text count as missing, as in the legacy tools. */
  private void required(String field) {
    boolean other =
        field.equals("acceptance")
            && isFalsy(spec.node(field))
            && spec.node("acceptance_criteria") instanceof Node.Items items
            && !items.values().isEmpty();
    if (other) {
      spec.warning(
          "schema.forbidden_field.acceptance_criteria",
          "acceptance_criteria",
          "acceptance_criteria is the old name; rename it to acceptance");
    }
    if (!other && isFalsy(spec.node(field)) && !field.equals("risk_tier")) {
      boolean tellsDialects = field.equals("operational_rollback_slo");
      spec.violation(
          field,
          "required field '"
              + field
              + "' is missing; add it"
              + (tellsDialects ? ", or lifecycle_state: a spec without that is a legacy one" : ""));
    } else if (field.equals("risk_tier") && !spec.has(field)) {
      spec.violation(field, "required field 'risk_tier' is missing; add it");
    }
  }

  private static boolean isFalsy(@Nullable Node node) {
    return node == null
        || (node instanceof Node.Text text && text.value().isEmpty())
        || (node instanceof Node.Flag flag && !flag.value())
        || (node instanceof Node.Whole whole && whole.value() == 0);
  }

  private @Nullable String id() {
    Node node = spec.node("id");
    if (node == null || isFalsy(node)) {
      return null;
    }
    if (!(node instanceof Node.Text text && Ids.isSpecId(text.value()))) {
      String message = "id must be capitals, then a number, such as FEAT-001; is " + node.kind();
      spec.error("schema.id.pattern_violation", "id", message);
      return null;
    }
    return text.value();
  }

  private int tier() {
    Node node = spec.node("risk_tier");
    Long tier = FieldReader.whole(node);
    if (node != null && tier == null) {
      spec.error(
          "schema.risk_tier.type_rejected",
          "risk_tier",
          "risk_tier must be the whole number 1, 2 or 3, is " + node.kind() + FAILS_OPEN);
    } else if (tier != null && (tier < 1 || tier > 3)) {
      spec.error(
          "schema.risk_tier.out_of_range", "risk_tier", "risk_tier must be 1, 2 or 3, is " + tier);
    }
    return tier != null && tier >= 1 && tier <= 3 ? tier.intValue() : 0;
  }

  private String mode() {
    Node node = spec.node("mode");
    String mode = spec.given("mode");
    if (node != null && !isFalsy(node) && !MODES.contains(mode)) {
      spec.warning(
          "schema.mode.development_removed",
          "mode",
          "mode should be feature, refactor, fix, doc or chore; is " + node.kind());
    }
    return mode;
  }

  private void changeBudget() {
    if (spec.mentions("change_budget")) {
      spec.warning(
          "schema.forbidden_field.change_budget",
          "change_budget",
          "change_budget is ignored; the limit comes from the policy, a spec cannot raise its own;"
              + " remove it");
    }
  }

  private void waiverIds() {
    if (isFalsy(spec.node("waiver_ids"))) {
      return;
    }
    for (Node node : spec.items("waiver_ids")) {
      String id = node instanceof Node.Text text ? text.value() : "";
      if (!(id.length() == 7 && id.startsWith("WV-") && Ids.isDigits(id, 3, 7))) {
        spec.violation("waiver_ids", "a waiver id must be WV-0000, is " + node.kind());
      }
    }
  }

  private @Nullable Finding status() {
    Node node = spec.node("status");
    String status = spec.given("status");
    if (ENDED.contains(status) && node != null) {
      return SpecReader.dormant("status", node.line(), status);
    }
    if (node != null && !RUNNABLE.contains(status)) {
      loose.violation("status", "unknown status, is " + node.kind() + "; use active");
    }
    return null;
  }

  private boolean contracts(int tier) {
    Node node = spec.node("contracts");
    boolean some = node instanceof Node.Items items && !items.values().isEmpty();
    if (!some && (tier == 1 || tier == 2)) {
      boolean evaded = node != null && !isFalsy(node) && !(node instanceof Node.Items);
      spec.error(
          "semantic.tier" + tier + ".contracts_required",
          "contracts",
          "a tier "
              + tier
              + " spec needs a list of at least one contract; add it"
              + (evaded ? FAILS_OPEN : ""));
    }
    return some;
  }

  private void rollback(int tier) {
    Node node = spec.node("rollback");
    if (node != null && !(node instanceof Node.Items)) {
      spec.violation("rollback", "'rollback' must be a list of texts, is " + node.kind());
      return;
    }
    List<String> steps = new ArrayList<>();
    for (Node step : spec.items("rollback")) {
      if (step instanceof Node.Text text) {
        steps.add(text.value());
      } else {
        spec.violation("rollback", "'rollback' must be a list of texts, holds " + step.kind());
      }
    }
    if (Set.copyOf(steps).size() < steps.size()) {
      loose.violation("rollback", "'rollback' names a step twice; keep one");
    }
    if (tier == 1 && spec.items("rollback").isEmpty()) {
      tierOneNeeds("rollback", "add at least one step");
    }
  }

  private void tierOne() {
    if (!saysSomething(spec.node("observability"))) {
      boolean evaded = !isFalsy(spec.node("observability"));
      tierOneNeeds(
          "observability", "name at least one log, metric or trace" + (evaded ? FAILS_OPEN : ""));
    }
    Node node = spec.node("non_functional");
    Node security = node instanceof Node.Fields fields ? fields.values().get("security") : null;
    if (!saysSomething(security)) {
      notes.error(
          "spec.semantic.tier1.security_required",
          "/non_functional/security",
          security == null ? node == null ? 0 : node.line() : security.line(),
          "a tier 1 spec needs non_functional.security; add at least one requirement");
    }
  }

  private void tierOneNeeds(String field, String mend) {
    spec.error(
        "semantic.tier1." + field + "_required",
        field,
        "a tier 1 spec needs " + field + "; " + mend);
  }

  /** Text, or a list or object with text somewhere in it. */
  private static boolean saysSomething(@Nullable Node node) {
    if (node instanceof Node.Items items) {
      return items.values().stream().anyMatch(LegacySpec::saysSomething);
    }
    if (node instanceof Node.Fields fields) {
      Map<String, Node> values = fields.values();
      return values.values().stream().anyMatch(LegacySpec::saysSomething);
    }
    return node instanceof Node.Text text && !text.value().isBlank();
  }

  private @Nullable Instant experimental(int tier) {
    Node node = spec.node("experimental_mode");
    if (isFalsy(node)) {
      return null;
    }
    FieldReader experimental = spec.object("experimental_mode");
    if (experimental == null || Boolean.FALSE.equals(experimental.flag("enabled"))) {
      return null;
    }
    if (tier == 1 || tier == 2) {
      spec.error(
          "semantic.experimental_mode.tier_restricted",
          "experimental_mode",
          "experimental_mode is for tier 3 only; remove it" + FAILS_OPEN);
    }
    experimental.leniently().require("enabled", "rationale");
    if (!experimental.has("expires_at")) {
      String message = "an experiment without expires_at never ends; add it" + FAILS_OPEN;
      experimental.violation("expires_at", message);
    }
    String expires = experimental.text("expires_at");
    Instant until = expires == null ? null : Moments.expiry(expires);
    if (expires != null && until == null) {
      experimental.violation("expires_at", "expires_at must be a date, or a time with its zone");
    }
    return until;
  }
}

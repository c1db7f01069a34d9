/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a working spec, legacy (v3.4 to v10) or spec.v1 (v11 and later; has {@code
 * lifecycle_state}), by the strict rules; rule ids are those of the CAWS kernel.
 *
 * <p>Where the legacy tools let something pass that they could not enforce, this refuses: tiers
 * given as text, an empty acceptance list, an unknown status. A legacy {@code change_budget} is
 * ignored with a warning, because real specs carry one; in spec.v1 it is an error.
 */
final class SpecReader {
  private static final Set<String> MODES = Set.of("feature", "refactor", "fix", "doc", "chore");
  private static final String[] REQUIRED = {
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
    "contracts"
  };
  private static final Set<String> V1_FIELDS =
      Set.of(
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
          "contracts",
          "lifecycle_state",
          "resolution",
          "blockers",
          "supersedes",
          "superseded_by",
          "successors",
          "worktree",
          "observability",
          "rollback",
          "experimental_mode",
          "created_at",
          "updated_at",
          "owner",
          "closure_notes",
          "evidence",
          "non_goals");
  private static final Set<String> RUNNABLE_STATUS = Set.of("draft", "active", "in_progress");
  private static final Set<String> ENDED_STATUS = Set.of("completed", "closed", "archived");
  private static final Set<String> RESOLUTIONS = Set.of("completed", "superseded", "abandoned");
  private static final Set<String> CONTRACT_TYPES =
      Set.of("api", "schema", "contract-test", "behavior");
  private static final int MOST_ENTRIES = 1000;

  private final Shape spec;
  private final Notes notes;
  private final boolean v1;

  private SpecReader(Node.Fields root, Notes notes) {
    this.spec = new Shape(root, "", "spec", notes);
    this.notes = notes;
    this.v1 = spec.mentions("lifecycle_state");
  }

  /** A spec and its warnings, or no spec and the errors. */
  record Reading(@Nullable Spec spec, List<Finding> findings) {}

  static Reading read(String text) {
    Notes notes = new Notes();
    try {
      Spec spec = new SpecReader(Document.object(text), notes).read();
      return new Reading(notes.hasErrors() ? null : spec, notes.all());
    } catch (Unreadable e) {
      notes.error("spec.yaml." + e.rule(), "", "the working spec " + e.reason());
      return new Reading(null, notes.all());
    }
  }

  private @Nullable Spec read() {
    spec.require(REQUIRED);
    forbiddenFields();
    String id = id();
    int tier = tier();
    String mode = mode();
    lifecycle();
    blastRadius();
    rollbackSlo();
    spec.text("title");
    nonEmpty("invariants");
    acceptance();
    boolean hasContracts = contracts(tier, mode);
    tierOne(tier);
    Instant experimentalUntil = experimental(tier);
    Scope scope = new ScopeReader(spec).read();
    if (notes.hasErrors() || id == null || mode == null || scope == null) {
      return null;
    }
    return new Spec(id, tier, mode, hasContracts, scope, experimentalUntil);
  }

  private void forbiddenFields() {
    if (spec.mentions("acceptance_criteria")) {
      forbid("acceptance_criteria", "rename it to acceptance");
    }
    if (spec.mentions("change_budget")) {
      String mend = "remove it: the limit comes from the policy, a spec cannot raise its own";
      if (v1) {
        forbid("change_budget", mend);
      } else {
        spec.warning("schema.forbidden_field.change_budget", "change_budget", "ignored; " + mend);
      }
    }
    if (v1) {
      if (spec.mentions("status")) {
        forbid("status", "use lifecycle_state");
      }
      Set<String> known = new HashSet<>(V1_FIELDS);
      known.addAll(Set.of("acceptance_criteria", "change_budget", "status"));
      spec.allowOnly(known);
    } else {
      waiverIds();
    }
  }

  private void forbid(String field, String mend) {
    spec.error("schema.forbidden_field." + field, field, field + " is not allowed; " + mend);
  }

  private void waiverIds() {
    for (String id : spec.texts("waiver_ids")) {
      if (!(id.length() == 7 && id.startsWith("WV-") && Ids.isDigits(id, 3, 7))) {
        spec.violation("waiver_ids", "waiver id '" + Clean.text(id, 40) + "' must be WV-0000");
      }
    }
  }

  private @Nullable String id() {
    String id = spec.text("id");
    if (id != null && !Ids.isSpecId(id)) {
      spec.error(
          "schema.id.pattern_violation",
          "id",
          "id '" + Clean.text(id, 60) + "' must be capitals, then a number, such as FEAT-001");
      return null;
    }
    return id;
  }

  private int tier() {
    Node node = spec.node("risk_tier");
    Long tier = Shape.whole(node);
    if (node != null && tier == null) {
      spec.error(
          "schema.risk_tier.type_rejected",
          "risk_tier",
          "risk_tier must be the whole number 1, 2 or 3, is " + node.kind());
    } else if (tier != null && (tier < 1 || tier > 3)) {
      spec.error(
          "schema.risk_tier.out_of_range", "risk_tier", "risk_tier must be 1, 2 or 3, is " + tier);
    }
    return tier != null && tier >= 1 && tier <= 3 ? tier.intValue() : 0;
  }

  private @Nullable String mode() {
    String mode = spec.text("mode");
    if (mode != null && !MODES.contains(mode)) {
      spec.error(
          "schema.mode.development_removed",
          "mode",
          "mode must be feature, refactor, fix, doc or chore, is '" + Clean.text(mode, 40) + "'");
      return null;
    }
    return mode;
  }

  private void lifecycle() {
    if (!v1) {
      String status = spec.text("status");
      if (status != null && ENDED_STATUS.contains(status)) {
        notRunnable("status", status);
      } else if (status != null && !RUNNABLE_STATUS.contains(status)) {
        spec.violation("status", "unknown status '" + Clean.text(status, 40) + "'; use active");
      }
      return;
    }
    String state = spec.text("lifecycle_state");
    boolean ended = "closed".equals(state) || "archived".equals(state);
    if (!spec.has("lifecycle_state")) {
      spec.require("lifecycle_state");
    } else if (state != null && !ended && !state.equals("draft") && !state.equals("active")) {
      spec.violation("lifecycle_state", "must be draft, active, closed or archived");
    }
    resolution(ended);
    if (state != null && (ended || state.equals("draft"))) {
      notRunnable("lifecycle_state", state);
    }
  }

  private void resolution(boolean ended) {
    String resolution = spec.text("resolution");
    if (resolution != null && !RESOLUTIONS.contains(resolution)) {
      spec.violation("resolution", "resolution must be completed, superseded or abandoned");
    }
    if (resolution != null && !ended) {
      spec.error(
          "semantic.resolution.requires_closure",
          "resolution",
          "only a closed or archived spec has a resolution; remove it");
    }
    if (ended && !spec.has("resolution")) {
      spec.error(
          "semantic.closed.resolution_required",
          "resolution",
          "a closed spec must say completed, superseded or abandoned");
    }
  }

  private void notRunnable(String field, String state) {
    spec.error(
        "semantic.lifecycle.not_active",
        field,
        "no task runs under a spec that is " + state + "; activate it or name another");
  }

  private void blastRadius() {
    Shape radius = spec.object("blast_radius");
    if (radius != null) {
      boolean given = radius.has("modules");
      if (radius.texts("modules").isEmpty() && (v1 || given)) {
        radius.violation("modules", "blast_radius.modules must name at least one module");
      }
      radius.flag("data_migration");
      if (v1) {
        radius.allowOnly(Set.of("modules", "data_migration"));
      }
    }
  }

  private void rollbackSlo() {
    String slo = spec.text("operational_rollback_slo");
    if (slo != null && !Ids.isDuration(slo)) {
      spec.violation(
          "operational_rollback_slo", "operational_rollback_slo must be a time such as 5m or 1h");
    }
  }

  private List<String> nonEmpty(String name) {
    List<String> texts = spec.texts(name);
    if (spec.has(name) && spec.items(name).isEmpty()) {
      spec.violation(name, "'" + name + "' must have at least one entry");
    }
    return texts;
  }

  private void acceptance() {
    List<Shape> criteria = spec.objects("acceptance");
    if (spec.has("acceptance") && criteria.isEmpty()) {
      spec.violation("acceptance", "'acceptance' must have at least one criterion");
    }
    if (criteria.size() > MOST_ENTRIES) {
      spec.violation("acceptance", "'acceptance' has more than " + MOST_ENTRIES + " criteria");
      return;
    }
    List<String> ids = new ArrayList<>();
    for (Shape criterion : criteria) {
      criterion.require("id", "given", "when", "then");
      criterion.text("given");
      criterion.text("when");
      criterion.text("then");
      if (v1) {
        criterion.allowOnly(
            Set.of(
                "id",
                "given",
                "when",
                "then",
                "test_command",
                "test_nodeids",
                "evidence",
                "narrative"));
      }
      criterionId(criterion, ids);
    }
  }

  private static void criterionId(Shape criterion, List<String> ids) {
    String id = criterion.text("id");
    if (id == null) {
      return;
    }
    if (!(id.startsWith("A") && id.length() > 1 && Ids.isDigits(id, 1, id.length()))) {
      criterion.violation("id", "acceptance id '" + Clean.text(id, 40) + "' must be A1, A2, ...");
    } else if (ids.contains(id)) {
      criterion.violation("id", "acceptance id " + id + " is used twice; number them");
    } else {
      ids.add(id);
    }
  }

  private boolean contracts(int tier, @Nullable String mode) {
    List<Shape> contracts = spec.objects("contracts");
    for (Shape contract : contracts) {
      contract.require("type");
      String type = contract.text("type");
      if (v1) {
        contract.require("name");
        contract.text("name");
        contract.allowOnly(Set.of("name", "type", "path", "description"));
        if (type != null && !CONTRACT_TYPES.contains(type)) {
          contract.violation("type", "type must be api, schema, contract-test or behavior");
        }
      }
    }
    boolean exempt = tier == 3 || tier == 0 || (tier == 2 && "chore".equals(mode));
    if (contracts.isEmpty() && !exempt) {
      spec.error(
          "semantic.tier" + tier + ".contracts_required",
          "contracts",
          "a tier " + tier + " spec needs at least one contract; add it");
    }
    return !contracts.isEmpty();
  }

  private void tierOne(int tier) {
    Shape nonFunctional = spec.object("non_functional");
    if (v1 && nonFunctional != null) {
      nonFunctional.allowOnly(Set.of("performance", "security", "accessibility", "reliability"));
    }
    if (tier != 1) {
      return;
    }
    if (!saysSomething("observability")) {
      tierOneNeeds("observability", "name at least one log, metric or trace");
    }
    if (spec.texts("rollback").isEmpty()) {
      tierOneNeeds("rollback", "add at least one step");
    }
    if (nonFunctional == null || nonFunctional.texts("security").isEmpty()) {
      spec.error(
          "semantic.tier1.security_required",
          "non_functional",
          "a tier 1 spec needs non_functional.security; add at least one requirement");
    }
  }

  private void tierOneNeeds(String field, String mend) {
    spec.error(
        "semantic.tier1." + field + "_required",
        field,
        "a tier 1 spec needs " + field + "; " + mend);
  }

  /** A list, or in legacy specs an object of lists, that holds at least one text. */
  private boolean saysSomething(String name) {
    if (!(spec.node(name) instanceof Node.Fields)) {
      return !spec.texts(name).isEmpty();
    }
    Shape parts = spec.object(name);
    if (parts == null || v1) {
      spec.violation(name, "'" + name + "' must be a list");
      return true;
    }
    boolean something = false;
    for (String part : parts.names()) {
      something |= !parts.texts(part).isEmpty();
    }
    return something;
  }

  private @Nullable Instant experimental(int tier) {
    Shape experimental = spec.object("experimental_mode");
    if (experimental == null) {
      return null;
    }
    Boolean enabled = experimental.flag("enabled");
    if (tier != 3 && tier != 0 && !Boolean.FALSE.equals(v1 ? null : enabled)) {
      spec.error(
          "semantic.experimental_mode.tier_restricted",
          "experimental_mode",
          "experimental_mode is for tier 3 only; remove it");
    }
    experimental.require("enabled", "rationale", "expires_at");
    experimental.text("rationale");
    String expires = experimental.text("expires_at");
    Instant until = expires == null ? null : Times.expiry(expires);
    if (expires != null && until == null) {
      experimental.violation("expires_at", "expires_at must be a date, or a time with its zone");
    }
    return Boolean.TRUE.equals(enabled) ? until : null;
  }
}

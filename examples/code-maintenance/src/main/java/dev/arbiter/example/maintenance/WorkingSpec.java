/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

/** The CAWS working spec of one chore: its tier, its one file, and its acceptance. */
final class WorkingSpec {
  /** The change budgets of the tiers, and the gates that block. */
  static final String POLICY =
      """
      version: 1
      risk_tiers:
        "1": {max_files: 1, max_loc: 60}
        "2": {max_files: 1, max_loc: 400}
        "3": {max_files: 1, max_loc: 3000}
      edit_rules:
        min_approvers_for_budget_raise: 2
      gates:
        budget_limit: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        compiles: {enabled: true, mode: block}
        goal_met: {enabled: true, mode: block}
        idempotent: {enabled: true, mode: block}
      """;

  private static final String[] MOST_LINES = {"", "60", "400", "3000"};

  private WorkingSpec() {}

  static int mostLines(ChoreType type) {
    return Integer.parseInt(MOST_LINES[type.tier()]);
  }

  /* JSON: CAWS reads it ten times as fast as YAML. */
  static String of(Chore chore) {
    return """
        {"id": "%s", "title": "%s in %s", "risk_tier": %d, "mode": "%s",
         "blast_radius": {"modules": ["%s"]}, "operational_rollback_slo": "5m",
         "scope": {"in": ["%s"], "out": []},
         "invariants": ["the file compiles", "a second run changes nothing"],
         "acceptance": [{"id": "A1", "given": "the file as it is", "when": "the chore is done",
           "then": "nothing is left of what the chore is about"}],
         "non_functional": {"maintainability": ["the layout rules hold"],
           "security": ["input-validation, authentication, authorization are not touched"]},
         "contracts": [{"type": "project_setup", "path": "pom.xml"}],
         "observability": {"logs": ["the commit names the chore"],
           "metrics": ["success by chore type"], "alerts": ["a denied verdict"]},
         "rollback": ["revert the commit"]}
        """
        .formatted(
            chore.id(),
            chore.type().id(),
            chore.path(),
            chore.type().tier(),
            chore.type().isFormat() ? "chore" : "refactor",
            chore.path(),
            chore.path());
  }

  /** A waiver that lets one chore change more lines than its tier allows. */
  static String waiver(Chore chore, int moreLines) {
    return """
        id: WV-0001
        applies_to: %s
        gates: [budget_limit]
        delta: {max_files: 0, max_loc: %d}
        reason_code: architectural_refactor
        description: The file is the largest of the library and is laid out anew once, in one piece.
        mitigation: The change is a layout change only, and the gates compile the file before and after.
        expires_at: "2027-01-01T00:00:00Z"
        risk_owner: maintainers
        status: active
        approvers:
          - {handle: reviewer-one, approved_at: "2026-01-01T00:00:00Z"}
          - {handle: reviewer-two, approved_at: "2026-01-01T00:00:00Z"}
        """
        .formatted(chore.id(), moreLines);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shape of a working spec in the dialect spec.v1, and the rule ids of its breaches. */
final class SpecForm {
  private static final Form SPEC_ID =
      Form.pattern(Ids::isSpecId, "capitals, then a number, such as FEAT-001");
  private static final Form CRITERION_ID = Form.pattern(Ids::isCriterionId, "A1, A2, ...");
  private static final Form ANY = Form.text();
  private static final Form SOME = Form.text(1, Integer.MAX_VALUE);
  private static final Form ANY_LIST = Form.texts(0, 0);

  private static final Form SPEC =
      fields(
          List.of(
              "id",
              "title",
              "risk_tier",
              "mode",
              "lifecycle_state",
              "blast_radius",
              "scope",
              "invariants",
              "acceptance",
              "non_functional",
              "contracts"),
          Map.ofEntries(
              Map.entry(
                  "id",
                  new Form.Text(
                      1,
                      Integer.MAX_VALUE,
                      "pattern",
                      Ids::isSpecId,
                      "capitals, then a number, such as FEAT-001")),
              Map.entry("title", Form.text(1, 200)),
              Map.entry("risk_tier", new Form.Whole(1, 3, "enum")),
              Map.entry("mode", words("feature", "refactor", "fix", "doc", "chore")),
              Map.entry("lifecycle_state", words("draft", "active", "closed", "archived")),
              Map.entry("resolution", words("completed", "superseded", "abandoned")),
              Map.entry("blockers", new Form.Items(blocker(), 0)),
              Map.entry("supersedes", SPEC_ID),
              Map.entry("superseded_by", SPEC_ID),
              Map.entry("successors", new Form.Items(successor(), 0)),
              Map.entry(
                  "worktree",
                  Form.pattern(Ids::isWorktree, "letters, digits, hyphens, underscores")),
              Map.entry("operational_rollback_slo", ANY),
              Map.entry("blast_radius", blastRadius()),
              Map.entry("scope", scope()),
              Map.entry("invariants", Form.texts(1, 1)),
              Map.entry("acceptance", new Form.Items(criterion(), 1)),
              Map.entry("non_functional", nonFunctional()),
              Map.entry("contracts", new Form.Items(contract(), 0)),
              Map.entry("observability", ANY_LIST),
              Map.entry("rollback", ANY_LIST),
              Map.entry("experimental_mode", experimental()),
              Map.entry("created_at", Form.moment()),
              Map.entry("updated_at", Form.moment()),
              Map.entry("owner", ANY),
              Map.entry("closure_notes", ANY),
              Map.entry("evidence", new Form.Items(evidence(), 0))));

  private SpecForm() {}

  /** Notes every breach under the kernel's rule id. */
  static void check(Node.Fields spec, Notes notes) {
    SPEC.check(
        spec,
        "",
        (keyword, pointer, field, line, message) -> {
          String place = field.isEmpty() ? pointer : pointer + "/" + Shape.escape(field);
          String mend = mend(keyword, field);
          String name =
              place.isEmpty() ? "the spec" : "'" + Clean.text(place.substring(1), 80) + "'";
          String text = mend.isEmpty() ? name + " " + message : mend;
          notes.error(
              "spec.schema." + rule(keyword, pointer, field), Clean.text(place, 200), line, text);
        });
  }

  private static String rule(String keyword, String pointer, String field) {
    if (keyword.equals("additionalProperties")) {
      return switch (field) {
        case "change_budget", "acceptance_criteria", "status" -> "forbidden_field." + field;
        case "include", "exclude" -> "forbidden_field.scope_" + field;
        default -> "violation";
      };
    }
    return switch (pointer + " " + keyword) {
      case "/mode enum" -> "mode.development_removed";
      case "/risk_tier type" -> "risk_tier.type_rejected";
      case "/risk_tier enum" -> "risk_tier.out_of_range";
      case "/scope/in minItems" -> "scope.in_empty";
      case "/id pattern" -> "id.pattern_violation";
      default ->
          keyword.equals("not") && pointer.startsWith("/scope/out/")
              ? "scope.out_glob_forbidden"
              : "violation";
    };
  }

  private static String mend(String keyword, String field) {
    if (!keyword.equals("additionalProperties")) {
      return "";
    }
    return switch (field) {
      case "change_budget" ->
          "change_budget is not allowed; remove it: the limit comes from the policy, a spec cannot"
              + " raise its own";
      case "acceptance_criteria" -> "acceptance_criteria is not allowed; rename it to acceptance";
      case "status" -> "status is not allowed; use lifecycle_state";
      case "include" -> "scope.include is not read; rename it to scope.in";
      case "exclude" -> "scope.exclude is not read; rename it to scope.out";
      default -> "";
    };
  }

  private static Form fields(List<String> required, Map<String, Form> known) {
    return new Form.Fields(known, new LinkedHashSet<>(required), false);
  }

  private static Form words(String... words) {
    return new Form.Word(List.of(words));
  }

  private static Form blocker() {
    return fields(
        List.of("reason"), Map.of("reason", SOME, "waiting_on", ANY, "since", Form.moment()));
  }

  private static Form successor() {
    return fields(
        List.of("target_spec_id", "disposition"),
        Map.of(
            "target_spec_id", SPEC_ID,
            "disposition", words("required", "declined", "absorbed"),
            "rationale", SOME,
            "absorbed_by", SPEC_ID));
  }

  private static Form blastRadius() {
    return fields(
        List.of("modules"), Map.of("modules", Form.texts(1, 1), "data_migration", new Form.Flag()));
  }

  private static Form scope() {
    Form path =
        new Form.Text(
            1,
            Integer.MAX_VALUE,
            "not",
            text -> !Glob.isGlob(text),
            "a path, not a pattern with * or ?");
    return fields(
        List.of("in"),
        Map.of(
            "in", Form.texts(1, 1), "out", new Form.Items(path, 0), "support", Form.texts(0, 1)));
  }

  private static Form criterion() {
    return fields(
        List.of("id", "given", "when", "then"),
        Map.of(
            "id", CRITERION_ID,
            "given", SOME,
            "when", SOME,
            "then", SOME,
            "test_command", ANY,
            "test_nodeids", ANY_LIST,
            "evidence", ANY,
            "narrative", ANY));
  }

  private static Form nonFunctional() {
    return new Form.Fields(
        Map.of(
            "performance", ANY_LIST,
            "security", ANY_LIST,
            "accessibility", ANY_LIST,
            "reliability", ANY_LIST),
        Set.of(),
        false);
  }

  private static Form contract() {
    return fields(
        List.of("name", "type"),
        Map.of(
            "name", SOME,
            "type", words("api", "schema", "contract-test", "behavior"),
            "path", ANY,
            "description", ANY));
  }

  private static Form experimental() {
    return fields(
        List.of("enabled", "rationale", "expires_at"),
        Map.of("enabled", new Form.Flag(), "rationale", SOME, "expires_at", Form.moment()));
  }

  private static Form evidence() {
    Form commit = Form.pattern(Ids::isCommit, "7 to 40 hexadecimal digits in lower case");
    return fields(
        List.of("criterion_id", "status", "recorded_at"),
        Map.ofEntries(
            Map.entry("criterion_id", CRITERION_ID),
            Map.entry("status", words("pass", "fail", "unchecked", "waived")),
            Map.entry("evidence_ref", SOME),
            Map.entry("waiver_reason", SOME),
            Map.entry("recorded_at", Form.moment()),
            Map.entry("test_nodeid", ANY),
            Map.entry("command", ANY),
            Map.entry("exit_code", new Form.Whole(Long.MIN_VALUE, Long.MAX_VALUE, "type")),
            Map.entry("artifact_path", ANY),
            Map.entry("commit_sha", commit)));
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Schema;
import dev.arbiter.internal.Sanitizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shape of a working spec in the dialect spec.v1, and the rule ids of its breaches. */
final class SpecSchema {
  private static final Schema SPEC_ID =
      Schema.pattern(Ids::isSpecId, "capitals, then a number, such as FEAT-001");
  private static final Schema CRITERION_ID = Schema.pattern(Ids::isCriterionId, "A1, A2, ...");
  private static final Schema ANY = Schema.text();
  private static final Schema SOME = Schema.text(1, Integer.MAX_VALUE);
  private static final Schema ANY_LIST = Schema.texts(0, 0);

  private static final Schema SPEC =
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
                  new Schema.Text(
                      1,
                      Integer.MAX_VALUE,
                      "pattern",
                      Ids::isSpecId,
                      "capitals, then a number, such as FEAT-001")),
              Map.entry("title", Schema.text(1, 200)),
              Map.entry("risk_tier", new Schema.Whole(1, 3, "enum")),
              Map.entry("mode", words("feature", "refactor", "fix", "doc", "chore")),
              Map.entry("lifecycle_state", words("draft", "active", "closed", "archived")),
              Map.entry("resolution", words("completed", "superseded", "abandoned")),
              Map.entry("blockers", new Schema.Items(blocker(), 0)),
              Map.entry("supersedes", SPEC_ID),
              Map.entry("superseded_by", SPEC_ID),
              Map.entry("successors", new Schema.Items(successor(), 0)),
              Map.entry(
                  "worktree",
                  Schema.pattern(Ids::isWorktree, "letters, digits, hyphens, underscores")),
              Map.entry("operational_rollback_slo", ANY),
              Map.entry("blast_radius", blastRadius()),
              Map.entry("scope", scope()),
              Map.entry("invariants", Schema.texts(1, 1)),
              Map.entry("acceptance", new Schema.Items(criterion(), 1)),
              Map.entry("non_functional", nonFunctional()),
              Map.entry("contracts", new Schema.Items(contract(), 0)),
              Map.entry("observability", ANY_LIST),
              Map.entry("rollback", ANY_LIST),
              Map.entry("experimental_mode", experimental()),
              Map.entry("created_at", Schema.moment()),
              Map.entry("updated_at", Schema.moment()),
              Map.entry("owner", ANY),
              Map.entry("closure_notes", ANY),
              Map.entry("evidence", new Schema.Items(evidence(), 0))));

  private SpecSchema() {}

  /** Adds each breach under the kernel's rule id. */
  static void check(Node.Fields spec, Findings notes) {
    SPEC.check(
        spec,
        "",
        (keyword, pointer, field, line, message) -> {
          String place = field.isEmpty() ? pointer : pointer + "/" + FieldReader.escape(field);
          String mend = mend(keyword, field);
          String name =
              place.isEmpty() ? "the spec" : "'" + Sanitizer.text(place.substring(1), 80) + "'";
          String text = mend.isEmpty() ? name + " " + message : mend;
          notes.error(
              "spec.schema." + rule(keyword, pointer, field),
              Sanitizer.text(place, 200),
              line,
              text);
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

  private static Schema fields(List<String> required, Map<String, Schema> known) {
    return new Schema.Fields(known, new LinkedHashSet<>(required), false);
  }

  private static Schema words(String... words) {
    return new Schema.Word(List.of(words));
  }

  private static Schema blocker() {
    return fields(
        List.of("reason"), Map.of("reason", SOME, "waiting_on", ANY, "since", Schema.moment()));
  }

  private static Schema successor() {
    return fields(
        List.of("target_spec_id", "disposition"),
        Map.of(
            "target_spec_id", SPEC_ID,
            "disposition", words("required", "declined", "absorbed"),
            "rationale", SOME,
            "absorbed_by", SPEC_ID));
  }

  private static Schema blastRadius() {
    return fields(
        List.of("modules"),
        Map.of("modules", Schema.texts(1, 1), "data_migration", new Schema.Flag()));
  }

  private static Schema scope() {
    Schema path =
        new Schema.Text(
            1,
            Integer.MAX_VALUE,
            "not",
            text -> !Glob.isGlob(text),
            "a path, not a pattern with * or ?");
    return fields(
        List.of("in"),
        Map.of(
            "in",
            Schema.texts(1, 1),
            "out",
            new Schema.Items(path, 0),
            "support",
            Schema.texts(0, 1)));
  }

  private static Schema criterion() {
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

  private static Schema nonFunctional() {
    return new Schema.Fields(
        Map.of(
            "performance", ANY_LIST,
            "security", ANY_LIST,
            "accessibility", ANY_LIST,
            "reliability", ANY_LIST),
        Set.of(),
        false);
  }

  private static Schema contract() {
    return fields(
        List.of("name", "type"),
        Map.of(
            "name", SOME,
            "type", words("api", "schema", "contract-test", "behavior"),
            "path", ANY,
            "description", ANY));
  }

  private static Schema experimental() {
    return fields(
        List.of("enabled", "rationale", "expires_at"),
        Map.of("enabled", new Schema.Flag(), "rationale", SOME, "expires_at", Schema.moment()));
  }

  private static Schema evidence() {
    Schema commit = Schema.pattern(Ids::isCommit, "7 to 40 hexadecimal digits in lower case");
    return fields(
        List.of("criterion_id", "status", "recorded_at"),
        Map.ofEntries(
            Map.entry("criterion_id", CRITERION_ID),
            Map.entry("status", words("pass", "fail", "unchecked", "waived")),
            Map.entry("evidence_ref", SOME),
            Map.entry("waiver_reason", SOME),
            Map.entry("recorded_at", Schema.moment()),
            Map.entry("test_nodeid", ANY),
            Map.entry("command", ANY),
            Map.entry("exit_code", new Schema.Whole(Long.MIN_VALUE, Long.MAX_VALUE, "type")),
            Map.entry("artifact_path", ANY),
            Map.entry("commit_sha", commit)));
  }
}

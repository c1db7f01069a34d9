/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.caws.internal.text.FieldReader;
import dev.arbiter.caws.internal.text.Findings;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Schema;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shape of policy.v1, and the rule ids of its breaches. */
public final class PolicySchema {
  private static final long MOST = Integer.MAX_VALUE;
  private static final List<String> RISKY =
      List.of(
          "package.json",
          "package-lock.json",
          "turbo.json",
          "tsconfig.json",
          ".gitignore",
          "CLAUDE.md",
          "CODEOWNERS",
          "eslint.config.js",
          ".npmrc",
          ".nvmrc");
  private static final Schema ANY = Schema.text();

  private PolicySchema() {}

  /** Adds each breach under the kernel's rule id. */
  public static void check(Node.Fields policy, Severity severity, Findings notes) {
    boolean forced =
        policy.values().get("non_governed_zones_force") instanceof Node.Flag flag && flag.value();
    form(forced)
        .check(
            policy,
            "",
            (keyword, pointer, field, line, message) -> {
              String place = field.isEmpty() ? pointer : pointer + "/" + FieldReader.escape(field);
              String name =
                  place.isEmpty()
                      ? "the policy"
                      : "'" + Sanitizer.text(place.substring(1), 80) + "'";
              notes.add(
                  new Finding(
                      "policy.schema." + rule(keyword, pointer, field),
                      severity,
                      Sanitizer.text(place, 200),
                      line,
                      name + " " + said(keyword, pointer, field, message)));
            });
    warnings(policy, forced, notes);
  }

  private static String rule(String keyword, String pointer, String field) {
    if (keyword.equals("additionalProperties")) {
      if (field.equals("label") && pointer.startsWith("/risk_tiers/")) {
        return "tier.label_forbidden";
      }
      if (field.equals("min_approvers_for_budget_raise") && pointer.equals("/edit_rules")) {
        return "edit_rules.approvers_misplaced";
      }
      return pointer.equals("/gates") ? "gates.unknown" : "violation";
    }
    if (keyword.equals("required") && pointer.equals("/gates")) {
      return "gates.missing_required";
    }
    if (keyword.equals("enum") && pointer.startsWith("/gates/") && pointer.endsWith("/mode")) {
      return "gates.unknown_mode";
    }
    return switch (keyword) {
      case "not" -> "root_passthrough.contains_slash";
      case "tooBroad" -> "non_governed_zones.too_broad";
      default -> "violation";
    };
  }

  private static String said(String keyword, String pointer, String field, String message) {
    boolean isGate = keyword.equals("additionalProperties") && pointer.equals("/gates");
    return isGate
        ? "is no gate of policy.v1, so other tools may refuse it; Arbiter takes evidence or a checker"
            + " of that name"
        : message + mend(pointer, field);
  }

  private static String mend(String pointer, String field) {
    if (field.equals("label")) {
      return "; use description";
    }
    boolean misplaced =
        field.equals("min_approvers_for_budget_raise") && pointer.equals("/edit_rules");
    return misplaced ? "; it belongs in waivers" : "";
  }

  private static void warnings(Node.Fields policy, boolean forced, Findings notes) {
    FieldReader shape = new FieldReader(policy, "", "policy", notes);
    if (forced) {
      shape.warning(
          "semantic.non_governed_zones.force_used",
          "non_governed_zones_force",
          "patterns that exempt nearly everything are let through; remove this");
    }
    if (policy.values().get("root_passthrough") instanceof Node.Items items) {
      for (int i = 0; i < items.values().size(); i++) {
        Node entry = items.values().get(i);
        if (entry instanceof Node.Text text && RISKY.contains(text.value())) {
          notes.warning(
              "policy.semantic.root_passthrough.risky_file",
              "/root_passthrough/" + i,
              entry.line(),
              text.value() + " steers the whole project; name it in scope.in where it is needed");
        }
      }
    }
  }

  private static Schema form(boolean forced) {
    Schema zone =
        new Schema.Text(
            1,
            Integer.MAX_VALUE,
            "tooBroad",
            text -> forced || !Glob.isEverything(text),
            "a pattern that does not exempt everything; name the folders");
    Schema rootFile =
        new Schema.Text(
            1, Integer.MAX_VALUE, "not", text -> text.indexOf('/') < 0, "a file at the root");
    Schema flag = new Schema.Flag();
    return closed(
        Set.of("version", "risk_tiers", "gates"),
        Map.of(
            "version", new Schema.Whole(1, 1, "enum"),
            "risk_tiers",
                closed(Set.of("1", "2", "3"), Map.of("1", tier(), "2", tier(), "3", tier())),
            "gates", gates(),
            "waivers", waivers(),
            "non_governed_zones", new Schema.Items(zone, 0),
            "non_governed_zones_force", flag,
            "root_passthrough", new Schema.Items(rootFile, 0),
            "edit_rules",
                closed(
                    Set.of(),
                    Map.of(
                        "policy_and_code_same_pr", flag,
                        "require_signed_commits", flag,
                        "require_dual_control_for_governance", flag)),
            "agents",
                closed(Set.of(), Map.of("last_modified_paths_ttl_seconds", atLeast(60, 86_400)))));
  }

  private static Schema tier() {
    return closed(
        Set.of("max_files", "max_loc"),
        Map.of("max_files", atLeast(0, MOST), "max_loc", atLeast(0, MOST), "description", ANY));
  }

  private static Schema gates() {
    Schema gate =
        closed(
            Set.of("enabled", "mode"),
            Map.of(
                "enabled", new Schema.Flag(),
                "mode", new Schema.Word(List.of("block", "warn", "skip")),
                "description", ANY,
                "thresholds", new Schema.Fields(Map.of(), Set.of(), true)));
    return closed(
        Set.copyOf(GateRule.KERNEL),
        Map.of(
            "budget_limit", gate,
            "spec_completeness", gate,
            "scope_boundary", gate,
            "god_object", gate,
            "todo_detection", gate));
  }

  private static Schema waivers() {
    return closed(
        Set.of(),
        Map.of(
            "min_approvers_for_budget_raise", atLeast(1, MOST),
            "max_active_waivers_per_gate", atLeast(0, MOST),
            "default_expiry_days", atLeast(1, MOST)));
  }

  private static Schema atLeast(long least, long most) {
    return new Schema.Whole(least, most, "minimum");
  }

  private static Schema closed(Set<String> required, Map<String, Schema> known) {
    return new Schema.Fields(known, new java.util.TreeSet<>(required), false);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every finding names its file. The three documents have lines that overlap nowhere: the spec from
 * 1, the policy from 1,001, the waiver from 2,001; so a line tells the file it is of.
 */
class FindingFileTest {
  private static final Pattern LINE =
      Pattern.compile("(.+?)(?::(\\d+))?: (?:error|warning|info) ([a-z0-9_.]+)(?: at (.+?))?: .+");
  private static final List<String> VALUES =
      List.of(
          "",
          "x",
          "-1",
          "99999999999",
          "1e400",
          "[]",
          "{}",
          "[1]",
          "null",
          "true",
          "''",
          "[a, a]",
          "{a: 1}",
          "2020-01-01T00:00:00Z",
          "[.caws/]",
          "['../x']",
          "['**']",
          "[]]",
          "&a [*a]",
          "a/b",
          "1",
          "2",
          "3",
          "closed",
          "draft",
          "development",
          "{mode: loud, enabled: true}",
          "waived",
          "absorbed",
          "FEAT-001",
          "[a/b]");

  private static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 1
      mode: feature
      lifecycle_state: active
      resolution: completed
      blast_radius: {modules: [imports], data_migration: false}
      operational_rollback_slo: 5m
      scope:
        in: [src/, "lib/**"]
        out: [src/generated/]
        support: [build.gradle]
      invariants: [The build stays green]
      acceptance:
        - {id: A1, given: a file, when: the formatter runs, then: it is sorted}
        - {id: A2, given: a file, when: the formatter runs, then: it is sorted}
      non_functional: {security: [none]}
      contracts: [{name: imports, type: behavior}]
      observability: [a log]
      rollback: [revert]
      experimental_mode: {enabled: true, rationale: r, expires_at: 2027-01-01T00:00:00Z}
      supersedes: FEAT-000
      successors:
        - {target_spec_id: FEAT-002, disposition: declined, rationale: no}
      evidence:
        - {criterion_id: A1, status: pass, recorded_at: 2026-01-01T00:00:00Z}
      """;
  private static final String POLICY =
      """
      version: 1
      risk_tiers:
        '1': {max_files: 5, max_loc: 100}
        '2': {max_files: 10, max_loc: 300, contracts_required: true}
        '3': {max_files: 20, max_loc: 800, allowed_modes: [fix]}
      waivers: {min_approvers_for_budget_raise: 2}
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
        god_object: {enabled: true, mode: warn}
        todo_detection: {enabled: false, mode: skip}
      non_governed_zones: [docs/]
      non_governed_zones_force: false
      root_passthrough: [README.md, package.json]
      edit_rules: {policy_and_code_same_pr: false}
      agents: {last_modified_paths_ttl_seconds: 300}
      """;

  @TempDir Path folder;
  private final SplittableRandom random = new SplittableRandom(3);
  private Path spec = Path.of("");
  private Path policy = Path.of("");
  private Path waivers = Path.of("");
  private Path changes = Path.of("");

  @BeforeEach
  void files() throws IOException {
    spec = folder.resolve("spec.yaml");
    policy = folder.resolve("policy.yaml");
    waivers = Files.createDirectory(folder.resolve("waivers"));
    changes = Files.writeString(folder.resolve("changes.txt"), "900\t0\tsrc/A\n1\t0\tout/B\n");
  }

  private static String mutated(String text, SplittableRandom random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    int at = random.nextInt(lines.size());
    String line = lines.get(at);
    int colon = line.indexOf(':');
    switch (random.nextInt(4)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(at, line.replaceFirst("\\w", "z"));
      default ->
          lines.set(
              at,
              colon < 0
                  ? line + "]"
                  : line.substring(0, colon + 1) + " " + VALUES.get(random.nextInt(VALUES.size())));
    }
    return String.join("\n", lines) + "\n";
  }

  @Test
  void a_line_is_printed_beside_the_file_it_is_of() throws IOException {
    Set<String> kinds = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      boolean rich = random.nextBoolean();
      String[] texts = {
        rich ? SPEC : ValidateCommandTest.SPEC,
        random.nextBoolean() ? POLICY : ValidateCommandTest.POLICY,
        ValidateCommandTest.WAIVER
      };
      if (rich && random.nextInt(3) > 0) {
        texts[0] = texts[0].replace("resolution: completed\n", "");
        texts[0] = texts[0].replaceFirst("experimental_mode.*\n", "");
      }
      texts[0] = texts[0].replaceFirst("risk_tier: .", "risk_tier: " + (1 + random.nextInt(3)));
      for (int j = random.nextInt(3); j > 0; j--) {
        int which = random.nextInt(3);
        texts[which] = mutated(texts[which], random);
      }
      Files.writeString(spec, texts[0]);
      Files.writeString(policy, "#\n".repeat(1_000) + texts[1]);
      Files.writeString(waivers.resolve("WV-0001.yaml"), "#\n".repeat(2_000) + texts[2]);

      String[] run = {
        "validate",
        spec.toString(),
        "--policy",
        policy.toString(),
        "--waivers",
        waivers.toString(),
        "--changes",
        changes.toString()
      };
      Run text = Run.of((Object[]) run);
      for (String line : text.out().lines().toList()) {
        Matcher finding = LINE.matcher(line);
        if (finding.matches()) {
          kinds.add(finding.group(3));
          checkFile(line, finding.group(1), finding.group(2));
        }
      }
      List<Object> json = new ArrayList<>(List.of(run));
      json.add("--format=json");
      for (JsonNode finding : Run.of(json.toArray()).json().get(0).get("findings")) {
        int number = finding.get("line").asInt();
        checkFile(
            finding.toString(),
            finding.get("file").asText(),
            number == 0 ? null : String.valueOf(number));
      }
    }
    assertThat(kinds).hasSizeGreaterThan(20);
  }

  private void checkFile(String shown, String file, @Nullable String line) {
    List<String> known =
        List.of(
            spec.toString(),
            policy.toString(),
            waivers.toString(),
            waivers.resolve("WV-0001.yaml").toString(),
            changes.toString(),
            "src/A",
            "out/B");
    assertThat(known).as(shown).contains(file);
    if (line != null) {
      int number = Integer.parseInt(line);
      String owner = number > 2_000 ? "WV-0001.yaml" : number > 1_000 ? "policy.yaml" : "spec.yaml";
      assertThat(Path.of(file).getFileName().toString()).as(shown).isEqualTo(owner);
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.provenance.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WaiverLedgerCommandsTest {
  @TempDir Path folder;

  private Run propose(String id, Object... more) {
    List<Object> line =
        new ArrayList<>(
            List.of("waiver", "propose", folder, id, "--by", "ada", "--spec", "FEAT-001"));
    line.addAll(
        List.of("--gate", "budget_limit", "--files", "5", "--reason", "a hotfix", "--expires"));
    line.add("2026-07-01T00:00:00Z");
    line.addAll(Arrays.asList(more));
    return Run.of(line.toArray());
  }

  private Run step(String name, String id, String by, Object... more) {
    List<Object> line = new ArrayList<>(List.of("waiver", name, folder, id, "--by", by));
    line.addAll(Arrays.asList(more));
    return Run.of(line.toArray());
  }

  @Test
  void a_waiver_lives_from_the_proposal_to_its_end_over_separate_runs() throws IOException {
    assertThat(propose("WV-1", "--max-uses", "2").out())
        .startsWith("WV-1 proposed spec=FEAT-001 gates=budget_limit")
        .contains("asked for by ada, approved by nobody yet");
    assertThat(step("activate", "WV-1", "ada").code()).isEqualTo(1);
    assertThat(step("approve", "WV-1", "@Grace").code()).isZero();
    assertThat(Run.of("waiver", "list", folder).out())
        .contains("WV-1, asked for by ada, approved by grace");
    assertThat(step("activate", "WV-1", "ada").out())
        .startsWith("WV-1 active")
        .contains("uses=0/2");
    assertThat(Run.of("waiver", "list", folder).out()).startsWith("WV-1 counts spec=FEAT-001");
    assertThat(Run.of("waiver", "check", folder).code()).isZero();

    assertThat(step("extend", "WV-1", "ada", "--expires", "2026-07-20T00:00:00Z").out())
        .contains("extension to 2026-07-20T00:00:00Z asked for by ada, approved by nobody yet");
    assertThat(step("approve", "WV-1", "grace").code()).isZero();
    assertThat(step("activate", "WV-1", "grace").out()).contains("expires=2026-07-20T00:00:00Z");
    assertThat(step("revoke", "WV-1", "alan", "--reason", "over").out()).startsWith("WV-1 revoked");
    assertThat(step("revoke", "WV-1", "alan", "--reason", "over").code()).isEqualTo(1);

    assertThat(Files.readAllLines(folder.resolve("ledger.jsonl"))).hasSize(7);
  }

  @Test
  void nobody_approves_what_they_asked_for() {
    propose("WV-1");

    Run run = step("approve", "WV-1", "@ADA");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo("arbiter: refused: self_approval: nobody approves what they asked for\n");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void the_policy_says_how_many_must_approve() throws IOException {
    Path policy =
        Files.writeString(
            folder.resolve("policy.txt"),
            """
            version: 1
            risk_tiers:
              '1': {max_files: 5, max_loc: 100}
              '2': {max_files: 10, max_loc: 300}
              '3': {max_files: 20, max_loc: 800}
            edit_rules:
              min_approvers_for_budget_raise: 2
            gates:
              budget_limit: {enabled: true, mode: block}
              spec_completeness: {enabled: true, mode: block}
              scope_boundary: {enabled: true, mode: block}
            """);
    propose("WV-1");
    step("approve", "WV-1", "grace");

    assertThat(step("activate", "WV-1", "ada", "--policy", policy).err())
        .contains("insufficient_approvers");
    step("approve", "WV-1", "alan");
    assertThat(step("activate", "WV-1", "ada", "--policy", policy).code()).isZero();
  }

  @Test
  void what_is_over_is_marked() {
    propose("WV-1");
    propose("WV-2", "--gate", "lint");

    assertThat(Run.of("waiver", "expire", folder).out()).isEqualTo("none is over\n");
    assertThat(Run.of("waiver", "expire", folder, "--now", "2026-07-01T00:00:00Z").out())
        .isEqualTo("expired WV-1, WV-2\n");
  }

  @Test
  void with_a_key_each_step_is_signed_and_only_its_holder_takes_one() throws IOException {
    SigningKey key = SigningKey.generate();
    Path secret = folder.resolve("key.pem");
    key.store(secret);
    Path open = Files.writeString(folder.resolve("public.pem"), key.publicPem());
    assertThat(propose("WV-1", "--key", secret).code()).isZero();
    assertThat(step("approve", "WV-1", "grace", "--key", secret).code()).isZero();

    assertThat(step("activate", "WV-1", "ada").code()).isEqualTo(3);
    assertThat(step("activate", "WV-1", "ada").err()).contains("the key that signed");
    assertThat(Run.of("waiver", "list", folder).code()).isEqualTo(3);
    assertThat(Run.of("waiver", "list", folder, "--key", open).out()).contains("approved by grace");
    assertThat(step("activate", "WV-1", "ada", "--key", secret).code()).isZero();
    assertThat(Files.readAllLines(folder.resolve("ledger.jsonl")))
        .allMatch(line -> line.contains("\"signature\":\""));
  }

  @Test
  void a_changed_ledger_is_damaged() throws IOException {
    propose("WV-1");
    step("approve", "WV-1", "grace");
    Path steps = folder.resolve("ledger.jsonl");
    String whole = Files.readString(steps);
    Files.writeString(steps, whole.replace("a hotfix", "a rewrite"));

    assertThat(step("activate", "WV-1", "ada").code()).isEqualTo(3);
    assertThat(Run.of("waiver", "list", folder).code()).isEqualTo(3);
    Files.writeString(steps, whole);
    assertThat(Run.of("waiver", "list", folder).code()).isZero();
    Path file = folder.resolve("WV-1.json");
    Files.writeString(file, Files.readString(file).replace("proposed", "active"));
    assertThat(Run.of("waiver", "list", folder).code()).isEqualTo(3);
  }

  @Test
  void what_cannot_be_used_ends_with_2() {
    propose("WV-1");

    for (List<Object> line :
        List.<List<Object>>of(
            List.of("waiver", "approve", folder, "WV-1"),
            List.of("waiver", "approve", folder, "WV-7", "--by", "grace"),
            List.of("waiver", "approve", folder, "WV-1", "--by", " "),
            List.of("waiver", "approve", folder.resolve("none"), "WV-1", "--by", "grace"),
            List.of("waiver", "extend", folder, "WV-1", "--by", "a", "--expires", "soon"),
            List.of("waiver", "expire", folder, "--policy", folder.resolve("missing")))) {
      assertThat(Run.of(line.toArray()).code()).as(line.toString()).isEqualTo(2);
    }
    assertThat(propose("../WV-2").code()).isEqualTo(2);
    assertThat(propose("WV-1").code()).isEqualTo(1);
    assertThat(propose("WV-3", "--max-uses", "0").code()).isEqualTo(2);
    assertThat(propose("WV-4", "--gate", "spec_completeness").code()).isEqualTo(2);
  }
}

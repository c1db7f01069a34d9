/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.WaiverReader;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files real projects have; not part of this one, so skipped where they are not at hand. */
class RealFilesTest {
  private static String sample(String name) throws IOException {
    Path file =
        Path.of(System.getProperty("arbiter.shared", "none")).resolve("samples/caws").resolve(name);
    assumeThat(file).as("the samples of real projects are not at hand").exists();
    return Files.readString(file);
  }

  private static Admission admit(String policy, String spec) throws IOException {
    Caws caws =
        Caws.builder().policy(sample(policy)).sources(Fixtures.sources()).sealHashedOnly().build();
    return caws.admit(Task.builder("x").spec(SpecRef.text(sample(spec))).build());
  }

  @Test
  void a_v12_spec_is_admitted_under_its_own_policy() throws IOException {
    Admission admission = admit("portfolio__policy.yaml", "portfolio__FEAT-201.yaml");

    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    assertThat(admission.findings()).isEmpty();
  }

  @Test
  void a_legacy_spec_is_admitted_and_told_that_its_budget_does_not_count() throws IOException {
    Admission admission = admit("portfolio__policy.yaml", "distill__FEAT-002.yaml");

    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admission)).containsExactly("spec.schema.forbidden_field.change_budget");
  }

  @Test
  void a_closed_spec_runs_nothing() throws IOException {
    Admission admission =
        admit("portfolio__policy.yaml", "full-stack-ds__DOC-GOV-COMPLIANCE-001.yaml");

    assertThat(rules(admission)).containsExactly("spec.semantic.lifecycle.not_active");
  }

  @Test
  void a_spec_that_leaves_fields_out_is_told_which() throws IOException {
    Admission admission = admit("portfolio__policy.yaml", "design__DESIGNER-042.yaml");

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(admission.findings())
        .extracting(Finding::place)
        .contains("/mode", "/blast_radius", "/operational_rollback_slo");
  }

  @Test
  void a_policy_of_its_own_making_and_one_with_falling_limits_are_refused() throws IOException {
    Admission own = admit("distill__policy.yaml", "distill__FEAT-002.yaml");
    Admission falling = admit("animate__tier-policy.json", "animate__working-spec.yaml");

    assertThat(own.findings().get(0).message()).contains("'risk_tiers' is missing");
    assertThat(rules(falling)).contains("policy.semantic.risk_tiers.non_monotonic_files");
  }

  @Test
  void waivers_of_all_three_shapes_are_read() throws IOException, Unreadable {
    List<Waiver> waivers = new ArrayList<>();
    for (String name :
        List.of("CAWS-HOOKPACK-UPGRADE-RETROFIT-001-SCOPE-CONCURRENCY-01", "WV-0001", "WV-4413")) {
      String text = sample("coding-agent-working-standard__" + name + ".yaml");
      WaiverReader.read(text).forEach(read -> waivers.add(read.waiver()));
    }

    assertThat(waivers).extracting(Waiver::problem).containsOnly("");
    assertThat(waivers).extracting(Waiver::status).containsExactly("active", "revoked", "active");
    assertThat(waivers)
        .extracting(Waiver::specId)
        .containsExactly("CAWS-HOOKPACK-UPGRADE-RETROFIT-001", "ARCH-0001", "");
    assertThat(waivers.get(1).lines()).isEqualTo(5000);
    assertThat(waivers.get(2).gates()).containsExactly("naming", "hidden_todo");
  }
}

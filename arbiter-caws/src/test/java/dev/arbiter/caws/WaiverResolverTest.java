/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.WaiverResolver.Use;
import dev.arbiter.caws.internal.project.Waiver;
import dev.arbiter.caws.internal.project.WaiverReader;
import dev.arbiter.caws.internal.text.Unreadable;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaiverResolverTest {
  private static Waiver waiver(String text) throws Unreadable {
    return WaiverReader.read(text).get(0).waiver();
  }

  @Test
  void uses_that_were_taken_in_vain_are_given_back() throws Unreadable {
    WaiverResolver resolver = new WaiverResolver(null);
    Waiver first = waiver(WAIVER + "constraints: {max_uses: 1}\n");
    Waiver second = waiver(WAIVER.replace("WV-0001", "WV-2") + "constraints: {max_uses: 1}\n");
    Waiver unlimited = waiver(WAIVER.replace("WV-0001", "WV-3"));

    assertThat(resolver.take(List.of(second), Use.none())).isTrue();
    assertThat(resolver.take(List.of(first, unlimited, second), Use.none())).isFalse();
    assertThat(resolver.take(List.of(first, unlimited), Use.none())).isTrue();
    assertThat(resolver.take(List.of(first), Use.none())).isFalse();
    assertThat(resolver.take(List.of(unlimited), Use.none())).isTrue();
    assertThat(resolver.take(List.of(), Use.none())).isTrue();
  }

  /** Without a creation date a waiver runs from its first approval. */
  @Test
  void the_policy_counts_from_the_first_approval_when_nothing_else_is_said() {
    String undated = WAIVER.replace("created_at: '2026-05-20T00:00:00Z'\n", "");
    String policy = POLICY + "waiver_approval: {required_approvers: 1, max_duration_days: 41}\n";

    assertThat(passes(policy, undated)).isTrue();
    assertThat(passes(policy.replace("41", "40"), undated)).isFalse();
    assertThat(passes(policy.replace("41", "30"), undated.replaceAll(", approved_at: '.*?'", "")))
        .isTrue();
    assertThat(passes(policy.replace("41", "29"), undated.replaceAll(", approved_at: '.*?'", "")))
        .isFalse();
  }

  private static boolean passes(String policy, String waiver) {
    Caws caws =
        Caws.builder()
            .policy(policy)
            .waiver(waiver)
            .sources(Fixtures.sources())
            .sealHashedOnly()
            .build();
    return judge(caws, reportOf(12, 400)).passed();
  }

  @Test
  void a_waiver_counts_from_the_moment_it_was_created_and_approved() {
    String at = "2026-06-01T12:00:00Z";
    String after = "2026-06-01T12:00:00.000000001Z";

    assertThat(passes(POLICY, WAIVER.replace("2026-05-20T00:00:00Z", at))).isTrue();
    assertThat(passes(POLICY, WAIVER.replace("2026-05-20T00:00:00Z", after))).isFalse();
    assertThat(passes(POLICY, WAIVER.replace("2026-05-22T00:00:00Z", at))).isTrue();
    assertThat(passes(POLICY, WAIVER.replace("2026-05-22T00:00:00Z", after))).isFalse();
  }
}

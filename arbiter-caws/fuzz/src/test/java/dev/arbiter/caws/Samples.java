/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.task.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/** What is not fuzzed in a run, and what every answer is held to. */
public final class Samples {
  /** When everything happens. */
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  public static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);

  public static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 2
      mode: feature
      blast_radius: {modules: [imports], data_migration: false}
      operational_rollback_slo: 5m
      scope: {in: [src/], out: [src/generated/]}
      invariants: [The build stays green]
      acceptance: [{id: A1, given: a file, when: it is sorted, then: it is sorted}]
      non_functional: {}
      contracts: [{type: openapi, path: docs/api.yaml}]
      """;

  public static final String POLICY =
      """
      version: 1
      risk_tiers:
        '1': {max_files: 5, max_loc: 100}
        '2': {max_files: 10, max_loc: 300}
        '3': {max_files: 20, max_loc: 800}
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
      """;

  private Samples() {}

  public static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }

  /** Each finding is one printable line of bounded length that names its rule. */
  public static void assertFit(List<Finding> findings) {
    assertThat(findings.size()).isLessThanOrEqualTo(250);
    for (Finding finding : findings) {
      String line = finding.ruleId() + finding.place() + finding.message();
      assertThat(finding.ruleId()).isNotEmpty();
      assertThat(line.length()).isLessThan(2_000);
      assertThat(line.chars().noneMatch(c -> c < 0x20 || c == 0x7f || c == 0x2028)).isTrue();
    }
  }
}

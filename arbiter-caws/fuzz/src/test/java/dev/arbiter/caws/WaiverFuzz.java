/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Samples.POLICY;
import static dev.arbiter.caws.Samples.SPEC;
import static dev.arbiter.caws.Samples.assertFit;
import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.List;

class WaiverFuzz {
  private static final ChangeSet TOO_MUCH =
      new ChangeSet(List.of(new FileChange("lib/A.java", 400, 2)), List.of());

  @FuzzTest(maxDuration = "60s")
  void a_waiver_counts_or_is_skipped_for_a_reason(byte[] data) {
    SpecValidator validator =
        SpecValidator.at(Samples.NOW)
            .policy(POLICY)
            .waiver("fuzzed", text(data))
            .changes(TOO_MUCH)
            .build();

    Validation validation = validator.validate(SPEC);

    assertFit(validation.findings());
    validation.budget().waiversSkipped().forEach(s -> assertThat(s.reason()).isNotEmpty());
    if (validation.outcome() == Validation.Outcome.ALLOWED) {
      assertThat(validation.budget().waiversApplied()).isNotEmpty();
    }
  }
}

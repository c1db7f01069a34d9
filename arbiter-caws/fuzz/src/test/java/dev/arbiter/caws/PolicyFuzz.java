/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Samples.SPEC;
import static dev.arbiter.caws.Samples.assertFit;
import static dev.arbiter.caws.Samples.text;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.List;

class PolicyFuzz {
  private static final ChangeSet CHANGES =
      new ChangeSet(List.of(new FileChange("src/A.java", 4, 2)), List.of("lib/B.java"));

  @FuzzTest(maxDuration = "60s")
  void a_policy_is_decided_and_never_thrown_at(byte[] data) {
    SpecValidator validator =
        SpecValidator.at(Samples.NOW).policy(text(data)).changes(CHANGES).build();

    assertFit(validator.validate(SPEC).findings());
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static dev.arbiter.caws.Samples.text;

import com.code_intelligence.jazzer.junit.FuzzTest;

class DiffFuzz {
  @FuzzTest(maxDuration = "60s")
  void a_diff_is_read_or_refused(byte[] data) {
    ChangeSetLaws.hold(ChangeSet::ofDiff, text(data));
    ChangeSetLaws.hold(ChangeSet::parse, text(data));
  }
}

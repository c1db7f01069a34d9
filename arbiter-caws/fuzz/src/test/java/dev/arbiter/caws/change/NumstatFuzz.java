/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static dev.arbiter.caws.Samples.text;

import com.code_intelligence.jazzer.junit.FuzzTest;

class NumstatFuzz {
  @FuzzTest(maxDuration = "60s")
  void numstat_is_read_or_refused(byte[] data) {
    ChangeSetLaws.hold(ChangeSet::ofNumstat, text(data));
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.architecture.Unloading;
import org.junit.jupiter.api.Test;

class ClassLoaderTest {

  @Test
  void no_thread_of_the_host_holds_the_library_after_its_end() {
    assertThat(Unloading.isCollectedAfter(Host.class)).isTrue();
  }

  /** Judges work, seals the verdicts in a log, and reads their texts. */
  public static final class Host implements Runnable {
    @Override
    public void run() {
      try (Caws caws = Fixtures.caws().sealInBatches(2).build()) {
        for (int i = 0; i < 3; i++) {
          Fixtures.judge(caws, Fixtures.goodReport()).seal().document();
        }
      }
    }
  }
}

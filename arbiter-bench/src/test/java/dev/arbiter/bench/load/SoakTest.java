/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * The soak for 30 seconds, or {@code -Darbiter.soak=3600}. It asserts no CPU time; {@link
 * EngineLoad} does.
 */
class SoakTest {
  @Test
  void two_thousand_tasks_at_once_leave_nothing_behind() throws Exception {
    Soak soak = new Soak(Duration.ofSeconds(Integer.getInteger("arbiter.soak", 30)));

    soak.run().print(System.out);

    assertThat(soak.isAtRest()).isTrue();
    assertThat(soak.growsNot()).isTrue();
  }
}

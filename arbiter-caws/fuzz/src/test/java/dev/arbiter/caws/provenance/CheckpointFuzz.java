/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.Samples;
import java.util.Optional;

class CheckpointFuzz {
  @FuzzTest(maxDuration = "60s")
  void only_what_was_signed_is_opened(byte[] data) {
    String note = text(data);

    Optional<Checkpoint> opened = Checkpoint.open(note, Samples.KEY.publicKey());

    // The one note this key ever signed is the seed beside this test, over an empty log.
    opened.ifPresent(
        checkpoint -> {
          assertThat(checkpoint.origin()).isEqualTo("example.com/log");
          assertThat(checkpoint.size()).isZero();
        });
  }
}

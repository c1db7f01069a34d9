/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class KeyFuzz {
  @FuzzTest(maxDuration = "60s")
  void a_key_file_is_read_or_refused_without_showing_it(byte[] data) {
    read(text(data));
    read("-----BEGIN PRIVATE KEY-----\n" + text(data) + "\n-----END PRIVATE KEY-----\n");
  }

  private static void read(String pem) {
    try {
      SigningKey.ofPem(pem);
    } catch (IllegalArgumentException refused) {
      String message = String.valueOf(refused.getMessage());
      assertThat(message.length()).isBetween(1, 300);
      assertThat(pem.length() < 30 || !message.contains(pem)).isTrue();
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import static dev.arbiter.caws.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

class PathFuzz {
  @FuzzTest(maxDuration = "60s")
  void an_accepted_path_stays_inside_and_is_its_own_normal_form(byte[] data) {
    Pathname name = Pathname.of(text(data));

    if (!name.isValid()) {
      assertThat(name.problem()).isNotEmpty();
      return;
    }
    String path = name.path();
    assertThat(Pathname.of(path)).isEqualTo(name);
    assertThat(List.of(path.split("/", -1))).doesNotContain("", ".", "..");
    assertThat(path).doesNotContain("\\").doesNotContain(":").doesNotStartWith("~");
  }
}

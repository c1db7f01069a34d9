/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.caws.internal.text.Unreadable;

class GlobFuzz {
  @FuzzTest(maxDuration = "60s")
  void a_glob_covers_what_its_definition_says(FuzzedDataProvider data) {
    String pattern = data.consumeString(40);
    Pathname path = Pathname.of(data.consumeRemainingAsString());
    try {
      for (String one : Glob.expand(pattern)) {
        Glob glob = Glob.of(one);
        if (path.isValid() && Glob.isGlob(glob.text()) && path.path().length() < 60) {
          assertThat(glob.matches(path.path()))
              .as("'%s' on '%s'", one, path.path())
              .isEqualTo(new GlobDefinition(glob.text(), path.path()).covers());
        }
      }
    } catch (Unreadable refused) {
      assertThat(refused.rule()).isEqualTo("pattern");
    }
  }
}

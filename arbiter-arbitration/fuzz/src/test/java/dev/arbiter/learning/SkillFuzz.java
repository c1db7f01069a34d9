/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A skill that anyone may have written, in a folder of any name. */
class SkillFuzz {
  @TempDir private Path dir;

  @FuzzTest(maxDuration = "60s")
  void a_skill_is_read_or_refused_in_a_sentence(byte[] bytes) throws Exception {
    Practices practices = Practices.builder().capacity(1_000).build();
    Path file = Files.createDirectories(dir.resolve("practices-fix")).resolve("SKILL.md");
    Files.write(file, bytes);

    PracticeFiles.Imported read = PracticeFiles.of(practices).readSkills("default", dir, "fix");

    assertThat(read.practices().size() + read.problems().size()).isPositive();
    assertThat(read.practices()).allMatch(practice -> PracticeText.isClean(practice.text()));
    assertThat(read.problems()).allMatch(problem -> problem.lines().count() == 1);
    for (Practice practice : read.practices()) {
      assertThat(new String(bytes, StandardCharsets.UTF_8).length())
          .isGreaterThanOrEqualTo(practice.text().length());
    }
  }
}

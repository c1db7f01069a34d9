/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** A file with a section of practices, as anyone may have written it. */
class SectionFuzz {
  @TempDir private Path dir;

  @FuzzTest(maxDuration = "60s")
  void a_section_holds_clean_texts_or_is_refused(byte[] bytes) throws Exception {
    Practices practices = Practices.builder().capacity(1_000).build();
    Path file = Files.write(dir.resolve("AGENTS.md"), bytes);

    PracticeFiles.Imported read = PracticeFiles.of(practices).readSection("default", file);

    assertThat(read.practices()).allMatch(practice -> PracticeText.isClean(practice.text()));
    assertThat(read.problems()).allMatch(problem -> problem.lines().count() == 1);
    assertThat(file).hasBinaryContent(bytes);
  }
}

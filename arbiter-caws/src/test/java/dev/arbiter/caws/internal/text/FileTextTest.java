/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileTextTest {
  private static final InstantSource FAR_AHEAD = () -> Instant.parse("2100-01-01T00:00:00Z");

  private final Path file;

  FileTextTest(@TempDir Path folder) {
    this.file = folder.resolve("spec.yaml");
  }

  /** 500 writes of one length, many within one tick of the file system's clock: none is missed. */
  @Test
  void a_change_within_one_tick_is_seen() throws Exception {
    FileText text = new FileText(file, Sources.system(1).clock());
    for (int i = 1000; i < 1500; i++) {
      Files.writeString(file, "n: " + i);

      assertThat(text.current()).isEqualTo("n: " + i);
    }
  }

  @Test
  void a_modification_time_put_back_hides_nothing() throws Exception {
    Files.writeString(file, "a: 1");
    FileTime before = Files.getLastModifiedTime(file);
    FileText text = new FileText(file, FAR_AHEAD);
    text.current();

    Files.writeString(file, "a: 22");
    Files.setLastModifiedTime(file, before);

    assertThat(text.current()).isEqualTo("a: 22");
  }

  @Test
  void a_file_that_stays_the_same_keeps_its_text() throws Exception {
    Files.writeString(file, "a: 1");
    FileText settled = new FileText(file, FAR_AHEAD);
    FileText fresh = new FileText(file, Sources.system(1).clock());

    assertThat(settled.current()).isSameAs(settled.current());
    assertThat(fresh.current()).isSameAs(fresh.current());
  }
}

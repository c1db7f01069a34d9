/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.google.re2j.Pattern;
import dev.arbiter.Arbiter;
import dev.arbiter.architecture.OldJackson;
import dev.arbiter.architecture.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a host sees whose class path has an old Jackson or none, in a process of its own. */
class LibraryTest {
  @TempDir Path folder;

  private static Program program() {
    return new Program()
        .with(Arbiter.class, Caws.class, LibraryTest.class, Caffeine.class, Pattern.class)
        .with(LoadSettings.class);
  }

  @Test
  void with_jackson_2_14_the_first_use_says_what_to_raise() throws Exception {
    Path old = OldJackson.in(folder, Program.home(JsonFactory.class));

    assertThat(program().with(old).run(Host.class))
        .contains(
            "IllegalStateException: dev.arbiter.caws needs com.fasterxml.jackson.core:jackson-core"
                + " 2.16 or later, found 2.14.2")
        .doesNotContain("NoClassDefFoundError");
  }

  @Test
  void without_jackson_the_first_use_says_what_to_add() throws Exception {
    assertThat(program().run(Host.class))
        .contains("jackson-core 2.16 or later, found none")
        .doesNotContain("NoClassDefFoundError");
  }

  /** Validates a spec. */
  public static final class Host {
    private Host() {}

    public static void main(String[] arguments) {
      Caws.builder();
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.internal.project.SpecReader;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecCacheTest {
  @TempDir Path folder;
  private final AtomicLong nanos = new AtomicLong();

  private static String large() {
    StringBuilder criteria = new StringBuilder();
    for (int i = 2; i < 900; i++) {
      criteria
          .append("  - {id: A")
          .append(i)
          .append(", given: a file, when: the formatter runs, then: the imports are sorted}\n");
    }
    return SPEC.replace("non_functional:", criteria + "non_functional:");
  }

  /** What is allocated tells how often the text was parsed: parsing takes nearly all of it. */
  @Test
  void a_spec_is_parsed_once_from_start_to_admission_and_under_a_new_policy() throws IOException {
    String spec = large();
    Files.writeString(folder.resolve("spec.yaml"), spec);
    Path policy = Files.writeString(folder.resolve("policy.yaml"), POLICY);
    Task task = Task.builder("x").spec(SpecRef.id("FEAT-001")).build();
    assertThat(SpecReader.read(spec, Dialect.AUTO).findings()).isEmpty();

    long before = Work.allocated();
    assertThat(SpecReader.read(spec, Dialect.AUTO).spec()).isNotNull();
    long once = Work.allocated() - before;

    before = Work.allocated();
    Caws caws =
        Caws.builder()
            .specs(folder)
            .policy(policy)
            .sources(new Sources(() -> NOW, nanos::get, new SplittableRandom(1)))
            .key(Fixtures.key())
            .sealHashedOnly()
            .build();
    Admission first = caws.admit(task);
    Files.writeString(policy, POLICY.replace("max_loc: 300", "max_loc: 400"));
    nanos.addAndGet(1_000_000_000);
    Admission second = caws.admit(task);
    long all = Work.allocated() - before;

    assertThat(first).isInstanceOf(Admission.Admitted.class);
    assertThat(second).isInstanceOf(Admission.Admitted.class).isNotEqualTo(first);
    assertThat(all).isLessThan(once * 3 / 2);
  }
}

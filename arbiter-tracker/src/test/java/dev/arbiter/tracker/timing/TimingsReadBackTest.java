/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.tracker.internal.OddValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever timings accept, they read back. */
class TimingsReadBackTest {
  private static final String SMILE = "\ud83d\ude00";

  @TempDir Path directory;
  private final StillTime time = new StillTime();

  private Path file() {
    return directory.resolve("timings.json");
  }

  private AgentTimings open() {
    return AgentTimings.builder().file(file()).capacity(4_000).sources(time.sources()).build();
  }

  /** 3,000 runs, seed 3. */
  @Test
  void whatever_is_recorded_is_read_back_equal() {
    OddValues odd = new OddValues(3);
    SplittableRandom random = new SplittableRandom(3);
    List<String[]> pairs = new ArrayList<>();
    AgentTimings before = open();
    for (int i = 0; i < 3_000; i++) {
      String[] pair = {odd.text() + i, odd.text() + SMILE.repeat(random.nextInt(200))};
      Duration took = Duration.ofNanos(random.nextLong() >> random.nextInt(60));
      before.record(pair[0], pair[1], took, random.nextInt(9) > 0);
      pairs.add(pair);
    }
    before.record("long", "ago", Duration.ofSeconds(Long.MAX_VALUE), true);
    pairs.add(new String[] {"long", "ago"});
    assertThat(before.save()).isTrue();

    AgentTimings after = open();

    assertThat(after.state().problem()).isEmpty();
    assertThat(after.state().skipped()).isZero();
    for (String[] pair : pairs) {
      AgentTimings.Summary summary = before.summary(pair[0], pair[1]);
      assertThat(summary.runs()).isEqualTo(1);
      assertThat(after.summary(pair[0], pair[1])).isEqualTo(summary);
    }
    assertThat(after.summary("long", "ago").median()).contains(Duration.ofDays(3660));
  }

  @Test
  void more_than_the_largest_file_leaves_out_the_oldest() throws IOException {
    AgentTimings before = open();
    String name = "\u0001".repeat(250);
    for (int pair = 0; pair < 300; pair++) {
      for (int run = 0; run < 100; run++) {
        time.advance(Duration.ofSeconds(1));
        before.record(name + pair, name, Duration.ofMillis(pair + 1), true);
      }
    }
    assertThat(before.save()).isTrue();

    assertThat(Files.size(file())).isBetween(60L << 20, 64L << 20);
    AgentTimings after = open();
    assertThat(after.state().problem()).isEmpty();
    assertThat(after.summary(name + 299, name)).isEqualTo(before.summary(name + 299, name));
    assertThat(after.summary(name + 0, name).runs()).isZero();
  }

  @Test
  void one_bad_entry_does_not_cut_off_the_good_ones_after_it() throws IOException {
    AgentTimings before = open();
    for (int i = 0; i < 9; i++) {
      before.record("agent" + i, "cli", Duration.ofMillis(i), true);
    }
    before.close();
    String good = Files.readString(file());
    for (String bad :
        List.of("\"agen", "{{{", "\"" + "x".repeat(5_000), "[".repeat(20), "\u0001")) {
      Files.writeString(file(), good.replace("\"agent4\"", bad));
      AgentTimings after = open();

      assertThat(after.state().problem()).as(bad).isNotEmpty();
      for (int i = 0; i < 9; i++) {
        assertThat(after.summary("agent" + i, "cli").runs()).as(bad).isEqualTo(i == 4 ? 0 : 1);
      }
      time.advance(Duration.ofSeconds(1));
    }
  }
}

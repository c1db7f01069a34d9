/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.example.maintenance.RunLog.Entry;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RunFiguresTest {
  private static List<Entry> run(int tasks) {
    return IntStream.range(0, tasks)
        .mapToObj(task -> new Entry("T-" + task, ChoreType.WHITESPACE))
        .toList();
  }

  @Test
  void forgets_what_is_further_back_than_its_length() {
    List<Entry> run = run(5);
    List<Entry> done = List.of(run.get(0), run.get(1), run.get(4));

    assertThat(new RunFigures(run).movingShares(2, done::contains))
        .containsExactly(1.0, 1.0, .5, 0.0, .5);
  }

  @Test
  void fits_several_times_into_a_run_and_holds_a_task_at_least() {
    assertThat(new RunFigures(run(320)).window()).isEqualTo(40);
    assertThat(new RunFigures(run(3)).window()).isEqualTo(1);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.spi.Journal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest extends JournalContract {
  @Override
  protected Journal newJournal() {
    return Journal.memory(10_000);
  }

  @Test
  void forgets_the_oldest_and_says_so() {
    Journal journal = Journal.memory(2);
    for (String agent : List.of("a", "b", "c")) {
      journal.append(List.of(new AgentEvent.Retired(Instant.EPOCH, 0, agent)));
    }
    List<ArbiterEvent> kept = new ArrayList<>();

    journal.replay(1, (position, event) -> kept.add(event));

    assertThat(kept).extracting(e -> ((AgentEvent) e).agent()).containsExactly("b", "c");
    assertThatThrownBy(() -> journal.replay(0, (position, event) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("events before position 1 are no longer kept, asked for 0");
  }
}

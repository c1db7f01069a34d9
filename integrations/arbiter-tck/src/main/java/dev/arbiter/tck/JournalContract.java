/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.spi.Journal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The promises of every {@link Journal}, as tests. */
public abstract class JournalContract {
  private static final int THREADS = 4;
  private static final int EACH = 250;

  /** For subclasses. */
  protected JournalContract() {}

  /** {@return a new, empty journal that keeps at least 2,000 events} */
  protected abstract Journal newJournal();

  /** Appended events are read back, in order, from any position. */
  @Test
  protected void reads_back_what_was_appended_in_order() {
    Journal journal = newJournal();

    long afterTwo = journal.append(List.of(event("a"), event("b")));
    long afterThree = journal.append(List.of(event("c")));

    assertThat(read(journal, 0)).containsExactly("a", "b", "c");
    assertThat(read(journal, afterTwo)).containsExactly("c");
    assertThat(read(journal, afterThree)).isEmpty();
    assertThat(afterThree).isEqualTo(afterTwo + 1);
  }

  /** The events of one batch stay together while other threads append. */
  @Test
  protected void keeps_batches_of_several_threads_together_and_loses_none()
      throws InterruptedException {
    Journal journal = newJournal();
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int t = 0; t < THREADS; t++) {
      String name = "t" + t;
      Runnable appends =
          () -> {
            for (int i = 0; i < EACH; i++) {
              journal.append(List.of(event(name + "-" + i), event(name + "-" + i + "+")));
            }
            done.countDown();
          };
      new Thread(appends).start();
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();

    List<String> all = read(journal, 0);

    assertThat(all).hasSize(2 * THREADS * EACH);
    Set<String> firsts = new HashSet<>();
    for (int i = 0; i < all.size(); i += 2) {
      assertThat(all.get(i + 1)).isEqualTo(all.get(i) + "+");
      assertThat(firsts.add(all.get(i))).isTrue();
    }
  }

  private static ArbiterEvent event(String agent) {
    return new AgentEvent.Retired(Instant.EPOCH, 0, agent);
  }

  private static List<String> read(Journal journal, long from) {
    List<String> agents = new ArrayList<>();
    journal.replay(from, (position, event) -> agents.add(((AgentEvent.Retired) event).agent()));
    return agents;
  }
}

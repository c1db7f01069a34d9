/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventRingTest {
  private final EventRing ring = new EventRing(16, 4);
  private final List<Long> read = new ArrayList<>();
  private final SlotLayout.Reader reader =
      new SlotLayout.Reader() {
        @Override
        public void begin() {}

        @Override
        public void read(long[] words, int slot) {
          read.add(SlotLayout.at(words, slot));
        }
      };

  @Test
  void leaves_a_quarter_of_its_slots_to_threads_that_claim_at_once() {
    for (int i = 0; i < 12; i++) {
      assertThat(ring.claim()).isEqualTo(i);
    }

    assertThat(ring.claim()).isEqualTo(EventRing.NO_ROOM);
    assertThat(ring.claimed()).isEqualTo(12);
  }

  @Test
  void a_slot_of_the_next_lap_is_free_only_once_it_was_read() {
    publish(ring.claim());

    assertThat(ring.isFree(15)).isTrue();
    assertThat(ring.isFree(16)).isFalse();
    ring.drain(reader);
    assertThat(ring.isFree(16)).isTrue();
    assertThat(ring.isFree(17)).isFalse();
  }

  @Test
  void an_unpublished_slot_holds_back_what_was_published_after_it() {
    long slow = ring.claim();
    publish(ring.claim());
    ring.drain(reader);
    assertThat(read).isEmpty();

    publish(slow);
    ring.drain(reader);

    assertThat(read).containsExactly(0L, 1L);
  }

  @Test
  void every_lap_is_read_once_and_in_order() {
    for (int i = 0; i < 1_000; i++) {
      publish(ring.claim());
      ring.drain(reader);
      ring.drain(reader);
    }

    assertThat(read).hasSize(1_000).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void sealed_it_refuses_claims_and_still_takes_what_was_claimed() {
    long claimed = ring.claim();
    ring.seal();

    assertThat(ring.claim()).isEqualTo(EventRing.NO_ROOM);
    assertThat(ring.isSealed()).isTrue();
    publish(claimed);
    ring.drain(reader);

    assertThat(ring.claimed()).isEqualTo(1);
    assertThat(ring.delivered()).isEqualTo(1);
  }

  private void publish(long sequence) {
    ring.publish(sequence, 0, sequence, 1, 1, 0, 0, 0);
  }
}

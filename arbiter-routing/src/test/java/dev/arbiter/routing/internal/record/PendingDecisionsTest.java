/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PendingDecisionsTest {
  /** 60,000 steps beside a sorted map, seed pinned. */
  @Test
  void remembers_like_a_map_that_drops_its_oldest() {
    SplittableRandom random = new SplittableRandom(9);
    PendingDecisions pending = new PendingDecisions(500);
    TreeMap<Long, Integer> model = new TreeMap<>();
    long id = 1L << 40;

    for (int step = 0; step < 60_000; step++) {
      if (random.nextInt(5) < 3) {
        id += 1 + random.nextInt(3);
        assertThat(pending.isFull()).isEqualTo(model.size() == 500);
        if (pending.isFull()) {
          assertThat(pending.row(pending.oldest())).isEqualTo(model.pollFirstEntry().getValue());
        }
        pending.add(id, step, step + 1, step + 2, step);
        pending.hold(id, step, step + 3, step + 4, step + 5);
        model.put(id, step);
      } else {
        long asked = id - random.nextInt(1_500);
        Integer expected = model.remove(asked);
        int at = pending.find(asked);
        assertThat(at >= 0).isEqualTo(expected != null);
        if (expected != null) {
          assertThat(pending.row(at)).isEqualTo(expected);
          assertThat(pending.category(at)).isEqualTo(expected + 1);
          assertThat(pending.failedRow(at)).isEqualTo(expected + 2);
          assertThat(pending.claim(at)).isEqualTo((float) expected);
          assertThat(pending.cost(at)).isEqualTo((float) expected);
          assertThat(pending.deviation(at)).isEqualTo((float) expected + 3);
          assertThat(pending.period(at)).isEqualTo(expected + 4);
          assertThat(pending.second(at)).isEqualTo(expected + 5);
          assertThat(pending.isReleased(at)).isFalse();
          pending.release(at);
          assertThat(pending.isReleased(at)).isTrue();
          pending.remove(at);
        }
      }
      assertThat(pending.size()).isEqualTo(model.size());
    }

    for (Map.Entry<Long, Integer> entry : model.entrySet()) {
      assertThat(pending.row(pending.find(entry.getKey()))).isEqualTo(entry.getValue());
    }
  }

  @Test
  void knows_no_decision_with_an_id_it_never_gives() {
    PendingDecisions pending = new PendingDecisions(10);
    pending.add(5, 0, 0, 0, 0);

    assertThat(pending.find(0)).isEqualTo(-1);
    assertThat(pending.find(-5)).isEqualTo(-1);
    assertThat(pending.find(Long.MIN_VALUE)).isEqualTo(-1);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class GrantTest {
  private static final int THREADS = 64;
  private static final int ROUNDS = 1_000;

  /** 64 threads ask 1,000 grants at once: each is given once, and refused 63 times. */
  @Test
  void the_second_use_of_a_grant_is_refused_in_every_round() throws Exception {
    Grant[] grants = new Grant[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      grants[i] = new Grant("sha256:1");
    }
    AtomicIntegerArray given = new AtomicIntegerArray(ROUNDS);
    AtomicIntegerArray refused = new AtomicIntegerArray(ROUNDS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    Callable<Void> redeemer =
        () -> {
          start.await();
          for (int i = 0; i < ROUNDS; i++) {
            String why = grants[i].redeem("sha256:1");
            (why.isEmpty() ? given : refused).incrementAndGet(i);
          }
          return null;
        };
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Void>> all = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        all.add(threads.submit(redeemer));
      }
      for (Future<Void> one : all) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }

    for (int i = 0; i < ROUNDS; i++) {
      assertThat(given.get(i)).isEqualTo(1);
      assertThat(refused.get(i)).isEqualTo(THREADS - 1);
    }
  }

  @Test
  void a_grant_for_another_spec_is_refused_and_not_used_up() {
    Grant grant = new Grant("sha256:1");

    assertThat(grant.redeem("sha256:2")).contains("changed after the task was approved");
    assertThat(grant.redeem("")).contains("changed after the task was approved");
    assertThat(grant.redeem("sha256:1")).isEmpty();
    assertThat(grant.redeem("sha256:1")).contains("was used before");
  }
}

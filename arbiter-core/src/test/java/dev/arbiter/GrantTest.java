/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
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
    byte[] digest = {1, 2, 3};
    Grant[] grants = new Grant[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      grants[i] = new Grant(digest);
    }
    AtomicIntegerArray given = new AtomicIntegerArray(ROUNDS);
    AtomicIntegerArray refused = new AtomicIntegerArray(ROUNDS);
    CyclicBarrier start = new CyclicBarrier(THREADS);
    Callable<Void> redeemer =
        () -> {
          start.await();
          for (int i = 0; i < ROUNDS; i++) {
            String why = grants[i].redeem(digest.clone());
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
  void a_grant_for_something_else_is_refused_and_not_used_up() {
    Grant grant = new Grant(new byte[] {1, 2});

    assertThat(grant.redeem(new byte[] {1, 3})).contains("changed after they were approved");
    assertThat(grant.redeem(new byte[] {1, 2, 0})).contains("changed after they were approved");
    assertThat(grant.redeem(new byte[0])).contains("changed after they were approved");
    assertThat(grant.redeem(new byte[] {1, 2})).isEmpty();
    assertThat(grant.redeem(new byte[] {1, 2})).contains("was used before");
  }

  /** Every field alone, and texts moved from one field to its neighbour. */
  @Test
  void no_two_tasks_or_specs_share_a_digest() {
    Map<String, String> seen = new HashMap<>();
    List<Task> tasks =
        List.of(
            base().build(),
            base().id("a:b").build(),
            base().id("a").tenant("b:t").build(),
            base().tenant("u").build(),
            base().priority(4).build(),
            base().requires("x").build(),
            base().requires("x", "y").build(),
            base().requires("xy").build(),
            base().payload("p").build(),
            base().payload("\u00e9").build(),
            base().payload("\u00ff\u0000\u00e9").build(),
            base().payload("e\u0301").build(),
            base().idempotencyKey("p").build(),
            base().deadline(Duration.ofNanos(1)).build(),
            base().deadline(Duration.ofSeconds(1)).build(),
            base().deadline(Duration.ofDays(200_000)).build(),
            base().deadline(Duration.ofDays(200_001)).build(),
            base().deadline(Duration.ofSeconds(Long.MAX_VALUE)).build(),
            Task.builder("fixe").id("").tenant("t").build());
    for (Task task : tasks) {
      for (String spec : List.of("", "sha256:1", "sha256:2")) {
        String name = task + " under " + spec;
        String digest = HexFormat.of().formatHex(new TaskDigest().of(task, spec));
        assertThat(seen.put(digest, name)).as(name).isNull();
      }
    }
  }

  private static Task.Builder base() {
    return Task.builder("fix").id("a").tenant("t").spec(SpecRef.none());
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SparesTest {
  private final AtomicInteger made = new AtomicInteger();
  private final Spares<Object> spares =
      new Spares<>(
          () -> {
            made.incrementAndGet();
            return new Object();
          });

  @Test
  void what_was_given_back_is_taken_again() {
    Object first = spares.take();
    spares.give(first);

    assertThat(spares.take()).isSameAs(first);
    assertThat(made).hasValue(1);
    assertThat(spares.take()).as("the first is in use").isNotSameAs(first);
    assertThat(made).hasValue(2);
  }

  /** Threads that share a place take each object once. */
  @Test
  void no_two_threads_have_the_same_at_once() throws InterruptedException {
    Set<Object> inUse = ConcurrentHashMap.newKeySet();
    AtomicBoolean twice = new AtomicBoolean();
    CountDownLatch done = new CountDownLatch(16);
    for (int t = 0; t < 16; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 20_000; i++) {
                  Object one = spares.take();
                  if (!inUse.add(one)) {
                    twice.set(true);
                  }
                  inUse.remove(one);
                  spares.give(one);
                }
                done.countDown();
              });
      thread.start();
    }
    done.await();

    assertThat(twice).isFalse();
    assertThat(made.get()).as("kept, and not made each time").isLessThan(160_000);
  }
}

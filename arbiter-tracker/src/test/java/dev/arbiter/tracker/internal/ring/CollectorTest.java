/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CollectorTest {
  private static final int FEW_SLOTS = 64;
  private static final long AMPLE = 64L << 20;

  /** Remembers which attempts came, told apart by their time, and stalls as long as it is told. */
  private static final class Remembering implements SlotLayout.Reader {
    final CountDownLatch stalled = new CountDownLatch(1);
    final BitSet seen = new BitSet();
    int twice;
    volatile CountDownLatch stall = new CountDownLatch(0);

    @Override
    public void begin() {
      if (stall.getCount() > 0) {
        stalled.countDown();
        awaitQuietly(stall);
      }
    }

    @Override
    public void read(long[] words, int slot) {
      int index = (int) SlotLayout.at(words, slot);
      if (seen.get(index)) {
        twice++;
      }
      seen.set(index);
    }
  }

  private final Remembering reader = new Remembering();

  @Test
  void hands_over_every_field_as_it_was_recorded() {
    List<String> came = new ArrayList<>();
    Collector collector =
        new Collector(
            new SlotLayout.Reader() {
              @Override
              public void begin() {}

              @Override
              public void read(long[] words, int slot) {
                came.add(
                    String.format(
                        "%d %d %d %s %s %d %d %d",
                        SlotLayout.tag(words, slot),
                        SlotLayout.at(words, slot),
                        SlotLayout.nanos(words, slot),
                        SlotLayout.quality(words, slot),
                        SlotLayout.cost(words, slot),
                        SlotLayout.inputTokens(words, slot),
                        SlotLayout.outputTokens(words, slot),
                        SlotLayout.key(words, slot)));
              }
            },
            FEW_SLOTS,
            0,
            null,
            System::nanoTime,
            new Loss(Loss.NEVER));

    collector.record(7, -1, 5, 0.5, 0.25, SlotLayout.tokens(1, 2), 9);
    collector.record(8, 3, 6, SlotLayout.DOES_NOT_STAND, 0, 0, 0);
    collector.close();

    assertThat(came).containsExactly("7 -1 5 0.5 0.25 1 2 9", "8 3 6 NaN 0.0 0 0 0");
  }

  /** One thread holds the drain; four others record 40,000 attempts into rings of 64 slots. */
  @Test
  void a_stalled_drain_loses_nothing_while_there_is_spare_room() throws InterruptedException {
    Collector collector = collector(reader, FEW_SLOTS, AMPLE);
    Thread stuck = stall(collector);

    List<Thread> threads = record(collector, 4, 10_000);
    for (Thread thread : threads) {
      thread.join();
    }
    long spilled = collector.spilled();
    reader.stall.countDown();
    stuck.join();
    collector.close();

    assertThat(spilled).isGreaterThan(39_000);
    assertThat(reader.seen.cardinality()).isEqualTo(40_000);
    assertThat(reader.twice).isZero();
    assertThat(collector.delivered()).isEqualTo(collector.claimed()).isEqualTo(40_000);
  }

  /** As above with one spare chunk: threads wait, and go on when the stall ends. */
  @Test
  void without_spare_room_recording_waits_and_loses_nothing() throws InterruptedException {
    Collector collector = collector(reader, FEW_SLOTS, Spill.CHUNK_BYTES);
    Thread stuck = stall(collector);

    List<Thread> threads = record(collector, 4, 10_000);
    while (collector.spilled() < 256) {
      Thread.onSpinWait();
    }
    threads.get(0).interrupt();
    assertThat(collector.claimed()).isLessThan(2_000);
    reader.stall.countDown();
    stuck.join();
    for (Thread thread : threads) {
      thread.join();
    }
    collector.close();

    assertThat(reader.seen.cardinality()).isEqualTo(40_000);
    assertThat(reader.twice).isZero();
    assertThat(collector.loss().all()).isZero();
  }

  /** 200 threads record 500 attempts each into rings of 64 slots, with no spare room. */
  @Test
  void more_threads_at_once_than_a_ring_has_slots_for_lose_nothing() throws InterruptedException {
    Collector collector = collector(reader, FEW_SLOTS, 0);

    for (Thread thread : record(collector, 200, 500)) {
      thread.join();
    }
    collector.close();

    assertThat(reader.seen.cardinality()).isEqualTo(100_000);
    assertThat(reader.twice).isZero();
    assertThat(collector.delivered()).isEqualTo(collector.claimed()).isEqualTo(100_000);
  }

  @Test
  void an_executor_drains_and_its_refusal_harms_nothing() {
    AtomicInteger runs = new AtomicInteger();
    Collector collector =
        new Collector(
            reader,
            1024,
            0,
            run -> {
              if (runs.incrementAndGet() % 2 == 0) {
                throw new RejectedExecutionException();
              }
              run.run();
            },
            System::nanoTime,
            new Loss(Loss.NEVER));

    for (int i = 0; i < 10_000; i++) {
      collector.record(0, i, 1, 1, 0, 0, 0);
    }

    assertThat(runs).hasValue(10_000 / 256);
    assertThat(collector.delivered()).isEqualTo(10_000 / 256 * 256);
    collector.close();
    assertThat(reader.seen.cardinality()).isEqualTo(10_000);
  }

  @Test
  void drops_and_counts_what_comes_after_the_close() {
    Collector collector = collector(reader, FEW_SLOTS, AMPLE);
    collector.record(0, 0, 1, 1, 0, 0, 0);

    collector.close();
    collector.record(0, 1, 1, 1, 0, 0, 0);
    collector.close();

    assertThat(collector.claimed()).isEqualTo(1);
    assertThat(collector.delivered()).isEqualTo(1);
    assertThat(collector.loss().all()).isEqualTo(1);
  }

  /** Each time: 4 threads record without a pause into small rings; one closes under them. */
  @Test
  void fifty_closes_under_load_of_four_threads_lose_nothing() throws InterruptedException {
    for (int cycle = 0; cycle < 50; cycle++) {
      Remembering remembering = new Remembering();
      Collector collector = collector(remembering, 256, cycle % 2 == 0 ? AMPLE : 0);
      AtomicLong recorded = new AtomicLong();
      CountDownLatch warm = new CountDownLatch(4);
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        int from = t;
        threads.add(
            start(
                () -> {
                  int i = 0;
                  while (collector.loss().all() == 0) {
                    collector.record(0, from + 4L * i++, 1, 1, 0, 0, 0);
                    if (i == 2_000) {
                      warm.countDown();
                    }
                  }
                  recorded.addAndGet(i);
                }));
      }
      warm.await();

      collector.close();
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(collector.delivered()).as("cycle %d", cycle).isEqualTo(collector.claimed());
      assertThat((long) remembering.seen.cardinality()).isEqualTo(collector.delivered());
      assertThat(remembering.twice).isZero();
      assertThat(collector.delivered() + collector.loss().all()).isEqualTo(recorded.get());
    }
  }

  /**
   * 10 rounds: 64 threads record without a pause into full rings while a drain is stalled, and one
   * thread waits to close. The stalled drain makes room for one lap of each ring; that many events
   * may come before the close, and no more.
   */
  @Test
  void the_one_who_closes_goes_before_64_recording_threads() throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      Counting counting = new Counting();
      Collector collector = collector(counting, FEW_SLOTS, 0);
      AtomicLong recorded = new AtomicLong();
      List<Thread> threads = new ArrayList<>();
      counting.stall = new CountDownLatch(1);
      Thread stuck = start(() -> flush(collector));
      counting.stalled.await();
      for (int t = 0; t < 64; t++) {
        threads.add(
            start(
                () -> {
                  long i = 0;
                  while (collector.loss().all() == 0) {
                    collector.record(0, 0, 1, 1, 0, 0, 0);
                    i++;
                  }
                  recorded.addAndGet(i);
                }));
      }
      while (collector.waits() < 64) {
        Thread.onSpinWait();
      }
      threads.add(start(collector::close));
      while (!collector.isAwaited()) {
        Thread.onSpinWait();
      }
      long before = collector.claimed();

      counting.stall.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      stuck.join();

      assertThat(collector.claimed() - before).isLessThanOrEqualTo(2 * collector.slots());
      assertThat(counting.read.get()).isEqualTo(collector.claimed());
      assertThat(collector.claimed() + collector.loss().all()).isEqualTo(recorded.get());
    }
  }

  /** As above, with spare room that never ends: a drain ends although events keep coming. */
  @Test
  void a_flush_ends_while_64_threads_record() throws InterruptedException {
    Counting counting = new Counting();
    Collector collector = collector(counting, FEW_SLOTS, AMPLE);
    AtomicBoolean enough = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 64; t++) {
      threads.add(
          start(
              () -> {
                while (!enough.get()) {
                  collector.record(0, 0, 1, 1, 0, 0, 0);
                }
              }));
    }

    for (int flush = 0; flush < 200; flush++) {
      long before = collector.delivered();
      flush(collector);
      assertThat(collector.delivered()).isGreaterThanOrEqualTo(before);
    }
    enough.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    collector.close();

    assertThat(counting.read.get()).isEqualTo(collector.claimed());
    assertThat(collector.loss().all()).isZero();
  }

  private static void flush(Collector collector) {
    collector.acquire();
    try {
      collector.drain();
    } finally {
      collector.release();
    }
  }

  /** Counts events, and stalls once as long as it is told. */
  private static final class Counting implements SlotLayout.Reader {
    final CountDownLatch stalled = new CountDownLatch(1);
    final AtomicLong read = new AtomicLong();
    volatile CountDownLatch stall = new CountDownLatch(0);

    @Override
    public void begin() {
      if (stall.getCount() > 0) {
        stalled.countDown();
        awaitQuietly(stall);
      }
    }

    @Override
    public void read(long[] words, int slot) {
      read.incrementAndGet();
    }
  }

  private static Collector collector(SlotLayout.Reader reader, int slots, long spillBytes) {
    return new Collector(reader, slots, spillBytes, null, System::nanoTime, new Loss(Loss.NEVER));
  }

  private Thread stall(Collector collector) throws InterruptedException {
    reader.stall = new CountDownLatch(1);
    Thread stuck = start(() -> flush(collector));
    reader.stalled.await();
    return stuck;
  }

  private static List<Thread> record(Collector collector, int threads, int each) {
    List<Thread> started = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = t * each;
      started.add(
          start(
              () -> {
                for (int i = 0; i < each; i++) {
                  collector.record(0, from + i, 1, 1, 0, 0, 0);
                }
              }));
    }
    return started;
  }

  private static Thread start(Runnable run) {
    Thread thread = new Thread(run);
    thread.start();
    return thread;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

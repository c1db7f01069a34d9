/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private static final class Box extends Mailbox {}

  private static final class Numbered extends Mailbox.News {
    private final int number;
    private int unread;

    Numbered(int number) {
      this.number = number;
    }

    @Override
    void unread() {
      unread++;
    }
  }

  private static List<Integer> read(Box box) {
    List<Integer> all = new ArrayList<>();
    for (Mailbox.@Nullable News news = box.take(); news != null; news = news.next()) {
      all.add(((Numbered) news).number);
    }
    return all;
  }

  @Test
  void the_first_news_wakes_and_the_next_does_not() {
    Box box = new Box();

    assertThat(box.post(new Numbered(1))).isTrue();
    assertThat(box.post(new Numbered(2))).isFalse();
    assertThat(box.claim()).isTrue();
    assertThat(box.claim()).isFalse();
    assertThat(read(box)).containsExactly(1, 2);
    assertThat(box.rest()).isTrue();
    assertThat(box.post(new Numbered(3))).isTrue();
  }

  @Test
  void news_that_comes_while_it_is_driven_keeps_it_driven() {
    Box box = new Box();
    box.post(new Numbered(1));
    box.claim();
    assertThat(read(box)).containsExactly(1);

    assertThat(box.post(new Numbered(2))).isFalse();
    assertThat(box.rest()).isFalse();
    assertThat(read(box)).containsExactly(2);
    assertThat(box.rest()).isTrue();
  }

  @Test
  void a_closed_box_takes_no_news() {
    Box box = new Box();
    box.close();

    assertThat(box.post(new Numbered(1))).isFalse();
    assertThat(box.claim()).isFalse();
  }

  @Test
  void news_that_a_closed_box_does_not_read_hears_of_it_once() {
    Box box = new Box();
    List<Numbered> news = List.of(new Numbered(1), new Numbered(2), new Numbered(3));
    box.post(news.get(0));
    box.claim();
    assertThat(read(box)).containsExactly(1);
    box.post(news.get(1));
    box.close();
    box.post(news.get(2));

    assertThat(news).extracting(one -> one.unread).containsExactly(0, 1, 1);
  }

  @Test
  void a_box_that_another_thread_closes_stays_closed() {
    Box box = new Box();
    box.post(new Numbered(1));
    box.claim();
    box.close();

    assertThat(box.rest()).isTrue();
    assertThat(box.isClosed()).isTrue();
    assertThat(box.post(new Numbered(2))).isFalse();
  }

  /** 4 threads post 50,000 each; drivers take turns. Each news is read once, in its order. */
  @Test
  void no_news_is_lost_and_one_thread_drives() throws InterruptedException {
    int threads = 4;
    int each = 50_000;
    Box box = new Box();
    ExecutorService drivers = Executors.newFixedThreadPool(2);
    AtomicInteger driving = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int[] last = new int[threads];
    CountDownLatch left = new CountDownLatch(threads * each);
    Runnable drive =
        () -> {
          if (!box.claim()) {
            return;
          }
          do {
            most.accumulateAndGet(driving.incrementAndGet(), Math::max);
            for (int number : read(box)) {
              int thread = number / each;
              assertThat(number % each).isEqualTo(last[thread]++);
              left.countDown();
            }
            driving.decrementAndGet();
          } while (!box.rest());
        };
    for (int t = 0; t < threads; t++) {
      int first = t * each;
      new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  if (box.post(new Numbered(first + i))) {
                    drivers.execute(drive);
                  }
                }
              })
          .start();
    }

    assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
    drivers.shutdown();
    assertThat(most).hasValue(1);
    assertThat(last).containsOnly(each);
  }
}

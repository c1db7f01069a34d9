/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Verdict;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TimedGateTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void end() {
    threads.shutdownNow();
  }

  private Verdict judged(QualityGate gate) {
    return judge(Fixtures.caws().gate("my_gate", gate).build(), goodReport());
  }

  @Test
  void a_gate_in_time_counts_as_it_is() {
    Duration minute = Duration.ofMinutes(1);
    QualityGate good = (a, r) -> QualityGate.Result.pass("fine");
    QualityGate bad = (a, r) -> QualityGate.Result.fail("not fine");

    assertThat(judged(good.within(minute, threads)).passed()).isTrue();
    assertThat(judged(bad.within(minute, threads)).passed()).isFalse();
    assertThat(judged(good.within(ChronoUnit.FOREVER.getDuration(), threads)).passed()).isTrue();
  }

  @Test
  void a_gate_that_does_not_end_fails_and_is_interrupted() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    QualityGate endless =
        (a, r) -> {
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return QualityGate.Result.pass("never");
        };

    Verdict verdict = judged(endless.within(Duration.ofMillis(20), threads));

    assertThat(verdict.findings().get(0).message()).contains("longer than PT0.02S");
    assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void a_gate_that_throws_or_is_rejected_fails() {
    QualityGate throwing =
        (a, r) -> {
          throw new AssertionError("broken");
        };
    QualityGate good = (a, r) -> QualityGate.Result.pass("fine");
    Duration minute = Duration.ofMinutes(1);

    assertThat(judged(throwing.within(minute, threads)).passed()).isFalse();
    assertThat(
            judged(
                    good.within(
                        minute,
                        task -> {
                          throw new RejectedExecutionException("full");
                        }))
                .passed())
        .isFalse();
    assertThatThrownBy(() -> good.within(Duration.ZERO, threads)).hasMessageContaining("positive");
  }
}

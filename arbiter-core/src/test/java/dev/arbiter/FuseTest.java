/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a breaker opens, and how it is tried again. */
class FuseTest {
  private static final Duration SLOW = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /* The first moment after the pause. */
  private static final Duration OVER = PAUSE.plusNanos(1);

  private long nanos = 1_000;
  private final IllegalStateException fault = new IllegalStateException("fault");
  private final Fuse fuse = fuse();

  /* Half of four calls opens it; two probes close it. */
  private Fuse fuse() {
    return new Fuse("the store", new Breaker(4, 0.5, SLOW, PAUSE, 2), () -> nanos);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void call(Fuse of, Duration takes, @Nullable Throwable error) {
    assertThat(of.enter()).isTrue();
    long began = nanos;
    pass(takes);
    of.leave(began, error);
  }

  private void succeed() {
    call(fuse, Duration.ZERO, null);
  }

  private void fail() {
    call(fuse, Duration.ZERO, fault);
  }

  private void open() {
    for (int i = 0; i < 4; i++) {
      fail();
    }
    assertThat(fuse.isOpen()).isTrue();
  }

  @Test
  void it_opens_when_the_share_of_failed_calls_is_reached() {
    fail();
    fail();
    succeed();
    assertThat(fuse.isOpen()).as("three calls are too few to judge").isFalse();
    assertThat(fuse.trouble()).isEmpty();

    succeed();

    assertThat(fuse.isOpen()).isTrue();
    assertThat(fuse.enter()).isFalse();
    assertThat(fuse.trouble()).isEqualTo("the store failed too often, and its breaker is open");
  }

  @Test
  void it_stays_closed_below_the_share() {
    for (int i = 0; i < 10; i++) {
      fail();
      succeed();
      succeed();
      succeed();
    }
    assertThat(fuse.isOpen()).isFalse();
    assertThat(fuse.skipped()).isZero();
  }

  @Test
  void slow_and_failed_calls_count_together() {
    call(fuse, SLOW, null);
    fail();
    succeed();
    succeed();
    assertThat(fuse.isOpen()).isTrue();
  }

  @Test
  void a_call_just_below_the_time_is_not_slow() {
    for (int i = 0; i < 8; i++) {
      call(fuse, SLOW.minusNanos(1), null);
    }
    assertThat(fuse.isOpen()).isFalse();
  }

  @Test
  void an_open_one_lets_nothing_pass_until_its_pause_is_over() {
    open();
    pass(PAUSE);
    assertThat(fuse.enter()).isFalse();
    assertThat(fuse.enter()).isFalse();
    assertThat(fuse.skipped()).isEqualTo(2);

    pass(Duration.ofNanos(1));
    assertThat(fuse.isOpen()).as("it may be tried").isFalse();
    assertThat(fuse.trouble()).isEqualTo("the store failed too often, and is tried again");
    assertThat(fuse.enter()).isTrue();
  }

  @Test
  void it_closes_when_its_probes_succeed() {
    open();
    pass(OVER);
    long began = nanos;
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).as("two probes are enough").isFalse();

    fuse.leave(began, null);
    fuse.leave(began, null);

    assertThat(fuse.trouble()).isEmpty();
    for (int i = 0; i < 4; i++) {
      succeed();
    }
  }

  @Test
  void it_opens_again_when_its_probes_fail() {
    open();
    pass(OVER);
    fail();
    fail();
    assertThat(fuse.isOpen()).isTrue();
    assertThat(fuse.enter()).isFalse();

    pass(OVER);
    succeed();
    succeed();
    assertThat(fuse.isOpen()).isFalse();
  }

  @Test
  void looking_at_it_uses_up_no_probe() {
    open();
    pass(OVER);
    for (int i = 0; i < 10; i++) {
      assertThat(fuse.isOpen()).isFalse();
      fuse.requireClosed();
      assertThat(fuse.trouble()).contains("is tried again");
    }
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isTrue();
  }

  @Test
  void probes_that_do_not_come_back_are_replaced_after_a_pause() {
    open();
    pass(OVER);
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isTrue();
    pass(Duration.ofDays(1));
    assertThat(fuse.enter()).as("missing from now on").isFalse();
    pass(PAUSE.minusSeconds(1));
    assertThat(fuse.enter()).isFalse();
    assertThat(fuse.trouble()).contains("is tried again");

    pass(Duration.ofSeconds(1));
    assertThat(fuse.enter()).isFalse();
    assertThat(fuse.isOpen()).isTrue();

    pass(PAUSE);
    assertThat(fuse.enter()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(fuse.enter()).isTrue();
  }

  @Test
  void probes_of_another_time_are_not_taken_for_missing() {
    open();
    pass(OVER);
    long began = nanos;
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isFalse();
    fuse.leave(began, null);
    fuse.leave(began, null);
    open();
    pass(OVER);

    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isTrue();
    assertThat(fuse.enter()).isFalse();

    assertThat(fuse.isOpen()).as("these two are away for no time at all").isFalse();
    assertThat(fuse.trouble()).contains("is tried again");
  }

  @Test
  void a_call_returns_what_its_body_returns_and_throws_what_it_throws() {
    assertThat(fuse.<String>call(() -> "done")).isEqualTo("done");
    assertThatThrownBy(
            () ->
                fuse.call(
                    () -> {
                      throw fault;
                    }))
        .isSameAs(fault);
    assertThat(fuse.skipped()).isZero();
  }

  @Test
  void calls_that_threw_open_it_and_then_no_body_is_called() {
    for (int i = 0; i < 4; i++) {
      assertThatThrownBy(
              () ->
                  fuse.call(
                      () -> {
                        throw fault;
                      }))
          .isSameAs(fault);
    }

    assertThatThrownBy(
            () ->
                fuse.call(
                    () -> {
                      throw new AssertionError("it is called");
                    }))
        .isInstanceOf(Fuse.OpenException.class)
        .hasMessage("the store failed too often and is not called now; its breaker is open");
    assertThat(fuse.skipped()).isEqualTo(1);
  }

  @Test
  void calls_that_took_long_open_it() {
    for (int i = 0; i < 4; i++) {
      String done =
          fuse.call(
              () -> {
                pass(SLOW);
                return "done";
              });
      assertThat(done).isEqualTo("done");
    }
    assertThat(fuse.isOpen()).isTrue();
  }

  @Test
  void what_does_not_count_passes_unless_it_is_open() {
    fuse.requireClosed();
    open();
    assertThatThrownBy(fuse::requireClosed).isInstanceOf(Fuse.OpenException.class);
    assertThat(fuse.skipped()).isZero();
  }

  @Test
  void without_a_policy_there_is_none() {
    assertThat(Fuse.of("the store", Breaker.none(), () -> nanos)).isNull();
    Fuse made = Fuse.of("the store", Breaker.standard(), () -> nanos);
    assertThat(Objects.requireNonNull(made).trouble()).isEmpty();
  }

  /** A nano clock may begin anywhere, and pass through its largest value. */
  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -10_000_000_000L, 0, Long.MAX_VALUE - 10_000_000_000L})
  void its_pause_lasts_as_long_wherever_the_clock_begins(long begin) {
    nanos = begin;
    Fuse other = fuse();
    for (int i = 0; i < 4; i++) {
      call(other, Duration.ZERO, fault);
    }
    pass(PAUSE);
    assertThat(other.enter()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(other.enter()).isTrue();
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Slots.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlotsTest {
  private final AtomicInteger stuck = new AtomicInteger();

  @SuppressWarnings("NullAway") // slots never look at run or agent
  private static Seat seat(Slots slots) {
    return slots.request(null, null);
  }

  private static List<Seat> hang(Slots slots) {
    slots.abandon();
    return slots.hang();
  }

  @Test
  void a_slot_goes_to_the_seat_that_waited_longest() {
    Slots slots = new Slots(1, stuck);
    Seat first = seat(slots);
    Seat second = seat(slots);
    Seat third = seat(slots);

    assertThat(first.state()).isEqualTo(Seat.State.HELD);
    assertThat(slots.queued()).isEqualTo(2);
    assertThat(slots.giveBack(first)).isSameAs(second);
    assertThat(second.state()).isEqualTo(Seat.State.HELD);
    assertThat(third.state()).isEqualTo(Seat.State.WAITING);
  }

  @Test
  void more_capacity_frees_an_agent_that_was_stuck() {
    Slots slots = new Slots(1, stuck);
    Seat held = seat(slots);
    assertThat(hang(slots)).isEmpty();
    assertThat(slots.set(2, true)).isEmpty();

    assertThat(stuck).hasValue(0);
    assertThat(seat(slots).state()).isEqualTo(Seat.State.HELD);
    assertThat(slots.set(1, true)).isEmpty();
    assertThat(stuck).hasValue(1);
    slots.abandonedReturned(true);
    slots.giveBack(held);
    assertThat(stuck).hasValue(0);
  }

  @Test
  void a_seat_waits_for_a_call_that_was_abandoned_and_may_return() {
    Slots slots = new Slots(1, stuck);
    Seat held = seat(slots);
    Seat waiting = seat(slots);

    slots.abandon();
    assertThat(slots.isStuck()).isFalse();
    assertThat(waiting.state()).isEqualTo(Seat.State.WAITING);
    slots.abandonedReturned(false);
    assertThat(slots.giveBack(held)).isSameAs(waiting);
    assertThat(slots.abandoned()).isZero();
  }

  @Test
  void a_seat_is_given_back_once() {
    Slots slots = new Slots(2, stuck);
    Seat seat = seat(slots);

    assertThat(slots.giveBack(seat)).isNull();
    assertThat(slots.giveBack(seat)).isNull();
    assertThat(slots.active()).isZero();
  }

  @Test
  void a_dismissed_seat_is_gone_and_gives_back_nothing() {
    Slots slots = new Slots(1, stuck);
    Seat held = seat(slots);
    Seat waiting = seat(slots);

    assertThat(slots.dismiss()).containsExactly(waiting);
    assertThat(waiting.state()).isEqualTo(Seat.State.GONE);
    assertThat(seat(slots).state()).isEqualTo(Seat.State.GONE);
    assertThat(slots.giveBack(waiting)).isNull();
    assertThat(slots.active()).isEqualTo(1);
    slots.giveBack(held);
    assertThat(slots.active()).isZero();
  }

  @Test
  void more_capacity_lets_waiting_seats_in_and_less_ends_none() {
    Slots slots = new Slots(1, stuck);
    Seat held = seat(slots);
    Seat second = seat(slots);
    Seat third = seat(slots);

    assertThat(slots.set(3, true)).containsExactly(second, third);
    assertThat(slots.set(1, true)).isEmpty();
    assertThat(slots.active()).isEqualTo(3);
    assertThat(slots.giveBack(held)).isNull();
  }

  @Test
  void seats_wait_in_vain_when_calls_that_hang_hold_every_slot() {
    Slots slots = new Slots(1, stuck);
    Seat held = seat(slots);
    Seat waiting = seat(slots);

    assertThat(hang(slots)).containsExactly(waiting);
    assertThat(slots.isStuck()).isTrue();
    assertThat(stuck).hasValue(1);
    slots.abandonedReturned(true);
    slots.giveBack(held);
    assertThat(slots.isStuck()).isFalse();
    assertThat(stuck).hasValue(0);
    assertThat(seat(slots).state()).isEqualTo(Seat.State.HELD);
  }

  @Test
  void no_seat_waits_for_slots_that_hanging_calls_hold() {
    Slots slots = new Slots(2, stuck);
    Seat abandoned = seat(slots);
    Seat other = seat(slots);
    Seat waiting = seat(slots);
    assertThat(hang(slots)).isEmpty();

    assertThat(slots.set(1, true)).containsExactly(waiting);
    assertThat(waiting.state()).isEqualTo(Seat.State.GONE);
    assertThat(seat(slots).state()).isEqualTo(Seat.State.GONE);
    slots.giveBack(other);
    slots.abandonedReturned(true);
    slots.giveBack(abandoned);
    assertThat(seat(slots).state()).isEqualTo(Seat.State.HELD);
  }

  /** Any order of calls: what is taken is the number of held seats, and never negative. */
  @Test
  void slots_are_conserved() {
    for (long seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Slots slots = new Slots(2, stuck);
      List<Seat> all = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        switch (random.nextInt(6)) {
          case 0, 1 -> all.add(seat(slots));
          case 2 -> slots.set(1 + random.nextInt(4), random.nextInt(4) > 0);
          case 3 -> slots.dismiss();
          default -> {
            if (!all.isEmpty()) {
              slots.giveBack(all.remove(random.nextInt(all.size())));
            }
          }
        }
        long held = all.stream().filter(seat -> seat.state() == Seat.State.HELD).count();
        long waiting = all.stream().filter(seat -> seat.state() == Seat.State.WAITING).count();
        assertThat(slots.active()).isEqualTo((int) held);
        assertThat(slots.queued()).isEqualTo((int) waiting);
      }
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What one arbitration has used up of its limits. Thread-safe. */
final class Purse {
  /* Ten times a tenth of a dollar are a dollar. */
  private static final double ROUNDING = 1e-9;

  private final Limits limits;
  private final LongSupplier nanoTime;
  private final long begun;
  private final Consumer<Usage> onPaid;
  private int calls;
  private double promised;
  private Usage paid = Usage.none();
  private String refusal = "";

  /** The listener hears under a lock what was paid in all, whenever that grows. */
  Purse(Limits limits, LongSupplier nanoTime, Consumer<Usage> onPaid) {
    this.limits = limits;
    this.onPaid = onPaid;
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
  }

  /**
   * Takes the price of some calls, all or none, each to be paid or given back by {@link #settle};
   * false at a limit.
   */
  synchronized boolean take(int number, double price) {
    if (calls > limits.calls() - number) {
      refusal =
          calls < limits.calls()
              ? "fewer than " + number + " of " + limits.calls() + " calls are left"
              : "all " + limits.calls() + " calls are made";
    } else if (paid.cost() + promised + number * price > limits.dollars() * (1 + ROUNDING)) {
      refusal = "another call could exceed $" + limits.dollars();
    } else if (left().isZero()) {
      refusal = "the time of " + limits.time() + " is over";
    } else {
      calls += number;
      promised += number * price;
      return true;
    }
    return false;
  }

  /** Ends a call that was begun with that price. */
  synchronized void settle(double price, Usage used) {
    promised -= price;
    paid = paid.plus(used);
    onPaid.accept(paid);
  }

  /** The time until the limit; zero if it is over. */
  Duration left() {
    Duration left = limits.time().minusNanos(nanoTime.getAsLong() - begun);
    return left.isNegative() ? Duration.ZERO : left;
  }

  Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - begun);
  }

  synchronized int calls() {
    return calls;
  }

  synchronized Usage paid() {
    return paid;
  }

  /** Why the last call was not begun; empty if none was refused. */
  synchronized String refusal() {
    return refusal;
  }
}

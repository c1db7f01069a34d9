/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.function.LongSupplier;

/** What one arbitration has used up of its limits. Thread-safe. */
final class Purse {
  private final Limits limits;
  private final LongSupplier nanoTime;
  private final long begun;
  private int calls;
  private double promised;
  private Usage paid = Usage.none();
  private String refusal = "";

  Purse(Limits limits, LongSupplier nanoTime) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.begun = nanoTime.getAsLong();
  }

  /** Takes the price of a call, to be paid or given back by {@link #settle}; false at a limit. */
  synchronized boolean take(double price) {
    if (calls >= limits.calls()) {
      refusal = "all " + limits.calls() + " calls are made";
    } else if (paid.cost() + promised + price > limits.dollars()) {
      refusal = "another call could exceed $" + limits.dollars();
    } else if (left().isZero()) {
      refusal = "the time of " + limits.time() + " is over";
    } else {
      calls++;
      promised += price;
      return true;
    }
    return false;
  }

  /** Ends a call that was begun with that price. */
  synchronized void settle(double price, Usage used) {
    promised -= price;
    paid = paid.plus(used);
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

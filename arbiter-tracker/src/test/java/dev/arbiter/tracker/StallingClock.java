/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** A clock that holds one thread up when that asks for the time. */
final class StallingClock implements InstantSource {
  private final CountDownLatch held = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile Thread victim = Thread.currentThread();
  private volatile boolean stalling;

  @Override
  public Instant instant() {
    if (stalling && Thread.currentThread().equals(victim)) {
      held.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return FakeTime.BEGIN;
  }

  /** Runs the action on a thread of its own and returns when that asked for the time. */
  Thread stall(Runnable action) throws InterruptedException {
    Thread thread = new Thread(action);
    victim = thread;
    stalling = true;
    thread.start();
    held.await();
    return thread;
  }

  void goOn() {
    release.countDown();
  }
}

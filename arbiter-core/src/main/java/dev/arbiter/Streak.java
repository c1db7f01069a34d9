/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/** How the last calls of one agent ended, to eject it when it fails in a row. Thread-safe. */
final class Streak {
  private final Ejection policy;
  private int failures;
  private int ejections;
  private boolean wasEjected;
  private boolean stays;
  private long ejectedAt;
  private volatile boolean probing;

  Streak(Ejection policy) {
    this.policy = policy;
  }

  /** What follows from the end of a call. */
  enum Turn {
    NOTHING,
    /** It failed too often; if it must stay, the count goes on. */
    EJECT,
    /** Its first success after an ejection. */
    RECOVERED
  }

  /** Notes how a call ended that began at a nano time; calls from before an ejection are old. */
  synchronized Turn ended(boolean failed, long began) {
    if (wasEjected && began - ejectedAt < 0) {
      return Turn.NOTHING;
    }
    if (failed) {
      failures++;
      return probing || failures >= policy.failures() ? Turn.EJECT : Turn.NOTHING;
    }
    failures = 0;
    stays = false;
    ejections = 0;
    boolean recovered = probing;
    probing = false;
    return recovered ? Turn.RECOVERED : Turn.NOTHING;
  }

  /** Notes that the agent is ejected. Returns for how long, in nanoseconds. */
  synchronized long eject(long nanoTime) {
    long longest = policy.longest().toNanos();
    long pause = policy.base().toNanos();
    for (int i = 0; i < ejections && pause < longest; i++) {
      pause *= 2;
    }
    ejections++;
    failures = 0;
    wasEjected = true;
    ejectedAt = nanoTime;
    probing = true;
    return Math.min(pause, longest);
  }

  /** The agent was ejected by a process before this one: it comes back one task at a time. */
  synchronized void wasEjectedBefore() {
    ejections = 1;
    probing = true;
  }

  /** Notes that the agent should be ejected and must stay; true the first time in a row. */
  synchronized boolean staysFirst() {
    boolean first = !stays;
    stays = true;
    return first;
  }

  /** A host has looked: the agent begins anew. */
  synchronized void reset() {
    failures = 0;
    stays = false;
    ejections = 0;
    probing = false;
  }

  /** Whether the agent was ejected and has not succeeded since: it gets one task at a time. */
  boolean isProbing() {
    return probing;
  }
}

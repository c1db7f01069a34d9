/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.HealthEvent.Action;
import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Watches the beats of agents, acts when one stops, and records each action. Thread-safe. */
final class Healing {
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
  private static final long SHED_EACH = TimeUnit.SECONDS.toNanos(30);

  private final Recovery policy;
  private final LiveRegistry registry;
  private final Publisher publisher;
  private final Crew crew;
  private final Sources sources;
  private final long patience;
  private final Map<String, Pulse> pulses = new ConcurrentHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  /* Only the thread of the sweep uses these three. */
  private long lookedAt;
  private long toldAt;
  private long told;

  Healing(Recovery policy, LiveRegistry registry, Publisher publisher, Crew crew, Sources sources) {
    this.policy = policy;
    this.registry = registry;
    this.publisher = publisher;
    this.crew = crew;
    this.sources = sources;
    this.patience = policy.beat().multipliedBy(policy.missed()).toNanos();
    this.lookedAt = now();
    this.toldAt = lookedAt - SHED_EACH;
  }

  /** The life signs of one agent. Its lock guards it. */
  private static final class Pulse {
    private long last;
    private boolean watched;
    private boolean silent;

    /* Whether a silent agent was taken out of service; it comes back to one task at a time. */
    private boolean isolated;
    private int restarts;
    private boolean acting;

    /* Since when its limit lasts, if one does. */
    private boolean limited;
    private long limitedSince;

    private Pulse(long now) {
      last = now;
    }

    private void heard(long now) {
      last = now;
      silent = false;
      isolated = false;
    }

    private void limitedFor(boolean isLimited, long now) {
      limitedSince = isLimited && !limited ? now : limitedSince;
      limited = isLimited;
    }
  }

  /**
   * Notes a beat: from the first one on the agent is watched. One that was silent takes work again.
   */
  void beat(String agent) {
    alive(agent, pulse(agent), true);
  }

  private Pulse pulse(String agent) {
    return pulses.computeIfAbsent(agent, unused -> new Pulse(now()));
  }

  /** Notes a sign of life of an agent, watched or not. */
  void alive(String agent) {
    Pulse pulse = pulses.get(agent);
    if (pulse != null) {
      alive(agent, pulse, false);
    }
  }

  private void alive(String agent, Pulse pulse, boolean isBeat) {
    boolean back;
    synchronized (pulse) {
      back = pulse.silent;
      pulse.watched |= isBeat;
      pulse.heard(now());
      pulse.restarts = 0;
    }
    if (back) {
      registry.takeBack(agent);
    }
  }

  /** The host has looked at an agent: its silence counts from now on. */
  void lookedAt(String agent) {
    Pulse pulse = pulses.get(agent);
    if (pulse != null) {
      synchronized (pulse) {
        pulse.heard(now());
      }
    }
  }

  /** Whether an agent that is watched does not report. */
  boolean isSilent(String agent) {
    Pulse pulse = pulses.get(agent);
    return pulse != null && isSilent(pulse);
  }

  /** Forgets an agent that was retired. */
  void forget(String agent) {
    pulses.remove(agent);
  }

  /** How long each silent agent has been silent. */
  Map<String, Duration> silent() {
    Map<String, Duration> silent = new TreeMap<>();
    pulses.forEach(
        (agent, pulse) -> {
          synchronized (pulse) {
            if (pulse.silent) {
              silent.put(
                  agent, Duration.ofNanos(now() - pulse.last).truncatedTo(ChronoUnit.SECONDS));
            }
          }
        });
    return silent;
  }

  /** Looks for agents that have stopped, and tells of tasks that were refused. For the sweep. */
  void look() {
    long now = now();
    if (now - lookedAt < LOOK) {
      return;
    }
    lookedAt = now;
    pulses.forEach((agent, pulse) -> look(agent, pulse, now));
    long count = refused.get();
    if (count > told && now - toldAt >= SHED_EACH) {
      String what =
          String.format(
              Locale.ROOT, "%d tasks were refused or shed: the queue is full", count - told);
      told = count;
      toldAt = now;
      record("task_orchestrator", Action.SHED, true, what);
    }
  }

  private void look(String agent, Pulse pulse, long now) {
    boolean isolate;
    boolean restart;
    synchronized (pulse) {
      boolean isLimited = registry.isLimited(agent);
      pulse.limitedFor(isLimited, now);
      if (!registry.isWatched(agent)) {
        // What the host or a long limit took out of service may be silent; its time begins when it
        // is back. Short limits count: a dead agent meets its rate again and again.
        if (!isLimited || now - pulse.limitedSince >= patience) {
          pulse.heard(now);
        }
        return;
      }
      if (!pulse.watched || pulse.acting) {
        return;
      }
      // A restart that did not help is followed by another, after the same patience.
      boolean isDue = now - pulse.last - pulse.restarts * patience >= patience;
      // The last agent stays until another one can take its place.
      isolate = !pulse.isolated && (pulse.silent || isDue);
      restart = isDue && (!pulse.silent || mayRestart(pulse));
      if (!isolate && !restart) {
        return;
      }
      pulse.silent = true;
      pulse.acting = true;
    }
    crew.addFromSweep(worker -> act(agent, pulse, isolate, restart));
  }

  /* The agent may report before this begins, and at any time after. */
  private void act(String agent, Pulse pulse, boolean isolate, boolean restart) {
    try {
      if (isolate && isSilent(pulse)) {
        boolean done =
            registry.isolate(agent, "it has not reported for " + Duration.ofNanos(patience));
        if (!isolated(pulse, done)) {
          registry.takeBack(agent);
        }
      }
      if (restart && isSilent(pulse)) {
        restart(agent, pulse);
      }
    } finally {
      acted(pulse);
    }
  }

  /* Notes whether a silent agent was isolated; false if it has reported meanwhile. */
  private static boolean isolated(Pulse pulse, boolean done) {
    synchronized (pulse) {
      pulse.isolated = pulse.silent && done;
      return pulse.silent;
    }
  }

  private static boolean isSilent(Pulse pulse) {
    synchronized (pulse) {
      return pulse.silent;
    }
  }

  private static void acted(Pulse pulse) {
    synchronized (pulse) {
      pulse.acting = false;
    }
  }

  private boolean mayRestart(Pulse pulse) {
    return policy.restart().isPresent() && pulse.restarts < policy.restarts();
  }

  /** An agent was isolated, or could not be; tells, and restarts it if it failed. */
  void isolated(String agent, boolean done, String why, int switched) {
    record(agent, Action.ISOLATE, done, why);
    if (switched > 0) {
      record(
          agent,
          Action.SWITCH_OVER,
          true,
          String.format(Locale.ROOT, "%d tasks that waited for it go to others", switched));
    }
  }

  /** An agent was ejected because its calls failed: it is restarted, if the host can. */
  void restartFailed(String agent) {
    if (policy.restart().isEmpty()) {
      return;
    }
    Pulse pulse = pulse(agent);
    synchronized (pulse) {
      if (pulse.acting || !mayRestart(pulse)) {
        return;
      }
      pulse.acting = true;
    }
    crew.add(
        worker -> {
          try {
            restart(agent, pulse);
          } finally {
            acted(pulse);
          }
        });
  }

  private void restart(String agent, Pulse pulse) {
    synchronized (pulse) {
      if (!mayRestart(pulse)) {
        return;
      }
      pulse.restarts++;
    }
    try {
      policy.restart().orElseThrow().agent(agent);
      record(agent, Action.RESTART, true, "the host restarted it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      record(agent, Action.RESTART, false, String.valueOf(e));
    } catch (Exception | LinkageError e) {
      record(agent, Action.RESTART, false, String.valueOf(e));
    }
  }

  /** A task was refused or shed because the queue is full. */
  void refused() {
    refused.incrementAndGet();
  }

  private void record(String component, Action action, boolean succeeded, String detail) {
    publisher.record(
        new HealthEvent(sources.clock().instant(), now(), component, action, succeeded, detail));
  }

  private long now() {
    return sources.nanoTime().getAsLong();
  }
}

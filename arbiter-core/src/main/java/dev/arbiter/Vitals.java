/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.MINUTES;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes reports of health. It remembers the counters of errors of one to two minutes ago, so that
 * old errors are forgotten. Thread-safe.
 */
final class Vitals {
  private static final long A_MINUTE = MINUTES.toNanos(1);
  private static final Duration LATE_SWEEP = Duration.ofSeconds(5);

  private Counters before;
  private Counters last;
  private long lastAt;

  /** The errors so far. */
  record Counters(long executor, long store, long router, long constitution, long listeners) {}

  Vitals(Counters now, long nanoTime) {
    this.before = now;
    this.last = now;
    this.lastAt = nanoTime;
  }

  /** Remembers the counters, once a minute. */
  synchronized void look(Counters now, long nanoTime) {
    if (nanoTime - lastAt >= A_MINUTE) {
      before = last;
      last = now;
      lastAt = nanoTime;
    }
  }

  /** Whether it is time to look. */
  synchronized boolean isDue(long nanoTime) {
    return nanoTime - lastAt >= A_MINUTE;
  }

  /** What a report is made of. */
  record State(
      Counters counters,
      Arbiter.Stats stats,
      boolean queueIsFull,
      Duration notSwept,
      String storeAway,
      List<RegisteredAgent> agents,
      @Nullable Fuse constitution,
      List<Fuse> listeners,
      Map<String, Duration> silent,
      Instant at) {}

  synchronized HealthReport report(State now) {
    Counters errors = now.counters();
    return new HealthReport(
        List.of(
            orchestrator(now, errors.executor() - before.executor()),
            now.storeAway().isEmpty()
                ? counted("store", "batches were not kept", errors.store() - before.store())
                : new Component("store", Level.UNHEALTHY, now.storeAway()),
            registry(now.agents(), now.silent()),
            counted("task_router", "outcomes were not learned", errors.router() - before.router()),
            constitution(now.constitution(), errors.constitution() - before.constitution()),
            listeners(now.listeners(), errors.listeners() - before.listeners())),
        now.at());
  }

  /* Nothing passes while its breaker is open. */
  private static Component constitution(@Nullable Fuse fuse, long errors) {
    String trouble = fuse == null ? "" : fuse.trouble();
    if (fuse == null || trouble.isEmpty()) {
      return counted(
          "caws_validator", "calls of the constitution failed, so nothing passed", errors);
    }
    Level level = fuse.isOpen() ? Level.UNHEALTHY : Level.DEGRADED;
    return new Component("caws_validator", level, trouble);
  }

  private static Component listeners(List<Fuse> fuses, long errors) {
    String trouble =
        fuses.stream()
            .filter(fuse -> !fuse.trouble().isEmpty())
            .map(fuse -> fuse.trouble() + " (" + fuse.skipped() + " events were skipped so far)")
            .collect(Collectors.joining("; "));
    return trouble.isEmpty()
        ? counted("performance_tracker", "calls of listeners failed", errors)
        : new Component("performance_tracker", Level.DEGRADED, trouble);
  }

  private static Component counted(String name, String what, long errors) {
    return errors == 0
        ? new Component(name, Level.HEALTHY, "")
        : new Component(
            name,
            Level.DEGRADED,
            String.format(Locale.ROOT, "%d %s within the last minutes", errors, what));
  }

  private static Component orchestrator(State now, long errors) {
    if (now.notSwept().compareTo(LATE_SWEEP) > 0) {
      String late =
          String.format(
              Locale.ROOT,
              "deadlines were not looked at for %s: the scheduler is busy or shut down, or a listener"
                  + " holds it up",
              now.notSwept().truncatedTo(ChronoUnit.SECONDS));
      return new Component("task_orchestrator", Level.DEGRADED, late);
    }
    if (now.queueIsFull()) {
      String full =
          String.format(
              Locale.ROOT, "the queue is full: %d tasks wait for a place", now.stats().waiting());
      return new Component("task_orchestrator", Level.DEGRADED, full);
    }
    if (now.stats().abandoned() > 0) {
      String hung =
          String.format(
              Locale.ROOT,
              "%d calls of agents outlive their attempts and hold slots",
              now.stats().abandoned());
      return new Component("task_orchestrator", Level.DEGRADED, hung);
    }
    return counted("task_orchestrator", "times the executor took no work", errors);
  }

  /* What a host takes out of service on purpose is no fault. */
  private static Component registry(List<RegisteredAgent> agents, Map<String, Duration> silent) {
    List<RegisteredAgent> out =
        agents.stream()
            .filter(agent -> agent.status() == Status.EJECTED || agent.status() == Status.LIMITED)
            .toList();
    boolean works = agents.stream().anyMatch(agent -> agent.status().takesWork());
    if (works && out.isEmpty() && silent.isEmpty()) {
      return new Component("agent_registry", Level.HEALTHY, "");
    }
    List<String> said = new ArrayList<>();
    for (RegisteredAgent agent : out) {
      String end = agent.availableAt().map(at -> " until " + at).orElse("");
      said.add("'" + agent.id() + "' is " + agent.status() + end);
    }
    silent.forEach((agent, time) -> said.add("'" + agent + "' has not reported for " + time));
    String names = String.join(", ", said);
    String detail = works ? names : "no agent takes work" + (names.isEmpty() ? "" : ": " + names);
    return new Component("agent_registry", works ? Level.DEGRADED : Level.UNHEALTHY, detail);
  }
}

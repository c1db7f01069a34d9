/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.Task;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/** Parts of an engine that works on the calling thread. */
final class Parts {
  private static final EngineConfig CONFIG = Arbiter.builder().withoutConstitution().config();
  private static final Task TASK = Task.builder("fix").id("t").build();
  private static final Tenure TENURE = new Tenure(() -> 0);
  private static final Crew CREW = new Crew(Runnable::run, () -> 0);
  private static final Publisher PUBLISHER =
      new Publisher(TENURE, false, CONFIG.listeners(), Breaker.none(), () -> 0);
  private static final Timers TIMERS = new Timers(0);
  private static final LiveRegistry REGISTRY =
      new LiveRegistry(CONFIG.sources(), CONFIG.ejection(), PUBLISHER, CREW);

  private Parts() {}

  static Pipeline pipeline() {
    OpenRequests open = new OpenRequests(null, CONFIG.sources().clock());
    Ledger ledger =
        new Ledger(Map.of(), List.of(), CONFIG.sources().clock(), PUBLISHER::keepAccount);
    return new Pipeline(
        CONFIG, REGISTRY, PUBLISHER, TENURE, new Line(1, 1), CREW, TIMERS, open, ledger, run -> {});
  }

  /** A run that waits for the store. */
  static TaskRun run(Pipeline pipeline) {
    return new TaskRun(pipeline, TASK, Instant.EPOCH, 0);
  }

  /** A run that nothing drives. */
  @SuppressWarnings("NullAway")
  static TaskRun idle(Task task) {
    return new TaskRun(null, task, Instant.EPOCH, 0);
  }

  /** A scheduler that never calls the sweep. */
  static ScheduledExecutorService noScheduler() {
    return (ScheduledExecutorService)
        Proxy.newProxyInstance(
            Parts.class.getClassLoader(),
            new Class<?>[] {ScheduledExecutorService.class},
            (proxy, method, arguments) -> null);
  }

  static Slots slots(int capacity) {
    return new Slots(capacity, new AtomicInteger());
  }

  static Attempt attempt(Pipeline pipeline, Slots.Seat seat) {
    TimeLimits.Limit limit = new TimeLimits.Limit(Duration.ofSeconds(1), "a second");
    return new Attempt(run(pipeline), pipeline, limit, seat, 0);
  }
}

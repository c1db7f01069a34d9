/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Keeps the steps of runs, and parks each run until the store has its steps. */
final class Keeping {
  private final Publisher publisher;
  private final Tenure tenure;
  private final Waiting waiting;
  private final Endings endings;
  private final Crew crew;
  private final Timers timers;
  private final RunClock clock;
  private final long storeLimit;

  Keeping(
      EngineConfig config,
      Publisher publisher,
      Tenure tenure,
      Waiting waiting,
      Endings endings,
      Crew crew,
      Timers timers,
      RunClock clock) {
    this.publisher = publisher;
    this.tenure = tenure;
    this.waiting = waiting;
    this.endings = endings;
    this.crew = crew;
    this.timers = timers;
    this.clock = clock;
    this.storeLimit = Timers.nanos(config.storeLimit());
  }

  /** Keeps the steps since the last batch; then the run goes on with a stage. */
  Move keep(TaskRun run, Stage then) {
    run.next(then);
    CompletionStage<@Nullable Void> stage = publisher.keep(run);
    if (Tenure.isKept(stage)) {
      kept(run);
      return then;
    }
    int batch = run.batch();
    CompletionStage<@Nullable Void> unused =
        stage.whenComplete(
            (kept, error) -> {
              if (run.post(new News.Kept(batch, error))) {
                crew.add(run);
              }
            });
    return Waits.STORE;
  }

  /** The store has kept the batch of a run. */
  void kept(TaskRun run) {
    tenure.kept();
    // A listener that hears of a request may decide it at once.
    waiting.list(run);
    publisher.tellKept(run);
    waiting.kept(run);
    run.decisions().kept();
    run.next(run.stage());
  }

  /** The store has lost the batch of a run, which waits until it comes back. */
  void lost(TaskRun run, Throwable error) {
    tenure.failed(error);
    News.Decided deciding = run.deciding();
    if (deciding != null) {
      run.deciding(null);
      deciding.fail("the store failed; decide again when it is back");
    }
    if (run.isComplete()) {
      endings.withdraw(run, "the task was left behind when the arbiter was closed");
      run.await(Waits.NOTHING);
      return;
    }
    long now = clock.now();
    run.lost(now, Tenure.inWords(error));
    timers.set(run.lostTimer(), now + storeLimit);
  }

  /** Whether a run has waited for the store as long as it can. */
  boolean isTired(TaskRun run) {
    long now = clock.now();
    return run.cancelReason() != null || run.isPastDeadline(now) || run.isLostFor(storeLimit, now);
  }
}

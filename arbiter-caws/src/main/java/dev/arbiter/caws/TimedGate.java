/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a gate on another thread. When the time is up it stops waiting and interrupts the gate. */
record TimedGate(QualityGate gate, Duration limit, Executor executor) implements QualityGate {

  @Override
  public QualityGate.Result check(Assignment assignment, WorkReport report) throws Exception {
    FutureTask<QualityGate.Result> run = new FutureTask<>(() -> gate.check(assignment, report));
    executor.execute(run);
    try {
      return run.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return QualityGate.Result.fail("the checker took longer than " + limit);
    } finally {
      run.cancel(true);
    }
  }
}

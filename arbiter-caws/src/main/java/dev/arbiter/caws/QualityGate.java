/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A check of the work that the host makes itself, instead of believing the report's evidence.
 *
 * <p>Threads: called from many threads at once, on the thread that judges; a slow check delays that
 * task. Errors: a check that throws, or returns null, fails the gate.
 */
@FunctionalInterface
public interface QualityGate {

  /**
   * Checks the work.
   *
   * @param assignment the attempt
   * @param report the report of the work
   * @return passed or failed, with a reason
   * @throws Exception any exception fails the gate
   */
  Result check(Assignment assignment, WorkReport report) throws Exception;

  /**
   * Limits the time of this gate.
   *
   * @param limit after which it fails and its thread is interrupted, positive
   * @param executor runs it; use few threads, since a thread that ignores the interrupt stays busy
   * @return a gate that waits no longer than the limit; it fails if the executor rejects it
   * @throws IllegalArgumentException if the limit is not positive
   */
  default QualityGate within(Duration limit, Executor executor) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("a gate's time limit must be positive, got " + limit);
    }
    return (assignment, report) -> {
      FutureTask<Result> run = new FutureTask<>(() -> check(assignment, report));
      executor.execute(run);
      try {
        return run.get(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        return Result.fail("the checker took longer than " + limit);
      } finally {
        run.cancel(true);
      }
    };
  }

  /**
   * The result of a check.
   *
   * @param passed whether the work passes
   * @param detail one line for a reader: the thing that was checked, or the thing to mend
   */
  record Result(boolean passed, String detail) {

    /**
     * Returns that the work passes.
     *
     * @param detail the thing that was checked
     * @return the result
     */
    public static Result pass(String detail) {
      return new Result(true, detail);
    }

    /**
     * Returns that the work does not pass.
     *
     * @param detail the thing to mend
     * @return the result
     */
    public static Result fail(String detail) {
      return new Result(false, detail);
    }
  }
}

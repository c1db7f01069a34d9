/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Asynchronous agents whose calls all take the same time. One thread lets them report. */
final class Workshop implements AsyncAgent {
  static final WorkReport REPORT = WorkReport.of("done");

  private final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  private final long nanos;

  Workshop(Duration time) {
    this.nanos = time.toNanos();
  }

  /** A call that will report. */
  record Call(CompletableFuture<WorkReport> report, long due) {}

  @Override
  public CompletionStage<WorkReport> start(Assignment assignment) {
    Call call = new Call(new CompletableFuture<>(), System.nanoTime() + nanos);
    calls.add(call);
    return call.report();
  }

  /** The next call that must report, when its time has come. */
  Call next() throws InterruptedException {
    Call call = calls.take();
    TimeUnit.NANOSECONDS.sleep(call.due() - System.nanoTime());
    return call;
  }

  /** Starts a thread that lets calls report until it is interrupted. */
  Thread open() {
    Thread reporter =
        new Thread(
            () -> {
              try {
                while (true) {
                  next().report().complete(REPORT);
                }
              } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
              }
            },
            "workshop");
    reporter.setDaemon(true);
    reporter.start();
    return reporter;
  }
}

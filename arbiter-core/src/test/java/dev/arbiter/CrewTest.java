/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class CrewTest {
  private final List<String> done = new ArrayList<>();

  private Crew.Job job(String name) {
    return worker -> done.add(name);
  }

  private static Crew crew(Executor executor) {
    return new Crew(executor, () -> 0);
  }

  /** A chain of 100,000 jobs, each of which adds the next: no stack grows. */
  @Test
  void an_inline_executor_works_in_a_loop() {
    Crew crew = crew(Runnable::run);
    crew.add(chain(100_000));

    assertThat(done).hasSize(100_000);
  }

  @Test
  void a_rejecting_executor_leaves_the_work_to_the_caller() {
    Crew crew =
        crew(
            work -> {
              throw new RejectedExecutionException();
            });
    crew.add(chain(100_000));

    assertThat(done).hasSize(100_000);
  }

  private Crew.Job chain(int length) {
    return worker -> {
      done.add("" + length);
      if (length > 1) {
        worker.add(chain(length - 1));
      }
    };
  }

  @Test
  void an_executor_that_fails_once_loses_nothing() {
    int[] calls = {0};
    Crew crew =
        crew(
            work -> {
              if (calls[0]++ == 0) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              work.run();
            });
    crew.add(job("a"));
    assertThat(done).isEmpty();

    crew.check();
    crew.check();
    assertThat(done).containsExactly("a");
    assertThat(crew.failures()).isEqualTo(1);
  }

  @Test
  void an_executor_that_drops_work_gets_it_again() {
    List<Runnable> dropped = new ArrayList<>();
    Crew crew = crew(dropped::add);
    crew.add(job("a"));

    for (int i = 0; i < 200; i++) {
      crew.check();
    }
    assertThat(dropped).hasSizeBetween(3, 12);
    dropped.get(dropped.size() - 1).run();
    dropped.get(0).run();
    assertThat(done).containsExactly("a");
  }

  @Test
  void the_sweep_does_not_work_for_a_pool_that_rejects() {
    Crew crew =
        crew(
            work -> {
              throw new RejectedExecutionException();
            });
    crew.addFromSweep(job("a"));
    assertThat(done).isEmpty();

    crew.add(job("b"));
    assertThat(done).containsExactly("a", "b");
  }

  /** Such as a pool of the host whose queue is full: the caller runs what it cannot take. */
  @Test
  void the_sweep_does_not_work_for_a_pool_that_lets_its_caller_work() throws Exception {
    List<Runnable> hired = new ArrayList<>();
    boolean[] isFull = {false};
    Crew crew =
        crew(
            work -> {
              if (isFull[0]) {
                work.run();
              } else {
                hired.add(work);
              }
            });
    crew.add(job("a"));
    Thread own = new Thread(hired.remove(0));
    own.start();
    own.join();
    isFull[0] = true;

    crew.sweeps(true);
    crew.addFromSweep(job("b"));
    crew.add(job("c"));
    for (int i = 0; i < 10; i++) {
      crew.check();
    }
    crew.sweeps(false);
    assertThat(done).containsExactly("a");
    assertThat(crew.failures()).isPositive();

    crew.add(job("d"));
    assertThat(done).containsExactly("a", "b", "c", "d");
  }

  @Test
  void the_sweep_does_no_work_that_its_listeners_bring_while_a_pool_rejects() {
    Crew crew =
        crew(
            work -> {
              throw new RejectedExecutionException();
            });
    crew.sweeps(true);
    crew.add(job("a"));
    crew.sweeps(false);
    assertThat(done).isEmpty();

    crew.add(job("b"));
    assertThat(done).containsExactly("a", "b");
  }

  /** A worker that will be busy hands its other jobs to new workers first. */
  @Test
  void a_busy_worker_hands_over() {
    List<Runnable> hired = new ArrayList<>();
    Crew crew = crew(hired::add);
    crew.add(
        worker -> {
          worker.add(job("b"));
          worker.add(job("c"));
          worker.handOver();
          done.add("a");
        });
    hired.remove(0).run();

    assertThat(hired).hasSize(2);
    assertThat(done).containsExactly("a", "b", "c");
  }

  @Test
  void a_guest_does_one_job_and_hires_for_the_rest() {
    List<Runnable> hired = new ArrayList<>();
    Crew crew = crew(hired::add);
    crew.doHere(
        worker -> {
          assertThat(worker.callsAgents()).isFalse();
          worker.add(job("later"));
          done.add("now");
        });

    assertThat(done).containsExactly("now");
    hired.forEach(Runnable::run);
    assertThat(done).containsExactly("now", "later");
  }
}

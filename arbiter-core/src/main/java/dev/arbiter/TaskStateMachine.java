/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Journal;
import dev.arbiter.task.TaskState;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the states of tasks: checks a step against the table of {@link TaskState}, appends it to
 * the journal, calls the listeners. Other events take the same way, without the table.
 */
final class TaskStateMachine {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Journal journal;
  private final List<ArbiterListener> listeners;
  private final AtomicLong errors = new AtomicLong();
  private final LogLimiter log;

  TaskStateMachine(Journal journal, List<ArbiterListener> listeners, LongSupplier nanoTime) {
    this.journal = journal;
    this.listeners = List.copyOf(listeners);
    this.log = new LogLimiter(nanoTime);
  }

  /** Changes the state of a task. The thread that drives the run calls it. */
  void step(TaskRun run, TaskEvent event) {
    if (event.state() != run.state() && !run.state().mayBecome(event.state())) {
      throw new IllegalStateException(run + " cannot become " + event.state());
    }
    journal.append(List.of(event));
    run.enter(event.state());
    publish(event);
    List<ArbiterListener> subscribers = run.subscribers();
    if (subscribers != null) {
      subscribers.forEach(subscriber -> tell(subscriber, event));
    }
  }

  /** Ends a task whose journal refuses even the end, so that its caller does not wait forever. */
  void endUnrecorded(TaskRun run, TaskState end) {
    run.enter(end);
  }

  /** Publishes an event that is not a step of a task. */
  void record(ArbiterEvent event) {
    journal.append(List.of(event));
    publish(event);
  }

  long errors() {
    return errors.get();
  }

  private void publish(ArbiterEvent event) {
    for (int i = 0; i < listeners.size(); i++) {
      tell(listeners.get(i), event);
    }
  }

  private void tell(ArbiterListener listener, ArbiterEvent event) {
    try {
      listener.on(event);
    } catch (RuntimeException | Error e) {
      errors.incrementAndGet();
      if (log.passes()) {
        LOG.warn(
            "listener {} threw; {} such errors so far, the task goes on",
            listener.getClass().getName(),
            errors.get(),
            e);
      }
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.LogGate;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Journal;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where every event goes: checked against the table, into the journal, then to the listeners. */
final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Journal journal;
  private final List<ArbiterListener> listeners;
  private final AtomicLong errors = new AtomicLong();
  private final LogGate log;

  Publisher(Journal journal, List<ArbiterListener> listeners, LongSupplier nanoTime) {
    this.journal = journal;
    this.listeners = List.copyOf(listeners);
    this.log = new LogGate(nanoTime);
  }

  /** The only way a task changes its state; called by its driver. */
  void step(Run run, TaskEvent event) {
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

  /** Something that is no step of a task. */
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

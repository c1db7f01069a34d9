/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.TaskState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every event. */
final class Recorder implements ArbiterListener {
  final List<ArbiterEvent> events = new CopyOnWriteArrayList<>();

  @Override
  public void on(ArbiterEvent event) {
    events.add(event);
  }

  List<TaskState> states(String taskId) {
    return events.stream()
        .filter(TaskEvent.class::isInstance)
        .map(TaskEvent.class::cast)
        .filter(event -> event.task().id().equals(taskId))
        .map(TaskEvent::state)
        .toList();
  }
}

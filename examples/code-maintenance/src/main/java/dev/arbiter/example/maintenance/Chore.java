/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;

/**
 * One piece of maintenance on one file.
 *
 * @param id the task's id, such as {@code CHORE-17}
 * @param type its kind
 * @param path the file, relative to the repository, with forward slashes
 * @param source the file as it was committed when the run began
 */
record Chore(String id, ChoreType type, String path, String source) {

  /** The task for Arbiter: the instruction in plain words, and a working spec of its own. */
  Task task() {
    return Task.builder(type.id())
        .id(id)
        .requires("java")
        .payload(type.instruction(path))
        .spec(SpecRef.text(WorkingSpec.of(this)))
        .build();
  }
}

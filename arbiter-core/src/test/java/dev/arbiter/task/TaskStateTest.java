/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static dev.arbiter.task.TaskState.CANCELLED;
import static dev.arbiter.task.TaskState.COMPLETED;
import static dev.arbiter.task.TaskState.EXECUTING;
import static dev.arbiter.task.TaskState.EXECUTION_COMPLETE;
import static dev.arbiter.task.TaskState.FAILED;
import static dev.arbiter.task.TaskState.RECEIVED;
import static dev.arbiter.task.TaskState.REJECTED;
import static dev.arbiter.task.TaskState.ROUTED;
import static dev.arbiter.task.TaskState.ROUTING;
import static dev.arbiter.task.TaskState.SPEC_APPROVED;
import static dev.arbiter.task.TaskState.VALIDATING_SPEC;
import static dev.arbiter.task.TaskState.VERIFIED;
import static dev.arbiter.task.TaskState.VERIFYING;
import static dev.arbiter.task.TaskState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TaskStateTest {
  private static final Map<TaskState, Set<TaskState>> LEGAL = new EnumMap<>(TaskState.class);

  static {
    LEGAL.put(RECEIVED, EnumSet.of(VALIDATING_SPEC, FAILED, CANCELLED));
    LEGAL.put(VALIDATING_SPEC, EnumSet.of(SPEC_APPROVED, WAITING, REJECTED, FAILED, CANCELLED));
    LEGAL.put(SPEC_APPROVED, EnumSet.of(ROUTING, FAILED, CANCELLED));
    LEGAL.put(ROUTING, EnumSet.of(ROUTED, FAILED, CANCELLED));
    LEGAL.put(ROUTED, EnumSet.of(EXECUTING, WAITING, ROUTING, FAILED, CANCELLED));
    LEGAL.put(
        EXECUTING, EnumSet.of(EXECUTION_COMPLETE, VERIFYING, WAITING, ROUTING, FAILED, CANCELLED));
    LEGAL.put(EXECUTION_COMPLETE, EnumSet.of(VERIFYING, FAILED, CANCELLED));
    LEGAL.put(VERIFYING, EnumSet.of(VERIFIED, EXECUTING, WAITING, ROUTING, FAILED, CANCELLED));
    LEGAL.put(VERIFIED, EnumSet.of(COMPLETED, FAILED));
    LEGAL.put(
        WAITING,
        EnumSet.of(VALIDATING_SPEC, ROUTING, EXECUTING, VERIFYING, REJECTED, FAILED, CANCELLED));
  }

  static List<Arguments> everyPair() {
    List<Arguments> pairs = new ArrayList<>();
    for (TaskState from : TaskState.values()) {
      for (TaskState to : TaskState.values()) {
        pairs.add(Arguments.of(from, to));
      }
    }
    return pairs;
  }

  @ParameterizedTest
  @MethodSource("everyPair")
  void the_table_has_exactly_the_legal_steps(TaskState from, TaskState to) {
    boolean legal = LEGAL.getOrDefault(from, Set.of()).contains(to);

    assertThat(from.mayBecome(to)).isEqualTo(legal);
    assertThat(from.isEnd()).isEqualTo(!LEGAL.containsKey(from));
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.slf4j.helpers.NOPMDCAdapter;

/**
 * Names the task in the log lines of a thread that works for it: the MDC keys {@code
 * arbiter.tenant}, {@code arbiter.task}, {@code arbiter.correlation}, and within a call of an agent
 * {@code arbiter.agent} and {@code arbiter.attempt}.
 *
 * <p>When a scope is closed, the MDC has what it had before, whatever was done to it meanwhile.
 * Without an MDC a scope costs one read of a final field.
 */
final class LogContext {
  static final String TENANT = "arbiter.tenant";
  static final String TASK = "arbiter.task";
  static final String CORRELATION = "arbiter.correlation";
  static final String AGENT = "arbiter.agent";
  static final String ATTEMPT = "arbiter.attempt";

  private static final Scope NONE = () -> {};

  private final boolean on =
      MDC.getMDCAdapter() != null && !(MDC.getMDCAdapter() instanceof NOPMDCAdapter);

  /** Ends with the work of a thread. */
  interface Scope extends AutoCloseable {
    @Override
    void close();
  }

  /** Names a task on this thread. */
  Scope of(Task task) {
    return on ? open(task, null) : NONE;
  }

  /** Names a task and the agent that is called on this thread. */
  Scope of(Assignment call) {
    return on ? open(call.task(), call) : NONE;
  }

  /* A host's MDC that fails must not fail a task. */
  private static Scope open(Task task, @Nullable Assignment call) {
    try {
      Map<String, String> before = MDC.getCopyOfContextMap();
      Scope scope = () -> restore(before);
      try {
        MDC.put(TENANT, task.tenant());
        MDC.put(TASK, task.id());
        MDC.put(CORRELATION, task.correlation());
        if (call != null) {
          MDC.put(AGENT, call.agent());
          MDC.put(ATTEMPT, String.valueOf(call.attempt()));
        }
      } catch (RuntimeException e) {
        scope.close();
      }
      return scope;
    } catch (RuntimeException e) {
      return NONE;
    }
  }

  private static void restore(@Nullable Map<String, String> before) {
    try {
      if (before == null) {
        MDC.clear();
      } else {
        MDC.setContextMap(before);
      }
    } catch (RuntimeException e) {
      // There is no better place to say so than the log, whose context this is.
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.trace;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Turns the events of each task into spans, and hands on each span when it has ended.
 *
 * <pre>
 *   invoke_workflow arbiter.task          a task, from submission to end
 *     invoke_agent {agent}                an attempt, its retries included
 *     execute_tool {gate}                 a gate; all gates of one judgement have its time
 *     arbiter.wait {reason}               a wait for something outside
 * </pre>
 *
 * <p>All spans are of kind INTERNAL. Instructions and outputs are in none; errors are. A span that
 * was open when a process died is described by the next process, with the same ids; an attempt or
 * wait begins there when its task was recovered. Tasks that an arbiter leaves to its store describe
 * only what ended.
 *
 * <p>Thread-safe. The receiver is called on the thread that drives the task, so it must be quick;
 * an exception from it is counted as that of a listener. Memory: some 300 bytes for each task in
 * flight.
 *
 * <p>Names follow the OpenTelemetry semantic conventions for generative AI, which are in
 * development: {@link #CONVENTIONS} says which ones.
 */
public final class TaskSpans implements ArbiterListener {
  /**
   * The conventions whose names are used: the repository {@code semantic-conventions-genai} of
   * OpenTelemetry at this commit, over semantic conventions 1.41.1.
   */
  public static final String CONVENTIONS = "002c8a6ea1c8a42b14a4527db83b3cabcded610a";

  private final Consumer<TaskSpan> receiver;
  private final Function<Verdict, List<Gate>> gates;
  private final Map<String, OpenSpans> open = new ConcurrentHashMap<>();

  private TaskSpans(Consumer<TaskSpan> receiver, Function<Verdict, List<Gate>> gates) {
    this.receiver = receiver;
    this.gates = gates;
  }

  /**
   * One gate of a judgement.
   *
   * @param name its name, such as {@code tests_pass}
   * @param passed whether it passed, or was waived
   * @param state its state in one word
   */
  public record Gate(String name, boolean passed, String state) {}

  /**
   * {@return a listener that describes tasks} A judgement is one span, {@code execute_tool
   * constitution}, unless {@link #gates} is called.
   *
   * @param receiver gets each span, children before their parents
   */
  public static TaskSpans to(Consumer<TaskSpan> receiver) {
    return new TaskSpans(receiver, verdict -> List.of());
  }

  /**
   * {@return the same listener, which describes each gate}
   *
   * @param ofVerdict finds the gates of a verdict, such as {@code SealedVerdict::gates}; for an
   *     empty list the judgement stays one span
   */
  public TaskSpans gates(Function<Verdict, List<Gate>> ofVerdict) {
    return new TaskSpans(receiver, ofVerdict);
  }

  @Override
  public void on(ArbiterEvent event) {
    if (!(event instanceof TaskEvent step)) {
      return;
    }
    Task task = step.task();
    String key = task.tenant() + '\0' + task.id();
    OpenSpans spans =
        step instanceof TaskEvent.Concluded
            ? open.remove(key)
            : open.computeIfAbsent(key, unused -> new OpenSpans(step));
    (spans == null ? new OpenSpans(step) : spans).on(step, receiver, gates);
  }
}

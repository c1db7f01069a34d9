/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Digests;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Watches the signs that one call of an agent gives, for the guards. Thread-safe. */
final class Watch {
  private static final int MOST_MESSAGES = 64;
  private static final int LONGEST = 200;

  /* The evidence that names the content of a work tree. */
  private static final String WORK_TREE = "work_tree";

  private final Guards guards;
  private final long stall;
  private final Map<String, Integer> messages =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > MOST_MESSAGES;
        }
      };

  /* The working time of the call at its last sign, in nanoseconds. */
  private long lastSign;

  Watch(Guards guards) {
    this.guards = guards;
    this.stall = guards.stall().map(time -> Timers.nanos(time)).orElse(Long.MAX_VALUE / 4);
  }

  /** A watch for a call; null if no guard wants one. */
  static @Nullable Watch of(Guards guards) {
    boolean watches = guards.stall().isPresent() || guards.sameMessage() > 0;
    return watches ? new Watch(guards) : null;
  }

  /** Notes a sign of an agent that has worked so long. */
  synchronized void sign(long worked) {
    lastSign = worked;
  }

  /** The working time after which the call stalls. */
  synchronized long stallsAfter() {
    return lastSign + stall;
  }

  /** Notes a message of progress. Returns why the call must end, or an empty text. */
  synchronized String message(String agent, String message) {
    if (guards.sameMessage() == 0 || message.isBlank()) {
      return "";
    }
    boolean isLong = message.length() > LONGEST;
    String text = isLong ? message.substring(0, LONGEST) : message;
    String whole = isLong ? text + Digests.sha256Hex(message) : text;
    return messages.merge(whole, 1, Integer::sum) < guards.sameMessage()
        ? ""
        : String.format(
            Locale.ROOT,
            "loop guard: agent '%s' reported '%s' %d times; it was interrupted",
            agent,
            text,
            guards.sameMessage());
  }

  /** Explains a stall. */
  String stalled(String agent) {
    return String.format(
        Locale.ROOT,
        "stall guard: agent '%s' made no progress for %s; it was interrupted",
        agent,
        guards.stall().orElseThrow());
  }

  /**
   * What makes two pieces of work the same: their changes, and their output where nothing was
   * changed or no evidence names the content. Two edits of one file may have the same counts.
   */
  static String digest(WorkReport report) {
    List<String> parts = new ArrayList<>();
    for (FileChange change : report.changes()) {
      parts.add(change.path() + ' ' + change.added() + ' ' + change.removed());
    }
    boolean namesContent = false;
    for (Evidence evidence : report.evidence()) {
      if (evidence.gate().equals(WORK_TREE)) {
        parts.add(evidence.detail());
        namesContent = true;
      }
    }
    if (report.changes().isEmpty() || !namesContent) {
      parts.add(report.output());
    }
    return Digests.named(parts);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Records every task from its events. */
final class RunLog implements ArbiterListener {
  private final ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
  private final Map<String, Entry> open = new HashMap<>();
  private final List<Entry> closed = new ArrayList<>();
  private final List<Verdict> verdicts = new ArrayList<>();
  private final Map<String, Integer> denials = new TreeMap<>();

  /** The record of one task. */
  static final class Entry {
    private final String task;
    private final ChoreType type;
    private final List<String> agents = new ArrayList<>();
    private final List<String> digests = new ArrayList<>();
    private long began;
    private long worked;
    private long own;
    private long ownCpu;
    private long cpuBefore;
    private long threadBefore = -1;
    private boolean completed;
    private boolean waived;
    private boolean isMeasured;

    Entry(String task, ChoreType type) {
      this.task = task;
      this.type = type;
    }

    ChoreType type() {
      return type;
    }

    /** The agents that were tried, in order. */
    List<String> agents() {
      return agents;
    }

    boolean completed() {
      return completed;
    }

    boolean waived() {
      return waived;
    }

    boolean approved() {
      return completed && !waived;
    }

    /** Tells whether an agent was the first choice. */
    boolean chose(String agent) {
      return agents.indexOf(agent) == 0;
    }

    boolean atFirstChoice() {
      return completed && agents.size() == 1;
    }

    /** Tells whether it ended in this process, so that its times are known. */
    boolean isMeasured() {
      return isMeasured;
    }

    /** Nanoseconds outside the agent's run and the gates. */
    long own() {
      return own;
    }

    /** The same in CPU nanoseconds; steadier on a machine with other work. */
    long ownCpu() {
      return ownCpu;
    }
  }

  @Override
  public synchronized void on(ArbiterEvent event) {
    if (event instanceof TaskEvent step) {
      take(step);
    }
  }

  private void take(TaskEvent step) {
    String id = step.task().id();
    Entry entry =
        open.computeIfAbsent(id, task -> new Entry(task, ChoreType.of(step.task().type())));
    countCpu(entry);
    if (entry.began != 0) {
      entry.worked += step.nanoTime() - entry.began;
      entry.began = 0;
    }
    if (step instanceof TaskEvent.Routed routed) {
      entry.agents.add(routed.decision().agent());
    } else if (step instanceof TaskEvent.Executing) {
      entry.began = step.nanoTime();
    } else if (step instanceof TaskEvent.Routing routing) {
      routing.failed().flatMap(failed -> failed.verdict()).ifPresent(v -> judged(entry, v));
    } else if (step instanceof TaskEvent.Verified verified) {
      judged(entry, verified.verdict());
    } else if (step instanceof TaskEvent.Concluded concluded) {
      conclude(entry, concluded);
    }
  }

  /* Counts the time between two events on one thread, except while the agent works. */
  private void countCpu(Entry entry) {
    long thread = Thread.currentThread().getId();
    long now = cpu.getCurrentThreadCpuTime();
    if (entry.began == 0 && entry.threadBefore == thread) {
      entry.ownCpu += now - entry.cpuBefore;
    }
    entry.threadBefore = thread;
    entry.cpuBefore = now;
  }

  private void conclude(Entry entry, TaskEvent.Concluded concluded) {
    if (concluded.result() instanceof TaskResult.Failed failed) {
      failed.verdict().ifPresent(verdict -> judged(entry, verdict));
    }
    entry.completed = concluded.result() instanceof TaskResult.Completed;
    entry.own = concluded.nanos() - entry.worked;
    entry.isMeasured = true;
    open.remove(entry.task);
    closed.add(entry);
  }

  /**
   * Adds the tasks that ended in a process before this one. Of their verdicts only the last is
   * known.
   *
   * @param ends all tasks of the run, in order
   * @param tried the agents that were tried for each task, in order
   */
  synchronized void restore(List<TaskResult> ends, Map<String, List<String>> tried) {
    Map<String, Entry> known = new HashMap<>();
    closed.forEach(entry -> known.put(entry.task, entry));
    closed.clear();
    for (TaskResult end : ends) {
      String id = end.task().id();
      Entry entry = known.get(id);
      if (entry == null) {
        entry = new Entry(id, ChoreType.of(end.task().type()));
        entry.completed = end instanceof TaskResult.Completed;
        if (end instanceof TaskResult.Completed done) {
          judged(entry, done.verdict());
        } else if (end instanceof TaskResult.Failed failed && failed.verdict().isPresent()) {
          judged(entry, failed.verdict().get());
        }
      }
      if (tried.containsKey(id)) {
        entry.agents.clear();
        entry.agents.addAll(tried.get(id));
      }
      closed.add(entry);
    }
  }

  private void judged(Entry entry, Verdict verdict) {
    verdicts.add(verdict);
    entry.digests.add(verdict.seal().digest());
    entry.waived |= verdict instanceof Verdict.Waived;
    if (verdict instanceof Verdict.Denied) {
      for (Finding finding : verdict.findings()) {
        if (finding.severity() == Severity.ERROR) {
          denials.merge(finding.ruleId() + at(finding), 1, Integer::sum);
        }
      }
    }
  }

  private static String at(Finding finding) {
    return finding.place().startsWith("/gates/") ? " " + finding.place().substring(7) : "";
  }

  synchronized List<Entry> entries() {
    return List.copyOf(closed);
  }

  synchronized List<Verdict> verdicts() {
    return List.copyOf(verdicts);
  }

  /** {@return the number of denials of each rule} */
  synchronized Map<String, Integer> denials() {
    return new TreeMap<>(denials);
  }

  /** {@return a digest, equal for two runs with equal decisions and verdicts} */
  synchronized String digest() {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    for (Entry entry : closed) {
      String line = entry.task + " " + entry.agents + " " + entry.digests + "\n";
      sha256.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return "sha256:" + HexFormat.of().formatHex(sha256.digest());
  }
}

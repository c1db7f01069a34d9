/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.learning.EndedAttempts.TaskKey;
import dev.arbiter.learning.FailureModes.Aftermath;
import dev.arbiter.learning.FailureModes.CellKey;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds ways to fail in the events of tasks, and what followed them; not thread-safe. */
final class ModeDetector {
  private static final int MOST_OPEN = 16_384;
  private static final int MOST_TYPES = 4_096;
  private static final int FEWEST = 5;
  private static final String GATES = "/gates/";
  private static final String WORK_TREE = "work_tree";

  private final EndedAttempts attempts = new EndedAttempts();
  private final Recent<TaskKey, Open> open = new Recent<>(MOST_OPEN);
  private final Recent<Type, Changing> types = new Recent<>(MOST_TYPES);

  private record Type(String tenant, String type) {}

  /* How many accepted reports of a type there were, and how many had changes. */
  private static final class Changing {
    private long reports;
    private long changing;
  }

  /* Goes with the task's end. */
  private static final class Open {
    private final Set<String> refused = new HashSet<>();
    private final List<Failed> failed = new ArrayList<>();
  }

  private static final class Failed {
    private final CellKey cell;
    private final int attempt;
    private final Set<FailureMode> modes;
    private @Nullable Aftermath aftermath;

    Failed(CellKey cell, int attempt, Set<FailureMode> modes) {
      this.cell = cell;
      this.attempt = attempt;
      this.modes = modes;
    }

    Aftermath then(String agent) {
      return agent.equals(cell.agent()) ? Aftermath.SAME_AGENT : Aftermath.OTHER_AGENT;
    }
  }

  /** What an event says: the attempt that it ends, its modes, and what followed earlier ones. */
  record Found(@Nullable EndedAttempt ended, Set<FailureMode> modes, List<End> ends) {}

  /** What followed an attempt that failed in some ways. */
  record End(CellKey cell, Set<FailureMode> modes, Aftermath aftermath, boolean completed) {}

  Found on(TaskEvent event) {
    Task task = event.task();
    TaskKey key = TaskKey.of(task);
    Open of = open.get(key);
    follows(event, of);
    EndedAttempt ended = attempts.on(event);
    Set<FailureMode> modes = Set.of();
    if (ended != null) {
      boolean mayGoOn = !(event instanceof TaskEvent.Concluded);
      if (of == null) {
        of = new Open();
        if (mayGoOn) {
          open.put(key, of);
        }
      }
      modes = modes(ended, of);
      if (!modes.isEmpty()) {
        CellKey cell = new CellKey(task.tenant(), ended.agent(), task.type());
        of.failed.add(new Failed(cell, ended.attempt(), modes));
      }
    }
    List<End> ends = List.of();
    if (event instanceof TaskEvent.Concluded concluded) {
      open.remove(key);
      ends = of == null ? List.of() : ends(of, concluded);
    }
    return new Found(ended, modes, ends);
  }

  private static void follows(TaskEvent event, @Nullable Open of) {
    List<Failed> all = of == null ? List.of() : of.failed;
    for (Failed failed : all) {
      if (failed.aftermath == null && event instanceof TaskEvent.Executing next) {
        failed.aftermath = failed.then(next.step().agent());
      } else if (failed.aftermath == null
          && event instanceof TaskEvent.Waiting waiting
          && waiting.reason().request().isPresent()) {
        failed.aftermath = Aftermath.PERSON;
      }
    }
  }

  private static List<End> ends(Open of, TaskEvent.Concluded end) {
    List<End> ends = new ArrayList<>();
    boolean completed = end.result() instanceof TaskResult.Completed;
    for (Failed failed : of.failed) {
      Aftermath aftermath = failed.aftermath == null ? atEnd(failed, end) : failed.aftermath;
      ends.add(new End(failed.cell, failed.modes, aftermath, completed));
    }
    return ends;
  }

  /* Of agents that worked at once, another one may have done it. */
  private static Aftermath atEnd(Failed failed, TaskEvent.Concluded end) {
    if (!(end.result() instanceof TaskResult.Completed done)) {
      return Aftermath.END;
    }
    boolean isLifted =
        done.verdict() instanceof Verdict.Waived && failed.attempt == end.step().attempt();
    return isLifted ? Aftermath.WAIVER : failed.then(done.agent());
  }

  private Set<FailureMode> modes(EndedAttempt ended, Open of) {
    Set<FailureMode> modes = EnumSet.noneOf(FailureMode.class);
    FailureCause cause = ended.cause().orElse(null);
    if (cause == FailureCause.AGENT_TIMEOUT
        || cause == FailureCause.BUDGET
        || cause == FailureCause.DEADLINE) {
      modes.add(FailureMode.MISSES_THE_END);
    }
    WorkReport report = ended.report().orElse(null);
    Verdict verdict = ended.verdict().orElse(null);
    if (report == null || verdict == null) {
      return modes;
    }
    if (!(verdict instanceof Verdict.Approved)) {
      for (Finding finding : verdict.findings()) {
        if (finding.severity() == Severity.ERROR) {
          ofFinding(finding, report, modes);
        }
      }
    }
    Changing changing = changing(ended.task());
    if (verdict.passed()) {
      changing.reports++;
      changing.changing += report.changes().isEmpty() ? 0 : 1;
      return modes;
    }
    if (report.changes().isEmpty()
        && changing.reports >= FEWEST
        && 2 * changing.changing >= changing.reports) {
      modes.add(FailureMode.ENDS_TOO_EARLY);
    }
    String work = work(report);
    if (!work.isEmpty() && !of.refused.add(work)) {
      modes.add(FailureMode.REPEATS_A_STEP);
    }
    return modes;
  }

  private Changing changing(Task task) {
    Type type = new Type(task.tenant(), task.type());
    Changing changing = types.get(type);
    if (changing == null) {
      changing = new Changing();
      types.put(type, changing);
    }
    return changing;
  }

  private static void ofFinding(Finding finding, WorkReport report, Set<FailureMode> modes) {
    String rule = finding.ruleId();
    if (rule.equals("policy.gate.missing_evidence")) {
      modes.add(FailureMode.SKIPS_VERIFICATION);
    } else if (rule.startsWith("policy.gate.")) {
      String gate = finding.place().startsWith(GATES) ? finding.place().substring(7) : "";
      if (report.evidence().stream().anyMatch(piece -> piece.passed() && is(piece, gate))) {
        modes.add(FailureMode.VERIFIES_WRONGLY);
      }
    } else if (!rule.startsWith("waiver.")
        && !rule.startsWith("provenance.")
        && !rule.startsWith("caws.")
        && !rule.startsWith("arbiter.")) {
      modes.add(FailureMode.DISOBEYS_TASK);
    }
  }

  private static boolean is(Evidence piece, String gate) {
    return piece.gate().equalsIgnoreCase(gate);
  }

  /* What the work is: its tree where work trees are measured, else its changes and its words; the
   * counts of changed lines alone may be equal by chance. */
  private static String work(WorkReport report) {
    for (Evidence piece : report.evidence()) {
      if (piece.gate().equals(WORK_TREE)) {
        return report.changes().isEmpty() ? "" : piece.detail();
      }
    }
    String words = report.output().strip();
    return report.changes().isEmpty() ? words : report.changes() + "\n" + words;
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeInt(types.size());
    List<Type> keys = new ArrayList<>();
    List<Changing> values = new ArrayList<>();
    types.forEach(
        (type, changing) -> {
          keys.add(type);
          values.add(changing);
        });
    for (int i = 0; i < keys.size(); i++) {
      out.writeUTF(keys.get(i).tenant());
      out.writeUTF(keys.get(i).type());
      out.writeLong(values.get(i).reports);
      out.writeLong(values.get(i).changing);
    }
  }

  void read(DataInputStream in) throws IOException {
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      Type type = new Type(in.readUTF(), in.readUTF());
      Changing changing = new Changing();
      changing.reports = in.readLong();
      changing.changing = in.readLong();
      types.put(type, changing);
    }
  }
}

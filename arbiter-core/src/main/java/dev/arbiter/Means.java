/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people decided about a run, how long it has waited, and what it has used up. A run makes one
 * when it first needs it. Only the thread that drives the run changes it.
 */
final class Means {
  private List<Approval> approvals = List.of();
  private Duration waited = Duration.ZERO;
  private boolean waiting;

  /* When the last wait began, by both clocks. */
  private Instant since = Instant.EPOCH;
  private long sinceNanos;
  private String resumeToken = "";
  private volatile Usage spent = Usage.none();
  private Usage carried = Usage.none();
  private volatile int calls;
  private int retries;
  private boolean begun;
  private volatile Duration worked = Duration.ZERO;
  private volatile @Nullable TaskBudget raised;
  private List<String> denied = List.of();

  KeptMeans kept() {
    return new KeptMeans(
        approvals,
        waited,
        waiting ? since : Instant.EPOCH,
        resumeToken,
        spent,
        carried,
        calls,
        retries,
        begun,
        worked,
        raised,
        denied);
  }

  /** Takes the values that a store kept. A wait of a process before counts by the wall clock. */
  void rewind(KeptMeans to, Instant at, long nanoTime) {
    approvals = to.approvals();
    waited = to.waited();
    waiting = !to.since().equals(Instant.EPOCH);
    if (waiting && !since.equals(to.since())) {
      since = to.since();
      sinceNanos = nanoTime - Duration.between(since, at).toNanos();
    }
    resumeToken = to.resumeToken();
    spent = to.spent();
    carried = to.carried();
    calls = to.calls();
    retries = to.retries();
    begun = to.begun();
    // The store may know less than this process: agents may have worked while it was away.
    worked = worked.compareTo(to.worked()) > 0 ? worked : to.worked();
    raised = to.raised();
    denied = to.denied();
  }

  /* People. */

  List<Approval> approvals() {
    return approvals;
  }

  void add(Approval approval) {
    List<Approval> all = new ArrayList<>(approvals);
    all.add(approval);
    approvals = List.copyOf(all);
    if (approval.point() != Point.TENANT_BUDGET) {
      approval.answer().budget().ifPresent(budget -> raised = budget);
    }
  }

  /** The decision of a request; null if there is none yet. */
  @Nullable Approval of(String request) {
    for (Approval approval : approvals) {
      if (approval.request().equals(request)) {
        return approval;
      }
    }
    return null;
  }

  /** The task with the instruction that a person gave last, or as it was submitted. */
  Task edited(Task task) {
    List<Approval> edits = edits();
    return edits.isEmpty() ? task : edited(task, edits.get(edits.size() - 1));
  }

  /** The task with the instruction that the person was shown who gave the last one. */
  Task beforeEdit(Task task) {
    List<Approval> edits = edits();
    return edits.size() < 2 ? task : edited(task, edits.get(edits.size() - 2));
  }

  /** Whether the last instruction was given in answer to a request. */
  boolean isLastEdit(String request) {
    List<Approval> edits = edits();
    return !edits.isEmpty() && edits.get(edits.size() - 1).request().equals(request);
  }

  private List<Approval> edits() {
    return approvals.stream().filter(a -> a.answer().kind() == Answer.Kind.EDITED).toList();
  }

  private static Task edited(Task task, Approval edit) {
    return task.withPayload(edit.answer().text());
  }

  String resumeToken() {
    return resumeToken;
  }

  void resumeToken(String token) {
    resumeToken = token;
  }

  /* Time. */

  void waitBegins(Instant at, long nanoTime) {
    if (!waiting) {
      waiting = true;
      since = at;
      sinceNanos = nanoTime;
    }
  }

  /** Ends the wait that lasts. Returns how long it was, in nanoseconds. */
  long waitEnds(long nanoTime) {
    long length = waiting ? nanoTime - sinceNanos : 0;
    waited = waited.plusNanos(Math.max(0, length));
    waiting = false;
    return length;
  }

  /** How long the waits were that are over. */
  Duration waited() {
    return waited;
  }

  /** No wait lasts, and those before were so long. */
  void waited(Duration all) {
    waited = all;
    waiting = false;
  }

  /** How long the run has waited so far, in nanoseconds. */
  long waited(long nanoTime) {
    return waited.toNanos() + (waiting ? Math.max(0, nanoTime - sinceNanos) : 0);
  }

  /* Work. */

  /** Notes the digest of work that was denied. */
  void denied(String digest) {
    List<String> all = new ArrayList<>(denied);
    all.add(digest);
    denied = List.copyOf(all);
  }

  /** Whether such work was denied before. */
  boolean wasDenied(String digest) {
    return denied.contains(digest);
  }

  /* Money, tokens, calls. */

  TaskBudget budget(Task task) {
    TaskBudget given = raised;
    return given == null ? task.terms().budget() : given;
  }

  /** What the attempts before the last one used up. */
  Usage spent() {
    return spent;
  }

  /** What the calls before the last one of this attempt used up. */
  Usage carried() {
    return carried;
  }

  int calls() {
    return calls;
  }

  /** How long agents have worked, as the engine measured it. */
  Duration worked() {
    return worked;
  }

  void worked(long nanos) {
    Duration so = worked;
    worked = so.plusNanos(Math.max(0, nanos));
  }

  void called() {
    int made = calls;
    calls = made + 1;
  }

  /** A call that was counted was not made. */
  void notCalled() {
    int made = calls;
    calls = Math.max(0, made - 1);
  }

  int retries() {
    return retries;
  }

  /** Whether an agent was called for this attempt, and is called again. */
  boolean isBegun() {
    return begun;
  }

  /** The same attempt calls its agent again. */
  void again(Usage usedSoFar, boolean isRetry) {
    carried = usedSoFar;
    retries += isRetry ? 1 : 0;
    begun = true;
  }

  /** The same attempt calls its agent again, as this process knows and the store does not. */
  void goOn(KeptMeans known) {
    carried = known.carried();
    retries = known.retries();
    begun = known.begun();
    resumeToken = known.resumeToken();
  }

  /** The attempt has failed: its agent is not called again for it. */
  void attemptFailed() {
    retries = 0;
    begun = false;
    resumeToken = "";
  }

  /** The attempt has ended, and used this up. */
  void attemptEnded(Usage used) {
    spent = spent.plus(used);
    carried = Usage.none();
    attemptFailed();
  }

  /** Adds what the attempts before the last one used up, and the store did not keep. */
  void spentToo(Usage more) {
    spent = spent.plus(more);
  }
}

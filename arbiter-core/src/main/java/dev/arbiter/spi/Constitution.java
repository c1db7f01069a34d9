/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.Optional;

/**
 * Holds tasks to their rules, before and after the work.
 *
 * <p>Threads: called from many threads at once. Errors: it fails closed. An exception from {@link
 * #admit} rejects the task, one from {@link #judge} denies the work; both become a finding.
 */
public interface Constitution {

  /**
   * Decides whether a task may begin.
   *
   * @param task the task
   * @return admitted under a spec digest, or refused with findings
   */
  Admission admit(Task task);

  /**
   * The current digest of the task's spec and of every other input of its admission. The engine
   * compares it right before it calls the agent: a digest other than the admitted one voids the
   * approval.
   *
   * @param task a task that was admitted
   * @return the same as {@link Admission.Admitted#specDigest()} if nothing changed
   */
  String specDigest(Task task);

  /**
   * Judges the work, under the spec as it was admitted.
   *
   * @param assignment the attempt, with the digest of the admitted spec
   * @param report the report of the agent
   * @return the verdict
   */
  Verdict judge(Assignment assignment, WorkReport report);

  /**
   * What a person must decide about the work before it is judged. The task waits for that decision;
   * then {@link Assignment#approvals} holds it, and {@link #judge} is called with it, also after a
   * denial: it seals the decision with its verdict. Called again after each wait and restart, with
   * the same arguments; the same question is asked once. By default nobody is asked. An exception
   * ends the task.
   *
   * @param assignment the attempt, with the decisions so far
   * @param report the report of the agent
   * @return the question, empty for none
   */
  default Optional<Question> asks(Assignment assignment, WorkReport report) {
    return Optional.empty();
  }

  /**
   * What a person must decide about work of a process before this one, which may have judged it
   * already. So what that judgement used up, such as a waiver, is this work's still. By default as
   * {@link #asks}.
   *
   * @param assignment as for {@link #asks}
   * @param report as for {@link #asks}
   * @param since when the task was accepted
   * @return the question, empty for none
   */
  default Optional<Question> asksAgain(Assignment assignment, WorkReport report, Instant since) {
    return asks(assignment, report);
  }

  /**
   * Judges work of a process before this one: the store kept its report, and no end of its task. So
   * that process may have judged it already. A constitution that records its verdicts answers with
   * the one that it has recorded, so that one piece of work has one verdict; by default the work is
   * judged anew.
   *
   * @param assignment the attempt, as it was given to {@link #judge} then
   * @param report the report, as it was given then
   * @param since when the task was accepted; a verdict of before is about another task of that id
   * @return the verdict
   */
  default Verdict judgeAgain(Assignment assignment, WorkReport report, Instant since) {
    return judge(assignment, report);
  }

  /**
   * Takes back a verdict that passed the work, because its task did not end as completed: the store
   * did not keep that end, or the task was cancelled while its work was judged. If the store comes
   * back, the work is judged again, and that is another verdict.
   *
   * <p>A constitution that records verdicts records this too, so that nobody takes the verdict for
   * one that stands. By default nothing happens. Called on the thread that judged; may block for as
   * long as it takes to record. An exception is logged and changes nothing for the task.
   *
   * @param assignment as given to {@link #judge}
   * @param verdict the answer of {@link #judge}
   * @param reason why the task did not end so, one line for a reader
   */
  default void withdraw(Assignment assignment, Verdict verdict, String reason) {}

  /**
   * Takes back a verdict that a process before this one may have recorded for work, because its
   * task has ended otherwise before the work was judged again. A constitution that records its
   * verdicts looks for one that passed, and withdraws it; by default nothing happens. Otherwise as
   * {@link #withdraw}.
   *
   * @param assignment the attempt, as it was given to {@link #judge} then
   * @param report the report, as it was given then
   * @param since when the task was accepted; a verdict of before is about another task of that id
   * @param reason why the task did not end so, one line for a reader
   */
  default void withdrawEarlier(
      Assignment assignment, WorkReport report, Instant since, String reason) {}
}

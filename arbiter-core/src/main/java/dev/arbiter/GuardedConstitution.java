/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A constitution behind a breaker. While it is open each method throws, so that nothing passes; a
 * verdict is taken back all the same. Only admissions and judgements count: one that can do the
 * first and never the second must open it too.
 */
final class GuardedConstitution implements Constitution {
  private final Constitution inner;
  private final Fuse fuse;

  private GuardedConstitution(Constitution inner, Fuse fuse) {
    this.inner = inner;
    this.fuse = fuse;
  }

  static Constitution of(Constitution inner, @Nullable Fuse fuse) {
    return fuse == null ? inner : new GuardedConstitution(inner, fuse);
  }

  @Override
  public Admission admit(Task task) {
    return fuse.call(() -> inner.admit(task));
  }

  @Override
  public String specDigest(Task task) {
    fuse.requireClosed();
    return inner.specDigest(task);
  }

  @Override
  public Optional<Question> asks(Assignment assignment, WorkReport report) {
    fuse.requireClosed();
    return inner.asks(assignment, report);
  }

  @Override
  public Optional<Question> asksAgain(Assignment assignment, WorkReport report, Instant since) {
    fuse.requireClosed();
    return inner.asksAgain(assignment, report, since);
  }

  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    return fuse.call(() -> inner.judge(assignment, report));
  }

  @Override
  public Verdict judgeAgain(Assignment assignment, WorkReport report, Instant since) {
    return fuse.call(() -> inner.judgeAgain(assignment, report, since));
  }

  @Override
  public void withdraw(Assignment assignment, Verdict verdict, String reason) {
    inner.withdraw(assignment, verdict, reason);
  }

  @Override
  public void withdrawEarlier(
      Assignment assignment, WorkReport report, Instant since, String reason) {
    inner.withdrawEarlier(assignment, report, since, reason);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Admits everything, asks a person about all work, and judges it as it was told. */
record AsksAboutWork(Verdict verdict) implements Constitution {
  @Override
  public Admission admit(Task task) {
    return new Admission.Admitted("sha256:1", List.of());
  }

  @Override
  public String specDigest(Task task) {
    return "sha256:1";
  }

  @Override
  public Optional<Question> asks(Assignment assignment, WorkReport report) {
    return Optional.of(Question.of("May it land?").within(Duration.ofDays(1)));
  }

  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    return verdict;
  }
}

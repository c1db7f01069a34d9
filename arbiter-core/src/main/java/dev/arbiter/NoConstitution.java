/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.util.List;

/** Admits and approves everything, without a proof; see {@code withoutConstitution()}. */
final class NoConstitution implements Constitution {
  private static final String NO_SPEC = "none";
  private static final Admission ADMITTED = new Admission.Admitted(NO_SPEC, List.of());
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), 1, Seal.none());

  @Override
  public Admission admit(Task task) {
    return ADMITTED;
  }

  @Override
  public String specDigest(Task task) {
    return NO_SPEC;
  }

  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    return APPROVED;
  }
}

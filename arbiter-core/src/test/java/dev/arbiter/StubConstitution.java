/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.util.List;

/** Admits everything but the type "forbidden", and denies reports that say "bad". */
class StubConstitution implements Constitution {
  volatile String digest = "sha256:1";

  @Override
  public Admission admit(Task task) {
    return task.type().equals("forbidden")
        ? new Admission.Refused(List.of(Finding.error("spec.type", "/type", "type is forbidden")))
        : new Admission.Admitted(digest, List.of());
  }

  @Override
  public String specDigest(Task task) {
    return digest;
  }

  @Override
  public Verdict judge(Assignment assignment, WorkReport report) {
    return report.output().equals("bad")
        ? new Verdict.Denied(List.of(Finding.error("work.bad", "", "work is bad")), Seal.none())
        : new Verdict.Approved(List.of(), 0.75, Seal.none());
  }
}

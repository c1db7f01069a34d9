/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.ArrayList;
import java.util.List;

/**
 * What came back from an agent.
 *
 * @param output what the agent has to say, any text
 * @param changes the files it changed
 * @param evidence what checks found about the work
 * @param usage what it used up
 */
public record WorkReport(
    String output, List<FileChange> changes, List<Evidence> evidence, Usage usage) {

  /** Copies. */
  public WorkReport {
    changes = List.copyOf(changes);
    evidence = List.copyOf(evidence);
  }

  /**
   * A report of words only.
   *
   * @param output any text
   * @return the report
   */
  public static WorkReport of(String output) {
    return new WorkReport(output, List.of(), List.of(), Usage.none());
  }

  /**
   * The same report with other changes: for whoever measures them instead of believing the agent.
   *
   * @param measured the changes
   * @return a copy
   */
  public WorkReport withChanges(List<FileChange> measured) {
    return new WorkReport(output, measured, evidence, usage);
  }

  /**
   * The same report with one more piece of evidence.
   *
   * @param more the evidence
   * @return a copy
   */
  public WorkReport withEvidence(Evidence... more) {
    List<Evidence> all = new ArrayList<>(evidence);
    all.addAll(List.of(more));
    return new WorkReport(output, changes, all, usage);
  }

  /**
   * The same report with other usage.
   *
   * @param measured what was used
   * @return a copy
   */
  public WorkReport withUsage(Usage measured) {
    return new WorkReport(output, changes, evidence, measured);
  }
}

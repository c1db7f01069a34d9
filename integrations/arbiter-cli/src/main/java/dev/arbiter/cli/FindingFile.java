/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.task.Finding;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Tells which file a finding is about.
 *
 * @param policy the policy of the run, null without one
 * @param waivers the folder, or the one file, of waivers, null without one
 * @param changes the file of changes, null without one
 */
record FindingFile(@Nullable Path policy, @Nullable Path waivers, @Nullable Path changes) {

  /** The file a finding is about: the policy, a waiver, a changed file, or else the spec. */
  String of(Path spec, Finding finding) {
    boolean aboutMode =
        finding.ruleId().startsWith("policy.semantic.mode")
            || finding.ruleId().startsWith("policy.semantic.contracts");
    if (policy != null && finding.ruleId().startsWith("policy.") && !aboutMode) {
      return policy.toString();
    }
    if (waivers != null && finding.ruleId().startsWith("waiver.")) {
      return finding.place().isEmpty() || Files.isRegularFile(waivers)
          ? waivers.toString()
          : waivers.resolve(finding.place()).toString();
    }
    if (changes != null && finding.ruleId().startsWith("changes.")) {
      return changes.toString();
    }
    boolean changed = finding.ruleId().startsWith("scope.") && !finding.place().isEmpty();
    return changed ? finding.place() : spec.toString();
  }
}

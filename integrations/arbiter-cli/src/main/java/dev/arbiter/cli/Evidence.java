/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.events.EventChain.ChainReport;
import dev.arbiter.task.Finding;
import java.nio.file.Path;
import java.util.List;

/**
 * What came of checking one file or folder of evidence.
 *
 * @param anchored how many entries a signature covers; negative where there are no signatures
 * @param head hash of the last entry, or the root over all
 */
record Evidence(
    Path file,
    String form,
    long entries,
    long anchored,
    String head,
    List<Finding> findings,
    List<String> notes) {

  static Evidence of(Path file, ChainReport report) {
    boolean weak = report.form() == ChainReport.Form.PROVENANCE_V10;
    List<String> notes =
        weak ? List.of("this form hashes only part of each entry; whole proves little") : List.of();
    return new Evidence(
        file, report.form().word(), report.entries(), -1, report.head(), report.findings(), notes);
  }

  boolean isWhole() {
    return findings.isEmpty();
  }
}

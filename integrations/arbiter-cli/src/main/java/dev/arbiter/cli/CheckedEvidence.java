/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.events.EventChain;
import dev.arbiter.caws.events.EventChain.ChainReport;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The result of checking one file or folder of evidence.
 *
 * @param anchored number of entries that a signature covers; negative if there are no signatures
 * @param head hash of the last entry, or the root over all
 */
record CheckedEvidence(
    Path file,
    String form,
    long entries,
    long anchored,
    String head,
    List<Finding> findings,
    List<String> notes) {
  private static final List<String> CHAINS =
      List.of(
          "events.jsonl",
          "provenance/chain.json",
          "chain.json",
          ".caws/events.jsonl",
          ".caws/provenance/chain.json");

  /** Finds the kinds of evidence at a path, and checks them. */
  static List<CheckedEvidence> at(Path path, @Nullable Path key, @Nullable Path checkpoint)
      throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(chain(path));
    }
    if (!Files.isDirectory(path)) {
      throw new Refusal(path + " does not exist");
    }
    if (VerdictFolder.isLog(path) || VerdictFolder.isExport(path)) {
      return List.of(VerdictFolder.verify(path, key, checkpoint));
    }
    List<Path> files = CHAINS.stream().map(path::resolve).filter(Files::isRegularFile).toList();
    if (files.isEmpty()) {
      throw new Refusal(path + " holds no verdicts.jsonl, events.jsonl or chain.json");
    }
    List<CheckedEvidence> found = new ArrayList<>();
    for (Path file : files) {
      found.add(chain(file));
    }
    return found;
  }

  private static CheckedEvidence chain(Path file) throws IOException {
    if (!isList(file)) {
      return of(file, EventChain.verify(file));
    }
    try {
      return of(file, EventChain.verifyChainJson(file));
    } catch (IOException e) {
      throw new Refusal(file + " is no JSON list of entries, or has a key twice");
    }
  }

  private static boolean isList(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      int first = in.read();
      for (int i = 0; i < 1000 && (first == ' ' || first == '\n' || first == '\r'); i++) {
        first = in.read();
      }
      return first == '[';
    }
  }

  private static CheckedEvidence of(Path file, ChainReport report) {
    boolean weak = report.form() == ChainReport.Form.PROVENANCE_V10;
    List<String> notes =
        weak ? List.of("this form hashes only part of each entry; whole proves little") : List.of();
    return new CheckedEvidence(
        file, report.form().word(), report.entries(), -1, report.head(), report.findings(), notes);
  }

  boolean isWhole() {
    return findings.isEmpty();
  }
}

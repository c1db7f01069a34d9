/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.events.EventChain;
import dev.arbiter.caws.events.EventChain.ChainReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what kind of evidence lies at a path, and checks it. */
final class EvidenceFinder {
  private static final List<String> CHAINS =
      List.of(
          "events.jsonl",
          "provenance/chain.json",
          "chain.json",
          ".caws/events.jsonl",
          ".caws/provenance/chain.json");

  private EvidenceFinder() {}

  static List<Evidence> verify(Path path, @Nullable Path key, @Nullable Path checkpoint)
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
    List<Evidence> found = new ArrayList<>();
    for (String name : CHAINS) {
      Path file = path.resolve(name);
      if (Files.isRegularFile(file)) {
        found.add(chain(file));
      }
    }
    if (found.isEmpty()) {
      throw new Refusal(path + " holds no verdicts.jsonl, events.jsonl or chain.json");
    }
    return found;
  }

  private static Evidence chain(Path file) throws IOException {
    if (!isList(file)) {
      return Evidence.of(file, EventChain.verify(file));
    }
    try {
      ChainReport report = EventChain.verifyChainJson(file);
      return Evidence.of(file, report);
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
}

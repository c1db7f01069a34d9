/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.export.EvidenceFolder;
import dev.arbiter.caws.provenance.Checkpoint;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.task.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder with a log of verdicts, or with its export. */
final class VerdictFolder {
  private static final int LONGEST_NOTE = 64 * 1024;
  private static final String OWN_KEY =
      "the key is the folder's own; give --key to know who signed";

  private VerdictFolder() {}

  static boolean isLog(Path folder) {
    return Files.isRegularFile(folder.resolve("verdicts.jsonl"));
  }

  static boolean isExport(Path folder) {
    return !isLog(folder)
        && Files.isRegularFile(folder.resolve("checkpoint.txt"))
        && Files.isRegularFile(folder.resolve("public-key.pem"));
  }

  /** Opens the log in a folder. */
  static LogFolder open(Path folder, @Nullable Path key) throws IOException {
    if (!isLog(folder)) {
      throw new Refusal(folder + " holds no verdicts.jsonl");
    }
    return LogFolder.read(folder, key(folder, key));
  }

  private static PublicKey key(Path folder, @Nullable Path file) {
    Path from = file == null ? folder.resolve("public-key.pem") : file;
    try {
      return SigningKey.publicKey(Inputs.text(from, LONGEST_NOTE));
    } catch (IllegalArgumentException e) {
      throw new Refusal(from + " holds no public key: " + e.getMessage());
    }
  }

  /** Checks a log or an export; it must begin as a kept checkpoint says. */
  static CheckedEvidence verify(Path folder, @Nullable Path key, @Nullable Path kept)
      throws IOException {
    List<String> held = kept == null ? List.of() : List.of(Inputs.text(kept, LONGEST_NOTE));
    if (isExport(folder)) {
      LogVerification state = EvidenceFolder.verify(folder, key(folder, key), held);
      return evidence(folder, "arbiter.export", state, "", key);
    }
    try (LogFolder log = open(folder, key)) {
      return verify(folder, log, held, key);
    }
  }

  static CheckedEvidence verify(Path folder, LogFolder log, List<String> held, @Nullable Path key) {
    Checkpoint own = log.checkpoint().orElse(null);
    LogVerification state = log.verify(List.of());
    if (own == null && !state.isDamaged()) {
      state =
          new LogVerification.Damaged(
              "checkpoint.txt", -1, "is missing: nothing says what the log held");
    }
    if (!state.isDamaged() && !held.isEmpty()) {
      LogVerification then = log.verify(held);
      state = then.isDamaged() ? then : state;
    }
    return evidence(folder, "arbiter.log", state, own == null ? "" : own.root(), key);
  }

  private static CheckedEvidence evidence(
      Path folder, String form, LogVerification state, String root, @Nullable Path key) {
    List<Finding> findings =
        state instanceof LogVerification.Damaged damaged
            ? List.of(
                Finding.error(
                    "evidence.log.mismatch", "", damaged.where() + " " + damaged.reason()))
            : List.of();
    return new CheckedEvidence(
        folder,
        form,
        entries(state),
        state.anchored(),
        root,
        findings,
        key == null ? List.of(OWN_KEY) : List.of());
  }

  private static long entries(LogVerification state) {
    return state instanceof LogVerification.Unanchored part ? part.entries() : state.anchored();
  }
}

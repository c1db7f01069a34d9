/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.provenance.Anchor;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.Signer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** How verdicts are sealed; a builder collects it. */
final class SealConfig {
  final List<Anchor> anchors = new ArrayList<>();
  @Nullable Path logFolder;
  String origin = "arbiter/verdicts";
  boolean signEach = true;
  int batch;
  Executor checkpoints = Runnable::run;

  VerdictSealer sealer(Signer signer) {
    ProvenanceLog log = null;
    if (logFolder != null) {
      log = ProvenanceLog.open(logFolder, origin, signer, anchors);
    } else if (batch > 0) {
      log = ProvenanceLog.create(origin, signer);
      anchors.forEach(log::anchor);
    }
    if (log != null) {
      if (batch > 0) {
        log.checkpointEvery(batch, checkpoints);
      }
    } else if (!anchors.isEmpty()) {
      throw new IllegalStateException(
          "an anchor keeps a log's checkpoints; add sealInBatches or logTo to the builder");
    }
    return new VerdictSealer(signEach || log != null ? signer : null, signEach, log);
  }
}

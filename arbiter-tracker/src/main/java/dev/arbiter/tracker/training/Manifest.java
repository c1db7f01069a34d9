/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.AnonymizationLevel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What an export says of itself, in a JSON file beside the data.
 *
 * @param schema the form of the lines, {@code arbiter.training.v1}
 * @param createdAt when, by the host's clock
 * @param data name of the file with one step a line, in the same folder
 * @param bytes how long that file is
 * @param sha256 its digest, 64 hexadecimal digits
 * @param steps how many lines
 * @param batches how many batches they make, one after the other
 * @param refused why batches were left out, one sentence each
 * @param gates what each batch was held to
 * @param level how steps were anonymized
 * @param privacy the same in a sentence
 */
public record Manifest(
    String schema,
    Instant createdAt,
    String data,
    long bytes,
    String sha256,
    long steps,
    int batches,
    List<String> refused,
    BatchQuality gates,
    AnonymizationLevel level,
    String privacy) {
  /** Copies. */
  public Manifest {
    refused = List.copyOf(refused);
  }

  String json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("schema", schema);
    fields.put("createdAt", createdAt.toString());
    fields.put("data", data);
    fields.put("bytes", bytes);
    fields.put("sha256", sha256);
    fields.put("steps", steps);
    fields.put("batches", batches);
    fields.put("refused", refused);
    fields.put("gates", fields(gates));
    fields.put("anonymizationLevel", level.name().toLowerCase(Locale.ROOT));
    fields.put("privacy", privacy);
    return Json.writePage(fields);
  }

  private static Map<String, Object> fields(BatchQuality gates) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("minSampleDiversity", gates.diversity());
    fields.put("maxTemporalGap", gates.gap().toString());
    fields.put("minRewardVariance", gates.rewardVariance());
    fields.put("maxDuplicateRatio", gates.duplicates());
    fields.put("batchSize", gates.batch());
    return fields;
  }

  static Manifest read(String text) throws IOException {
    Json.Fields fields = Json.read(text);
    Json.Fields gates = fields.object("gates");
    try {
      return new Manifest(
          fields.text("schema"),
          Instant.parse(fields.text("createdAt")),
          fields.text("data"),
          fields.whole("bytes"),
          fields.text("sha256"),
          fields.whole("steps"),
          Math.toIntExact(fields.whole("batches")),
          fields.texts("refused"),
          new BatchQuality(
              gates.number("minSampleDiversity"),
              Duration.parse(gates.text("maxTemporalGap")),
              gates.number("minRewardVariance"),
              gates.number("maxDuplicateRatio"),
              Math.toIntExact(gates.whole("batchSize"))),
          AnonymizationLevel.valueOf(fields.text("anonymizationLevel").toUpperCase(Locale.ROOT)),
          fields.text("privacy"));
    } catch (RuntimeException e) {
      throw new IOException("the manifest cannot be read: " + e.getMessage(), e);
    }
  }
}

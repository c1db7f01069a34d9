/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.internal.Digests;
import dev.arbiter.tracker.internal.Json;
import dev.arbiter.tracker.privacy.PrivateAnswer.Figure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * One paid answer in the ledger.
 *
 * @param tenant the paying tenant
 * @param question digest of the question
 * @param first the first charged period
 * @param last the last charged period
 * @param epsilonMicros charge for each period
 * @param deltaFemtos charge for each period
 * @param countDeviation standard deviation of the noise on counts
 * @param figures the answer
 */
record SpendEntry(
    String tenant,
    String question,
    long first,
    long last,
    long epsilonMicros,
    long deltaFemtos,
    double countDeviation,
    List<Figure> figures) {

  /** Half a surrogate pair is a question mark in UTF-8, so a key with one is hashed as it is. */
  static String digest(PrivateQuestion question) {
    String key = question.key();
    if (StandardCharsets.UTF_8.newEncoder().canEncode(key)) {
      return Digests.sha256Hex(key);
    }
    byte[] chars = new byte[key.length() * Character.BYTES];
    ByteBuffer.wrap(chars).asCharBuffer().put(key);
    return Digests.hex(Digests.sha256().digest(chars));
  }

  SpendEntry with(List<Figure> answer) {
    return new SpendEntry(
        tenant,
        question,
        first,
        last,
        epsilonMicros,
        deltaFemtos,
        countDeviation,
        List.copyOf(answer));
  }

  PrivateAnswer.Released released(boolean repeated) {
    return new PrivateAnswer.Released(
        figures,
        PrivacyUnits.epsilon(epsilonMicros),
        PrivacyUnits.delta(deltaFemtos),
        countDeviation,
        repeated);
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("tenant", tenant);
    fields.put("question", question);
    fields.put("first", first);
    fields.put("last", last);
    fields.put("epsilonMicros", epsilonMicros);
    fields.put("deltaFemtos", deltaFemtos);
    fields.put("countDeviation", countDeviation);
    fields.put("figures", figures.stream().map(SpendEntry::fields).toList());
    return fields;
  }

  private static Map<String, Object> fields(Figure figure) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("partition", figure.partition());
    fields.put("count", figure.count());
    figure.mean().ifPresent(mean -> fields.put("mean", mean));
    return fields;
  }

  /** Makes sure that a charge is read back as it is. */
  static void readBack(Map<String, Object> fields, SpendEntry charge) {
    try {
      if (read(Json.read(Json.write(fields))).equals(charge)) {
        return;
      }
      throw new IllegalArgumentException("the answer would not be read back as it is");
    } catch (IOException e) {
      throw new IllegalArgumentException("the answer could not be read back", e);
    }
  }

  static SpendEntry read(Json.Fields fields) throws IOException {
    List<Figure> figures = new ArrayList<>();
    for (Json.Fields figure : fields.objects("figures")) {
      figures.add(
          new Figure(
              figure.text("partition"),
              figure.whole("count"),
              figure.has("mean")
                  ? OptionalDouble.of(figure.number("mean"))
                  : OptionalDouble.empty()));
    }
    SpendEntry charge =
        new SpendEntry(
            fields.text("tenant"),
            fields.text("question"),
            fields.whole("first"),
            fields.whole("last"),
            fields.whole("epsilonMicros"),
            fields.whole("deltaFemtos"),
            fields.number("countDeviation"),
            List.copyOf(figures));
    if (charge.first > charge.last || charge.epsilonMicros < 0 || charge.deltaFemtos < 0) {
      throw new IOException("a charge that cannot be");
    }
    return charge;
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.task.Explanation.Motive;
import java.util.Map;

/** See {@link BanditPolicy#weighted()}. */
final class Weighted extends RecordIndex {
  static final String NAME = "weighted";
  private static final double DECLARED = .7;
  private static final double MEASURED = .3;
  private static final double UNKNOWN = .5;

  Weighted() {
    super(NAME, "sum");
  }

  @Override
  double index(int row) {
    return MEASURED * (record.count(row) > 0 ? record.rate(row) : UNKNOWN);
  }

  @Override
  double index(Slate slate, int candidate) {
    return declared(slate, candidate) + index(slate.rows[candidate]);
  }

  private static double declared(Slate slate, int candidate) {
    float claim = slate.claim(candidate);
    return DECLARED * (Float.isNaN(claim) ? UNKNOWN : claim);
  }

  @Override
  Map<String, Double> parts(Slate slate, int candidate, double index) {
    double declared = declared(slate, candidate);
    return Map.of("declared level", declared, "record", index - declared);
  }

  @Override
  Motive motive(Slate slate, int chosen) {
    return Motive.RULE;
  }

  @Override
  String why(Slate slate, int chosen) {
    return "takes the highest sum of .7 declared and .3 measured, ";
  }
}

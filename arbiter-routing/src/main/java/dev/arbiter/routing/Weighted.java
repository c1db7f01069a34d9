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
    return MEASURED * (record.counts.outcomes(row) > 0 ? record.counts.rate(row) : UNKNOWN);
  }

  @Override
  double index(CandidateSet candidates, int candidate) {
    return declared(candidates, candidate) + index(candidates.rows[candidate]);
  }

  private static double declared(CandidateSet candidates, int candidate) {
    float claim = candidates.claim(candidate);
    return DECLARED * (Float.isNaN(claim) ? UNKNOWN : claim);
  }

  @Override
  Map<String, Double> parts(CandidateSet candidates, int candidate, double index) {
    double declared = declared(candidates, candidate);
    return Map.of("declared level", declared, "record", index - declared);
  }

  @Override
  Motive motive(CandidateSet candidates, int chosen) {
    return Motive.RULE;
  }

  @Override
  String why(CandidateSet candidates, int chosen) {
    return "takes the highest sum of .7 declared and .3 measured, ";
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Questions and data for tests. */
final class Questions {
  static final Instant DAY = Instant.parse("2026-03-01T00:00:00Z");
  static final PrivacyBudget BUDGET = new PrivacyBudget(1, 1e-6, Duration.ofDays(1));

  private Questions() {}

  static PrivateQuestion count(String name, double epsilon) {
    return PrivateQuestion.count(
        "acme", name, DAY, DAY.plus(Duration.ofDays(1)), PrivateQuestion.Bounds.ONE, epsilon);
  }

  static PrivateQuestion mean(String name, double epsilon) {
    return PrivateQuestion.mean(
        "acme", name, DAY, DAY.plus(Duration.ofDays(1)), PrivateQuestion.Bounds.ONE, epsilon);
  }

  /** So many contributors, one contribution each. */
  static List<Contribution> people(String partition, int count, double value) {
    List<Contribution> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new Contribution(partition + "-" + i, partition, value));
    }
    return all;
  }

  static PrivateAnswer.Released released(PrivateAnswer release) {
    return release.match(
        given -> given,
        withheld -> {
          throw new AssertionError(withheld.message());
        });
  }

  static PrivateAnswer.Withheld withheld(PrivateAnswer release) {
    return release.match(
        given -> {
          throw new AssertionError("released " + given);
        },
        none -> none);
  }
}

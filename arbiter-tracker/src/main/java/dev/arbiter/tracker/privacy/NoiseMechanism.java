/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.tracker.privacy.PrivateAnswer.Figure;
import dev.arbiter.tracker.privacy.PrivateQuestion.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** The noise of one question, and the threshold at which its partitions show. */
final class NoiseMechanism {
  /*
   * A partition from the data shows when its noised count reaches the threshold: the most that one
   * contributor can add, plus the noise's upper tail at delta / bounds.partitions(). So a partition
   * whose only contributor leaves, and which then cannot show, showed with at most that
   * probability; over all partitions of that contributor, delta. The count of a shown partition has
   * the same noise, drawn once.
   */
  private final PrivateQuestion question;
  private final GeometricNoise countNoise;
  private final GeometricNoise sumNoise;
  private final long threshold;

  NoiseMechanism(PrivateQuestion question) {
    this.question = question;
    PrivateQuestion.Bounds bounds = question.bounds();
    long micros = PrivacyUnits.micros(question.epsilon());
    long forCount = question.measure() == Measure.MEAN ? micros / 2 : micros;
    long most = bounds.mostContributions();
    this.countNoise = new GeometricNoise(most, forCount);
    this.sumNoise =
        question.measure() == Measure.MEAN
            ? new GeometricNoise(most * PartitionSums.GRID, micros - forCount)
            : countNoise;
    this.threshold =
        question.known().isEmpty()
            ? bounds.perPartition()
                + countNoise.upperTail(
                    PrivacyUnits.delta(PrivacyUnits.femtos(question.delta()) / bounds.partitions()))
            : Long.MIN_VALUE;
  }

  double countDeviation() {
    return Math.sqrt(countNoise.variance());
  }

  long threshold() {
    return threshold;
  }

  List<Figure> noised(PartitionSums tally, RandomBits bits) {
    List<Figure> figures = new ArrayList<>();
    tally
        .partitions()
        .forEach(
            (partition, sums) -> {
              long count = sums.count + countNoise.draw(bits);
              OptionalDouble mean = mean(sums, count, bits);
              if (count >= threshold) {
                figures.add(new Figure(partition, count, mean));
              }
            });
    return figures;
  }

  private OptionalDouble mean(PartitionSums.Sums sums, long count, RandomBits bits) {
    if (question.measure() == Measure.COUNT) {
      return OptionalDouble.empty();
    }
    long steps = sums.steps + sumNoise.draw(bits);
    return OptionalDouble.of(PartitionSums.mean(steps, count, question.bounds()));
  }
}

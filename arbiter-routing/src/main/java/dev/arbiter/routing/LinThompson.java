/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.math.Distribution;
import dev.arbiter.routing.internal.math.Distribution.Normal;
import dev.arbiter.routing.internal.math.Gaussian;
import dev.arbiter.routing.internal.math.RidgeRegression;
import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Task;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** See {@link BanditPolicy#linThompson()}. */
final class LinThompson extends ThompsonLearner {
  static final String NAME = "lin-thompson";

  /* The largest deviation of rewards in [0,1]; the prior of each weight is as wide. */
  private static final double NOISE = .5;
  private static final double CENTER = .5;
  private static final int BUCKETS = 16;
  private static final int FEATURES = BUCKETS + 2;
  private static final double LONGEST = Math.log1p(Integer.MAX_VALUE);

  private final Fallbacks fallbacks = new Fallbacks();
  private final RidgeRegression unknown = new RidgeRegression(FEATURES);
  private @Nullable RidgeRegression[] agents = new RidgeRegression[0];
  private double[] features = new double[FEATURES];

  LinThompson(RandomGenerator random) {
    super(NAME, random);
  }

  /** One, the type of task as one of 16 buckets, and the length of the payload. */
  static double[] features(Task task, int category) {
    double[] features = new double[FEATURES];
    features[0] = 1;
    features[1 + category % BUCKETS] = 1;
    features[FEATURES - 1] = Math.log1p(task.payload().length()) / LONGEST;
    return features;
  }

  @Override
  void begin(RoutingRequest request, int category) {
    features = features(request.task(), category);
  }

  @Override
  Draws draws(int size) {
    return new NormalDraws(size);
  }

  @Override
  void draw(Draws draws, int place, int row) {
    RidgeRegression ridge = agents[row] == null ? unknown : agents[row];
    float mean = (float) (CENTER + ridge.mean(features));
    float deviation = (float) (NOISE * Math.sqrt(ridge.variance(features)));
    draws.plain(place, mean, deviation, 0);
    draws.drawn(place, (float) (mean + deviation * Gaussian.next(random)));
  }

  @Override
  public void rows(int count) {
    fallbacks.rows(count);
    if (count > agents.length) {
      agents = Arrays.copyOf(agents, Math.max(count, 2 * agents.length));
    }
  }

  @Override
  public void learn(Feedback feedback) {
    double[] seen = features(feedback.task(), feedback.category());
    RidgeRegression ridge = known(feedback.row());
    if (feedback.isFallback()) {
      double expected = Sampler.clip(CENTER + ridge.mean(seen));
      double value = fallbacks.learn(feedback.failedRow(), expected, feedback.reward());
      ridge.add(seen, Sampler.clip(value) - CENTER, Fallbacks.WEIGHT);
    } else {
      ridge.add(seen, feedback.reward() - CENTER, 1);
    }
  }

  @Override
  public void continues(Continuation continuation) {
    continuation.rows(
        "ridge",
        row -> agents[row] == null ? new double[0] : agents[row].state(),
        (numbers, row) -> known(row).state(numbers));
    continuation.rows("after", fallbacks::sums, (numbers, row) -> fallbacks.add(row, numbers));
    continuation.numbers(
        "fallbacks", fallbacks::totals, numbers -> fallbacks.addTotals(numbers[0], numbers[1]));
  }

  private RidgeRegression known(int row) {
    RidgeRegression ridge = agents[row];
    if (ridge == null) {
      ridge = new RidgeRegression(FEATURES);
      agents[row] = ridge;
    }
    return ridge;
  }

  @Override
  public void forget(int row) {
    agents[row] = null;
    fallbacks.forget(row);
  }

  /** Draws from normal distributions: the first number is the mean, the second the deviation. */
  static final class NormalDraws extends Draws {
    NormalDraws(int size) {
      super(size, false);
    }

    @Override
    double record(int candidate) {
      return first(candidate);
    }

    @Override
    double typeShift(int candidate) {
      return 0;
    }

    @Override
    Distribution distribution(int candidate) {
      return new Normal(first(candidate), second(candidate));
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Draws.TailDraws;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.PrunedArgmax.LazyDraws;
import dev.arbiter.routing.TypeOffsets.Prior;
import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.routing.internal.record.ChangeDetector;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.routing.internal.record.RowSums;
import dev.arbiter.routing.internal.record.SuccessCounts;
import dev.arbiter.routing.internal.record.Trust;
import dev.arbiter.routing.internal.record.TypeRecords;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The default policy: see {@link BanditPolicy#adaptiveThompson()}. */
final class AdaptiveThompson implements Learner, LearnedSums {
  /*
   * All knowledge is in arrays by row, each kind in its own class: the overall record
   * (SuccessCounts), types of task (TypeRecords, TypeOffsets), declarations (Trust), second attempts
   * (Fallbacks), change (ChangeDetector). Time and money (Prices, Spending) are the router's. A
   * decision reads each once a candidate and draws once a candidate; an outcome writes the rows of
   * one agent.
   *
   * Trust or Fallbacks compare an outcome with the expectation before the record learns it.
   */
  static final String NAME = "adaptive-thompson";
  private static final double PRIOR = 8;
  private static final double CLAIM_PRIOR = 26;
  static final double KEEP = .9995;

  /* After one change other agents may change too, too slightly or too rarely seen for the test. */
  private static final double KEEP_AFTER_CHANGE = .998;
  private static final double FORCED = .01;
  private static final double MOST_SHARPENING = 4;
  private static final double LEAST_LEFT = .05;
  private static final int MOST_PAGES = 1 << 16;

  /** From here on computing few draws costs less than drawing all (RESULTS.md, routing). */
  static final int MANY = 64;

  private final RandomGenerator random;
  private final Sampler sampler;
  private final long horizon;
  private final double keep;
  private final SuccessCounts counts = new SuccessCounts();
  private final TypeOffsets offsets = new TypeOffsets(counts, MOST_PAGES);
  private final TypeRecords types = offsets.records;
  private final Trust trust = new Trust();
  private final Fallbacks fallbacks = new Fallbacks();
  private final ChangeDetector changes = new ChangeDetector();
  private final Prices prices;
  private final Spending spending;
  private final PrunedArgmax.Cache argmaxes = new PrunedArgmax.Cache(offsets);
  private final Round round = new Round();

  /* Unchecked claims of each agent, faded like its record. */
  private double[] unchecked = new double[0];
  private long choices;
  private long turns;
  private int sharpeningSize;
  private double sharpeningStart;

  /** With a keep of 1 nothing fades and no change is detected. */
  AdaptiveThompson(BanditPolicy.Setting setting, double keep) {
    this.keep = keep;
    this.random = setting.random();
    this.sampler = new Sampler(random);
    this.horizon = setting.horizon();
    this.prices = setting.prices();
    this.spending = setting.spending();
  }

  @Override
  public void rows(int count) {
    counts.rows(count);
    types.rows(count);
    trust.rows(count);
    fallbacks.rows(count);
    changes.rows(count);
    unchecked = RowSums.grown(unchecked, count, 0);
  }

  @Override
  public void forget(int row) {
    offsets.forget(row);
    counts.set(row, 0, 0);
    trust.forget(row);
    fallbacks.forget(row);
    changes.forget(row);
    unchecked[row] = 0;
  }

  @Override
  public void continues(Continuation continuation) {
    continuation.numbers(
        "turns",
        () -> new double[] {turns, changes.calm()},
        numbers -> {
          turns = (long) numbers[0];
          changes.calm((long) numbers[1]);
        });
    continuation.rows("blocks", changes::blocks, (blocks, row) -> changes.blocks(row, blocks));
    int[] order = continuation.order();
    counts.recount(order);
    offsets.recount(order);
  }

  @Override
  public void forgetType(int category) {
    types.drop(category);
  }

  @Override
  public long alarms() {
    return changes.alarms();
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    List<RoutingDecision> earlier = request.earlier();
    round.begin(candidates.size(), category);
    if (!earlier.isEmpty()) {
      return fallBack(id, candidates, ThompsonDecision.last(earlier, NAME));
    }
    PrunedArgmax argmax = isMany(candidates) ? argmaxes.of(candidates, category) : null;
    if (argmax != null) {
      LazyDraws draws = argmax.draw(round.prior(), random.nextLong());
      awaitAll(draws, candidates);
      return firstChoice(id, candidates, draws, argmax.best(draws));
    }
    Draws draws = new Draws(candidates.size(), candidates.hasClaims());
    return firstChoice(id, candidates, draws, drawBest(draws, candidates));
  }

  /** Declarations and prices differ by agent, and PrunedArgmax knows neither. */
  private boolean isMany(CandidateSet candidates) {
    return candidates.recurs
        && candidates.size() >= MANY
        && !candidates.hasClaims()
        && !round.weighed;
  }

  private BanditDecision firstChoice(long id, CandidateSet candidates, Draws draws, int best) {
    choices++;
    if (!changes.isAlert()) {
      return new ThompsonDecision(id, NAME, candidates.listed, draws, best, null);
    }
    int turn = (int) (turns % candidates.size());
    boolean force = random.nextDouble() < FORCED;
    turns += force ? 1 : 0;
    int chosen = force ? turn : best;
    return new ThompsonDecision(
        id, NAME, candidates.listed, chosen, draws, FORCED, turn, force, null);
  }

  private int drawBest(Draws draws, CandidateSet candidates) {
    int best = 0;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < candidates.size(); i++) {
      double score = draw(draws, candidates, i);
      if (score > highest) {
        highest = score;
        best = i;
      }
    }
    return best;
  }

  private BanditDecision fallBack(
      long id, CandidateSet candidates, @Nullable ThompsonDecision earlier) {
    Draws draws;
    int best;
    if (earlier == null || earlier.draws().hasClaims() != candidates.hasClaims()) {
      draws = new Draws(candidates.size(), candidates.hasClaims());
      best = drawBest(draws, candidates);
    } else {
      boolean late = earlier.draws() instanceof TailDraws;
      draws =
          late
              ? new TailDraws(candidates.size())
              : new Draws(candidates.size(), candidates.hasClaims());
      redraw(draws, candidates, earlier);
      best = draws.best();
    }
    return new ThompsonDecision(id, NAME, candidates.listed, draws, best, earlier);
  }

  /** Takes the draws of the decision that failed; candidates that are new since then draw now. */
  private void redraw(Draws draws, CandidateSet candidates, ThompsonDecision earlier) {
    int[] places = earlier.placesOf(candidates);
    for (int i = 0; i < places.length; i++) {
      if (places[i] == ThompsonDecision.NONE) {
        draw(draws, candidates, i);
      } else {
        draws.copy(i, earlier.draws(), places[i]);
        await(draws, candidates, i);
      }
    }
  }

  /** The parts common to all candidates of one decision; one object, filled anew for each. */
  private final class Round {
    double mean;
    double alpha;
    double beta;
    double sharpening;
    double shared;
    double priceOfMoney;
    boolean weighed;
    double[][] pages = {};

    void begin(int size, int category) {
      mean = counts.populationMean();
      alpha = PRIOR * mean;
      beta = PRIOR * (1 - mean);
      sharpening = sharpening(size);
      shared = offsets.shared(category);
      pages = types.pages(category, choices);
      priceOfMoney = spending.price();
      weighed = prices.areWeighed(priceOfMoney);
    }

    Prior prior() {
      return new Prior(mean, sharpening, shared);
    }
  }

  private double draw(Draws draws, CandidateSet candidates, int i) {
    int row = candidates.rows[i];
    double solved = round.sharpening * counts.successes(row);
    double unsolved = round.sharpening * (counts.outcomes(row) - counts.successes(row));
    double cost = round.weighed ? prices.cost(row, candidates.agents[i], round.priceOfMoney) : 0;
    float alpha = (float) (round.alpha + solved);
    float beta = (float) (round.beta + unsolved);
    float shift = (float) (ownOffset(row, 0) - cost);
    draws.plain(i, alpha, beta, shift);
    if (cost != 0) {
      draws.cost(i, (float) cost);
    }
    float claim = candidates.claim(i);
    if (!Float.isNaN(claim)) {
      float overall = candidates.overallClaims[i];
      float claimedAlpha = (float) (round.alpha + CLAIM_PRIOR * overall + solved);
      float claimedBeta = (float) (round.beta + CLAIM_PRIOR * (1 - overall) + unsolved);
      float claimedShift = (float) (ownOffset(row, claim - overall) - cost);
      float weight = trust.weight(row);
      draws.claimed(i, weight, claimedAlpha, claimedBeta, claimedShift);
      if (random.nextDouble() < weight) {
        alpha = claimedAlpha;
        beta = claimedBeta;
        shift = claimedShift;
      }
    }
    float score = (float) sampler.beta(alpha, beta) + shift;
    draws.drawn(i, score);
    return score - await(draws, candidates, i);
  }

  private void awaitAll(Draws draws, CandidateSet candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.agents[i].active() >= candidates.slots[i]) {
        await(draws, candidates, i);
      }
    }
  }

  private double ownOffset(int row, double claimed) {
    if (claimed == 0 && TypeRecords.isEmpty(round.pages, row)) {
      return 0;
    }
    double mean = Sampler.clip(counts.mean(row, round.mean) + round.shared);
    return offsets.own(round.pages, row, mean, claimed);
  }

  private float await(Draws draws, CandidateSet candidates, int i) {
    float wait =
        (float) prices.ofWaiting(candidates.rows[i], candidates.agents[i], candidates.slots[i]);
    if (wait > 0) {
      draws.wait(i, wait);
    }
    return wait;
  }

  /** A factor of records, above 1 so that exploring does not use up a short horizon. */
  private double sharpening(int size) {
    if (size != sharpeningSize) {
      sharpeningSize = size;
      sharpeningStart = Math.max(1, 3 * Math.pow(size / 9.0, 0.7));
    }
    double x = 1 + (sharpeningStart - 1) / (1 + choices / (50.0 * size));
    if (horizon > 0) {
      double left = Math.max(LEAST_LEFT, 1 - choices / (double) horizon);
      x = Math.min(MOST_SHARPENING * sharpeningStart, x / left);
    }
    return x;
  }

  @Override
  public void learn(Feedback feedback) {
    if (feedback.isFallback()) {
      learnFallback(feedback);
    } else {
      learnFirstChoice(feedback);
    }
  }

  private void learnFirstChoice(Feedback feedback) {
    int row = feedback.row();
    int category = feedback.category();
    double reward = feedback.reward();
    if (!Float.isNaN(feedback.claim())) {
      learnTrust(feedback, types.pages(category, choices));
    }
    add(row, category, reward, 1, feedback.unchecked());
    unchecked[row] = keep() * unchecked[row] + feedback.unchecked();
    if (feedback.unchecked() != 0 || keep == 1) {
      changes.pass();
    } else if (changes.add(row, reward)) {
      offsets.forget(row);
      counts.set(row, changes.successes(row), changes.count(row));
      trust.forget(row);
      unchecked[row] = 0;
    }
  }

  private double keep() {
    boolean steady = keep == 1 || !changes.isAlert();
    return steady ? keep : Math.min(keep, KEEP_AFTER_CHANGE);
  }

  private void add(int row, int category, double reward, double weight, double claimed) {
    offsets.lift(row);
    counts.add(row, keep(), reward, weight);
    types.add(category, row, keep(), reward, weight, claimed);
    offsets.settle(row);
  }

  @Override
  public void revalue(int row, double more) {
    if (unchecked[row] > 0) {
      double successes = counts.successes(row) + more * unchecked[row];
      offsets.lift(row);
      counts.set(row, Math.min(counts.outcomes(row), Math.max(0, successes)), counts.outcomes(row));
      types.revalue(row, more);
      offsets.settle(row);
    }
  }

  @Override
  public LearnedSums summed() {
    return this;
  }

  @Override
  public Widths widths() {
    return new Widths(4, 6, TypeRecords.CELLS);
  }

  @Override
  public double[] totals() {
    double[] after = fallbacks.totals();
    return new double[] {choices, changes.alarms(), after[0], after[1]};
  }

  @Override
  public double[] sums(int row) {
    double[] after = fallbacks.sums(row);
    return new double[] {
      counts.successes(row),
      counts.outcomes(row),
      unchecked[row],
      trust.evidence(row),
      after[0],
      after[1]
    };
  }

  @Override
  public TypeRecords types() {
    return types;
  }

  @Override
  public void addTotals(double[] change) {
    choices = Math.max(0, choices + Math.round(change[0]));
    changes.alarms(changes.alarms() + Math.round(change[1]));
    fallbacks.addTotals(change[2], change[3]);
  }

  @Override
  public void add(int row, double[] change) {
    offsets.lift(row);
    counts.addSums(row, change[0], change[1]);
    offsets.settle(row);
    unchecked[row] = Math.max(0, unchecked[row] + change[2]);
    trust.add(row, change[3]);
    fallbacks.add(row, Arrays.copyOfRange(change, 4, 6));
  }

  @Override
  public void add(int category, int row, double[] change) {
    offsets.lift(row);
    types.add(category, row, change);
    offsets.settle(row);
  }

  private void learnTrust(Feedback feedback, double[][] pages) {
    int row = feedback.row();
    double shared = offsets.shared(feedback.category());
    double mean = Sampler.clip(counts.mean(row, counts.populationMean()) + shared);
    double recorded = counts.expected(row) + shared + offsets.own(pages, row, mean, 0);
    double declared =
        (30 * feedback.claim() + types.rewards(pages, row) + .5) / (31 + types.count(pages, row));
    trust.learn(row, declared, recorded, feedback.reward());
  }

  private void learnFallback(Feedback feedback) {
    int row = feedback.row();
    int category = feedback.category();
    double record = counts.mean(row, counts.populationMean());
    double mean = Sampler.clip(record + offsets.shared(category));
    double[][] pages = types.pages(category, choices);
    double expected = Sampler.clip(record + offsets.own(pages, row, mean, 0));
    double value = fallbacks.learn(feedback.failedRow(), expected, feedback.reward());
    add(row, category, value, Fallbacks.WEIGHT, 0);
  }
}

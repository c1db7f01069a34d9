/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The decisions of routers before this one, of which an outcome may still come. */
final class EarlierDecisions {
  /*
   * A state has the decisions that were open when it was taken, and the range of numbers that the
   * router had given out until then. A decision of such a range is open, or had its outcome. A
   * decision of no range was made after the last state, or by a router that left none: this router
   * has nothing of it, and learns from what the store kept of the decision. The numbers of those
   * are remembered, so that each has one outcome. All is bounded: of what is too much, the oldest
   * goes. A crash also loses outcomes, so some decisions are open for ever here: they go with the
   * third restart.
   */
  static final int MOST = 10_000;
  private static final int MOST_RANGES = 1_000;
  private static final int MOST_RESTARTS = 2;
  private static final int HEX = 16;

  /* Apart by a character that no id of an agent has. */
  private static final String APART = "\u001f";

  private final Map<Long, Open> open = new LinkedHashMap<>();
  private final Set<Long> learned = new LinkedHashSet<>();
  private final List<double[]> ranges = new ArrayList<>();

  /**
   * A decision without an outcome.
   *
   * @param agent the chosen agent
   * @param firstChoice whether no agent had failed at the task before
   * @param failed the agent that failed before, empty if unknown
   * @param claim the level the agent declared, NaN for none
   * @param cost the expected cost, which counts as spent
   * @param period of spending
   * @param restarts how many it has outlived
   */
  record Open(
      String agent,
      boolean firstChoice,
      String failed,
      float claim,
      float cost,
      int period,
      int restarts) {}

  int size() {
    return open.size();
  }

  /**
   * Takes the decision of an outcome, once.
   *
   * @param attempt that of the outcome
   * @param period the present one
   * @return null if it is not one of before, or was taken before
   */
  @Nullable Open take(RoutingDecision decision, int attempt, int period) {
    long id = decision.id();
    Open known = open.get(id);
    boolean isKnown = known != null && known.agent.equals(decision.agent());
    boolean isLater = decision instanceof KeptDecision && !isInRange(id);
    if (!(isKnown || isLater) || !learned.add(id)) {
      return null;
    }
    dropOldest(learned);
    if (isKnown) {
      return open.remove(id);
    }
    return new Open(decision.agent(), attempt <= 1, "", Float.NaN, 0, period, 0);
  }

  private boolean isInRange(long id) {
    return ranges.stream().anyMatch(range -> id > range[0] && id <= range[1]);
  }

  private static void dropOldest(Set<Long> ids) {
    Iterator<Long> oldest = ids.iterator();
    while (ids.size() > MOST) {
      oldest.next();
      oldest.remove();
    }
  }

  /**
   * Writes or restores all.
   *
   * @param own the router's own open decisions, in the order of their ids
   * @param first the number before its first
   * @param last the number of its last
   * @param period the present one
   */
  void continues(
      Continuation continuation, Map<Long, Open> own, long first, long last, int period) {
    continuation.named("open", () -> written(own, period), known -> restore(known, period));
    continuation.named("learned", this::learned, this::learned);
    continuation.named("ranges", () -> ranges(first, last), this::ranges);
  }

  private Map<String, double[]> written(Map<Long, Open> own, int period) {
    Map<Long, Open> all = new LinkedHashMap<>(open);
    all.putAll(own);
    Map<String, double[]> written = new HashMap<>();
    int skipped = Math.max(0, all.size() - MOST);
    int place = 0;
    for (Map.Entry<Long, Open> one : all.entrySet()) {
      if (place++ >= skipped) {
        Open is = one.getValue();
        written.put(
            Long.toHexString(one.getKey()) + APART + is.agent + APART + is.failed,
            new double[] {
              place,
              is.firstChoice ? 1 : 0,
              Float.isNaN(is.claim) ? -1 : is.claim,
              is.cost,
              period - is.period,
              is.restarts
            });
      }
    }
    return written;
  }

  private void restore(Map<String, double[]> known, int period) {
    Map<Double, String> inOrder = new TreeMap<>();
    known.forEach((key, numbers) -> inOrder.put(numbers[0], key));
    for (String key : inOrder.values()) {
      String[] names = key.split(APART, -1);
      double[] numbers = known.getOrDefault(key, new double[0]);
      if (numbers[5] < MOST_RESTARTS) {
        open.put(
            Long.parseUnsignedLong(names[0], HEX),
            new Open(
                names[1],
                numbers[1] > 0,
                names[2],
                numbers[2] < 0 ? Float.NaN : (float) numbers[2],
                (float) numbers[3],
                period - (int) numbers[4],
                1 + (int) numbers[5]));
      }
    }
  }

  private Map<String, double[]> learned() {
    Map<String, double[]> written = new HashMap<>();
    learned.forEach(id -> written.put(Long.toHexString(id), new double[] {written.size()}));
    return written;
  }

  private void learned(Map<String, double[]> known) {
    Map<Double, String> inOrder = new TreeMap<>();
    known.forEach((id, numbers) -> inOrder.put(numbers[0], id));
    inOrder.values().forEach(id -> learned.add(Long.parseUnsignedLong(id, HEX)));
  }

  private Map<String, double[]> ranges(long first, long last) {
    List<double[]> all = new ArrayList<>(ranges);
    all.add(new double[] {first, last});
    List<double[]> newest = all.subList(Math.max(0, all.size() - MOST_RANGES), all.size());
    Map<String, double[]> written = new HashMap<>();
    newest.forEach(range -> written.put(Integer.toString(written.size()), range));
    return written;
  }

  private void ranges(Map<String, double[]> known) {
    for (int i = 0; i < known.size(); i++) {
      double[] range = known.get(Integer.toString(i));
      if (range != null && range.length == 2) {
        ranges.add(range);
      }
    }
  }
}

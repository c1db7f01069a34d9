/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.LinkedHashMap;
import java.util.Map;

/** How much worse agents do at tasks another one failed at, by who failed. */
final class Fallbacks {
  private static final int MOST = 4_096;

  private final Map<String, double[]> byFailed =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, double[]> eldest) {
          return size() > MOST;
        }
      };
  private double rewards;
  private double estimates;

  /** What was got for each success expected, after this agent failed. */
  double ratio(String failed) {
    double all = (5 + rewards) / (10 + estimates);
    double[] own = byFailed.get(failed);
    return own == null ? all : (20 * all + own[0]) / (20 + own[1]);
  }

  void add(String failed, double reward, double estimate) {
    rewards += reward;
    estimates += estimate;
    double[] own = byFailed.computeIfAbsent(failed, agent -> new double[2]);
    own[0] += reward;
    own[1] += estimate;
  }
}

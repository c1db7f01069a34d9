/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Least squares for X(N) = lambda N / (1 + alpha (N - 1) + beta N (N - 1)). */
final class UslFit {
  /*
   * Levenberg-Marquardt over the free parameters, started at the mean of throughput over load.
   * Alpha and beta must not be below 0: if the free fit is, each is held at 0 in turn and the best
   * allowed fit wins. Three parameters have only four such cases, so no search is needed.
   */
  private static final int STEPS = 200;
  private static final double FIRST_DAMPING = 1e-3;
  private static final double MOST_DAMPING = 1e12;
  private static final int LAMBDA = 0;
  private static final int ALPHA = 1;
  private static final int BETA = 2;

  private final double[] loads;
  private final double[] throughputs;

  UslFit(double[] loads, double[] throughputs) {
    this.loads = loads;
    this.throughputs = throughputs;
  }

  /** Parameters and the residual sum of squares. */
  static final class Solution {
    private final double[] parameters;
    private final double residual;

    Solution(double[] parameters, double residual) {
      this.parameters = parameters;
      this.residual = residual;
    }

    double parameter(int which) {
      return parameters[which];
    }

    double residual() {
      return residual;
    }

    boolean isAllowed() {
      return parameters[LAMBDA] > 0 && parameters[ALPHA] >= 0 && parameters[BETA] >= 0;
    }
  }

  static double throughput(double[] p, double load) {
    return p[LAMBDA] * load / divisor(p, load);
  }

  private static double divisor(double[] p, double load) {
    return 1 + p[ALPHA] * (load - 1) + p[BETA] * load * (load - 1);
  }

  /** All three free, even below 0. */
  Solution free() {
    return descend(linear(), new int[] {LAMBDA, ALPHA, BETA});
  }

  /** The best with neither alpha nor beta below 0. */
  Solution allowed(Solution free) {
    if (free.isAllowed()) {
      return free;
    }
    Solution best = descend(linear(), new int[] {LAMBDA});
    for (int other : new int[] {ALPHA, BETA}) {
      Solution one = descend(linear(), new int[] {LAMBDA, other});
      if (one.isAllowed() && one.residual < best.residual) {
        best = one;
      }
    }
    return best;
  }

  /** Where the search begins: throughput in proportion to load. */
  private double[] linear() {
    double lambda = 0;
    for (int i = 0; i < loads.length; i++) {
      lambda += throughputs[i] / loads[i] / loads.length;
    }
    return new double[] {lambda, 0, 0};
  }

  private Solution descend(double[] begin, int[] free) {
    double[] at = begin.clone();
    double residual = residual(at);
    double damping = FIRST_DAMPING;
    for (int step = 0; step < STEPS && damping < MOST_DAMPING; step++) {
      double[] next = next(at, free, damping);
      double after = next == null ? Double.POSITIVE_INFINITY : residual(next);
      if (next != null && after <= residual) {
        boolean settled = residual - after <= 1e-15 * residual;
        at = next;
        residual = after;
        damping /= 10;
        if (settled) {
          break;
        }
      } else {
        damping *= 10;
      }
    }
    return new Solution(at, residual);
  }

  private double @Nullable [] next(double[] at, int[] free, double damping) {
    double[][] normal = new double[free.length][free.length];
    double[] right = new double[free.length];
    for (int i = 0; i < loads.length; i++) {
      double[] gradient = gradient(at, loads[i]);
      double[] row = Arrays.stream(free).mapToDouble(parameter -> gradient[parameter]).toArray();
      accumulate(normal, right, row, throughputs[i] - throughput(at, loads[i]));
    }
    for (int i = 0; i < free.length; i++) {
      normal[i][i] *= 1 + damping;
    }
    double[] step = solve(normal, right);
    if (step == null) {
      return null;
    }
    double[] next = at.clone();
    for (int i = 0; i < free.length; i++) {
      next[free[i]] += step[i];
    }
    return next;
  }

  private static double[] gradient(double[] p, double load) {
    double divisor = divisor(p, load);
    double throughput = p[LAMBDA] * load / divisor;
    return new double[] {
      load / divisor, -throughput * (load - 1) / divisor, -throughput * load * (load - 1) / divisor
    };
  }

  /** Infinite where the curve breaks down. */
  private double residual(double[] p) {
    double sum = 0;
    for (int i = 0; i < loads.length; i++) {
      if (!(divisor(p, loads[i]) > 0)) {
        return Double.POSITIVE_INFINITY;
      }
      double gap = throughputs[i] - throughput(p, loads[i]);
      sum += gap * gap;
    }
    return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum;
  }

  /** The inverse of the normal matrix; null if the loads cannot tell the parameters apart. */
  double @Nullable [][] inverse(Solution solution) {
    double[][] normal = new double[3][3];
    for (double load : loads) {
      accumulate(normal, new double[3], gradient(solution.parameters, load), 0);
    }
    double[][] inverse = new double[3][];
    for (int i = 0; i < 3; i++) {
      double[] unit = new double[3];
      unit[i] = 1;
      double[] column = solve(normal, unit);
      if (column == null) {
        return null;
      }
      inverse[i] = column;
    }
    return inverse;
  }

  private static void accumulate(double[][] normal, double[] right, double[] row, double value) {
    for (int i = 0; i < row.length; i++) {
      right[i] += row[i] * value;
      for (int j = 0; j < row.length; j++) {
        normal[i][j] += row[i] * row[j];
      }
    }
  }

  /**
   * Gauss elimination with pivots, on rows and columns scaled by the diagonal; null if singular.
   */
  private static double @Nullable [] solve(double[][] matrix, double[] right) {
    int n = right.length;
    double[] scale = new double[n];
    double[][] a = new double[n][n + 1];
    for (int i = 0; i < n; i++) {
      scale[i] = Math.sqrt(matrix[i][i]);
    }
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = matrix[i][j] / (scale[i] * scale[j]);
      }
      a[i][n] = right[i] / scale[i];
    }
    for (int column = 0; column < n; column++) {
      if (!pivot(a, column)) {
        return null;
      }
    }
    double[] solved = new double[n];
    for (int i = 0; i < n; i++) {
      solved[i] = a[i][n] / a[i][i] / scale[i];
    }
    return solved;
  }

  private static boolean pivot(double[][] a, int column) {
    int best = column;
    for (int row = column + 1; row < a.length; row++) {
      best = Math.abs(a[row][column]) > Math.abs(a[best][column]) ? row : best;
    }
    if (!(Math.abs(a[best][column]) > 1e-13)) {
      return false;
    }
    double[] swap = a[column];
    a[column] = a[best];
    a[best] = swap;
    for (int row = 0; row < a.length; row++) {
      double factor = row == column ? 0 : a[row][column] / a[column][column];
      for (int j = column; j <= a.length; j++) {
        a[row][j] -= factor * a[column][j];
      }
    }
    return true;
  }
}

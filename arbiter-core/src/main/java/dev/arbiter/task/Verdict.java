/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.List;
import java.util.function.Function;

/**
 * How the constitution judged one report.
 *
 * <p>Thread-safe and immutable. {@link #match} makes a caller handle every case.
 */
public sealed interface Verdict {

  /**
   * Everything that was found, most severe first.
   *
   * @return the findings, may be empty
   */
  List<Finding> findings();

  /**
   * How good the work is by the constitution's measure, independent of what the agent claims.
   *
   * @return between 0 and 1
   */
  double quality();

  /**
   * What makes this verdict checkable.
   *
   * @return the seal, {@link Seal#none()} when there is none
   */
  Seal seal();

  /**
   * The work stands.
   *
   * @param findings warnings and notes
   * @param quality between 0 and 1
   * @param seal the proof
   */
  record Approved(List<Finding> findings, double quality, Seal seal) implements Verdict {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the quality is outside [0,1]
     */
    public Approved {
      findings = List.copyOf(findings);
      Require.that(quality >= 0 && quality <= 1, "quality must be in [0,1], got %s", quality);
    }
  }

  /**
   * The work stands although it broke a rule, because a waiver covers it.
   *
   * @param findings what was broken, and the warnings
   * @param waivers the ids of the waivers that cover it, at least one
   * @param quality between 0 and 1
   * @param seal the proof
   */
  record Waived(List<Finding> findings, List<String> waivers, double quality, Seal seal)
      implements Verdict {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if no waiver is named or the quality is outside [0,1]
     */
    public Waived {
      findings = List.copyOf(findings);
      waivers = List.copyOf(waivers);
      Require.that(!waivers.isEmpty(), "a waived verdict must name its waivers, got %s", waivers);
      Require.that(quality >= 0 && quality <= 1, "quality must be in [0,1], got %s", quality);
    }
  }

  /**
   * The work does not stand.
   *
   * @param findings why, at least one of severity ERROR
   * @param seal the proof
   */
  record Denied(List<Finding> findings, Seal seal) implements Verdict {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if no finding says why
     */
    public Denied {
      findings = List.copyOf(findings);
      Require.that(!findings.isEmpty(), "a denial must say why, got %s", findings);
    }

    @Override
    public double quality() {
      return 0;
    }
  }

  /**
   * Tells whether the work stands.
   *
   * @return true unless denied
   */
  default boolean passed() {
    return !(this instanceof Denied);
  }

  /**
   * Calls the function of the case this is.
   *
   * @param approved for {@link Approved}
   * @param waived for {@link Waived}
   * @param denied for {@link Denied}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(
      Function<Approved, R> approved, Function<Waived, R> waived, Function<Denied, R> denied) {
    if (this instanceof Approved a) {
      return approved.apply(a);
    }
    if (this instanceof Waived w) {
      return waived.apply(w);
    }
    return denied.apply((Denied) this);
  }
}

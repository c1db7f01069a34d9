/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * The judgement of the constitution on one report.
 *
 * <p>Thread-safe and immutable. {@link #match} makes a caller handle every case.
 */
public sealed interface Verdict {

  /** {@return the findings, most severe first; may be empty} */
  List<Finding> findings();

  /**
   * {@return the quality of the work by the measure of the constitution, 0 to 1; claims of the
   * agent do not count}
   */
  double quality();

  /** {@return the seal that makes the verdict verifiable, or {@link Seal#none()}} */
  Seal seal();

  /**
   * The work is accepted.
   *
   * @param findings warnings and notes
   * @param quality between 0 and 1
   * @param seal the proof
   */
  record Approved(List<Finding> findings, double quality, Seal seal) implements Verdict {
    /**
     * Checks and copies.
     *
     * @throws NullPointerException if something is null
     * @throws IllegalArgumentException if the quality is outside [0,1]
     */
    public Approved {
      Objects.requireNonNull(seal, "verdict.seal must not be null; give Seal.none()");
      findings = List.copyOf(findings);
      Require.that(quality >= 0 && quality <= 1, "quality must be in [0,1], got %s", quality);
    }
  }

  /**
   * The work broke a rule and is accepted, because a waiver covers the rule.
   *
   * @param findings the broken rules, and warnings
   * @param waivers the ids of the waivers that cover it, at least one
   * @param quality between 0 and 1
   * @param seal the proof
   */
  record Waived(List<Finding> findings, List<String> waivers, double quality, Seal seal)
      implements Verdict {
    /**
     * Checks and copies.
     *
     * @throws NullPointerException if something is null
     * @throws IllegalArgumentException if no waiver is named or the quality is outside [0,1]
     */
    public Waived {
      Objects.requireNonNull(seal, "verdict.seal must not be null; give Seal.none()");
      findings = List.copyOf(findings);
      waivers = List.copyOf(waivers);
      Require.that(!waivers.isEmpty(), "a waived verdict must name its waivers, got %s", waivers);
      Require.that(quality >= 0 && quality <= 1, "quality must be in [0,1], got %s", quality);
    }
  }

  /**
   * The work is not accepted.
   *
   * @param findings the reasons, at least one of severity ERROR
   * @param seal the proof
   * @param excused whether the work is no reason: it may have been good, but the verdict could not
   *     be recorded, or the spec has changed meanwhile. Then the agent is not to blame, and nothing
   *     is learned about it. An error within the judgement is no excuse: a report may have caused
   *     it
   */
  record Denied(List<Finding> findings, Seal seal, boolean excused) implements Verdict {
    /**
     * A denial because of the work.
     *
     * @param findings the reasons, at least one of severity ERROR
     * @param seal the proof
     * @throws IllegalArgumentException if no finding says why
     */
    public Denied(List<Finding> findings, Seal seal) {
      this(findings, seal, false);
    }

    /**
     * Checks and copies.
     *
     * @throws NullPointerException if something is null
     * @throws IllegalArgumentException if no finding says why
     */
    public Denied {
      Objects.requireNonNull(seal, "verdict.seal must not be null; give Seal.none()");
      findings = List.copyOf(findings);
      Require.that(!findings.isEmpty(), "a denial must say why, got %s", findings);
    }

    @Override
    public double quality() {
      return 0;
    }
  }

  /** {@return whether it is a denial for which the agent is not to blame} */
  default boolean isExcused() {
    return this instanceof Denied denied && denied.excused();
  }

  /** {@return whether the work is accepted: true unless denied} */
  default boolean passed() {
    return !(this instanceof Denied);
  }

  /**
   * Calls the function for this case.
   *
   * @param approved for {@link Approved}
   * @param waived for {@link Waived}
   * @param denied for {@link Denied}
   * @param <R> the result
   * @return the result of that function
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

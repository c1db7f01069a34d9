/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.task.Finding;
import java.util.List;
import java.util.Optional;

/**
 * What {@link SpecValidator} found.
 *
 * @param outcome whether the spec, and the changes if there are any, may stand
 * @param dialect by which the spec was read; {@code AUTO} only when it is no document
 * @param spec what the spec calls itself; empty when it does not
 * @param findings errors first
 * @param budget limit and use, as far as policy and changes were given
 */
public record Validation(
    Outcome outcome, Dialect dialect, String spec, List<Finding> findings, Budget budget) {
  /** Copies. */
  public Validation {
    findings = List.copyOf(findings);
  }

  /**
   * An answer for input that could not even be read.
   *
   * @param dialect as it was asked for
   * @param findings what could not be read, and why
   * @return an unusable answer
   */
  public static Validation unusable(Dialect dialect, List<Finding> findings) {
    return new Validation(Outcome.UNUSABLE, dialect, "", findings, Budget.NONE);
  }

  /** The answer in one word. */
  public enum Outcome {
    /** No rule is broken. */
    ALLOWED,
    /** At least one rule is broken. */
    DENIED,
    /** Something could not be read, so nothing was decided. */
    UNUSABLE
  }

  /**
   * Files and lines.
   *
   * @param files at least 0
   * @param lines added and removed together, at least 0
   */
  public record Amount(long files, long lines) {}

  /**
   * A waiver that does not count.
   *
   * @param id the waiver
   * @param reason one word, such as {@code expired}
   */
  public record Skipped(String id, String reason) {}

  /**
   * What may be changed and what was.
   *
   * @param limit the tier's limit and what waivers add; empty without a policy that has the tier
   * @param used what was changed; empty when no changes were given
   * @param waiversApplied ids of the waivers that count
   * @param waiversSkipped those that do not, and why
   */
  public record Budget(
      Optional<Amount> limit,
      Optional<Amount> used,
      List<String> waiversApplied,
      List<Skipped> waiversSkipped) {
    static final Budget NONE = new Budget(Optional.empty(), Optional.empty(), List.of(), List.of());

    /** Copies. */
    public Budget {
      waiversApplied = List.copyOf(waiversApplied);
      waiversSkipped = List.copyOf(waiversSkipped);
    }
  }
}

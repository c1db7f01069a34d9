/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.List;

/**
 * What one agent gave to one question.
 *
 * @param agent the agent's id
 * @param work its report; one without output and changes is an abstention
 * @param evidence what speaks for or against the answer
 * @param note why there is no answer, one line; empty for an answer
 */
public record Reply(String agent, WorkReport work, List<Evidence> evidence, String note) {

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if the agent has no printable name
   */
  public Reply {
    Require.name("reply.agent", agent, false);
    evidence = List.copyOf(evidence);
  }

  /**
   * Something that speaks for or against an answer.
   *
   * @param source names it, such as {@code tests}; of two with one source the heavier counts
   * @param text one line for a reader
   * @param weight in units of natural log-odds, from -4 to 4: 0.7 doubles the odds of the answer,
   *     -0.7 halves them
   */
  public record Evidence(String source, String text, double weight) {
    /** The most that all evidence of one answer together can add or take. */
    public static final double LIMIT = 4;

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if the source is no name or the weight outside its range
     */
    public Evidence {
      Require.name("evidence.source", source, false);
      Require.that(Math.abs(weight) <= LIMIT, "evidence.weight must be in [-4, 4], got %s", weight);
    }
  }

  /**
   * {@return an answer without evidence}
   *
   * @param agent the agent's id
   * @param text the answer; a blank one is an abstention
   */
  public static Reply of(String agent, String text) {
    return new Reply(agent, WorkReport.of(text), List.of(), "");
  }

  /**
   * {@return an abstention}
   *
   * @param agent the agent's id
   * @param why one line
   * @param paid what the agent used all the same
   */
  public static Reply none(String agent, String why, Usage paid) {
    return new Reply(agent, WorkReport.of("").withUsage(paid), List.of(), why);
  }

  /**
   * {@return the same reply with evidence}
   *
   * @param found takes the place of the evidence so far
   */
  public Reply with(List<Evidence> found) {
    return new Reply(agent, work, found, note);
  }

  /** {@return the answer as text} */
  public String text() {
    return work.output();
  }

  /** False if there was no call: a limit was reached, or the host had no thread. */
  boolean wasAsked() {
    return !(abstained() && note.startsWith(Panel.NOT_ASKED));
  }

  /** {@return whether there is no answer} */
  public boolean abstained() {
    return work.output().isBlank() && work.changes().isEmpty();
  }
}

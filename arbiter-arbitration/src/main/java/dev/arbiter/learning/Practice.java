/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.internal.Require;

/**
 * One piece of advice for one type of task.
 *
 * @param id unique within its tenant, and the same as long as the practice is kept
 * @param taskType the type of the tasks that it is for
 * @param text the advice, one line of at most {@value #LONGEST} characters
 * @param helpful attempts that had it and were accepted
 * @param harmful attempts that had it and failed by their agent
 * @param source where it came from
 */
public record Practice(
    String id, String taskType, String text, long helpful, long harmful, Source source) {
  /** Most characters of a text. */
  public static final int LONGEST = 1_000;

  private static final double Z = 1.96;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the id or the type is no name, or the text is no single
   *     line of 1 to {@value #LONGEST} printable characters
   */
  public Practice {
    Require.name("practice.id", id, false);
    Require.name("practice.taskType", taskType, false);
    Require.that(
        PracticeText.isClean(text),
        "practice.text must be one line of 1 to %s printable characters, got %s",
        LONGEST,
        text.length());
    Require.that(
        helpful >= 0 && harmful >= 0,
        "practice.helpful and harmful must not be negative, got %s and %s",
        helpful,
        harmful);
  }

  /**
   * {@return a lower bound of the part of attempts with it that were accepted, 0 to 1} Wilson's, at
   * 97.5 %; 0 while there were none. Practices are ranked by it. Whether one helps is another
   * question, which its {@link Standing} answers: a good agent succeeds with bad advice too.
   */
  public double lowerBound() {
    return Wilson.lower(helpful, helpful + harmful, Z);
  }

  Practice with(long moreHelpful, long moreHarmful) {
    return new Practice(id, taskType, text, helpful + moreHelpful, harmful + moreHarmful, source);
  }

  /**
   * Where a practice came from.
   *
   * @param kind the kind of source
   * @param by the agent, person, tenant or file; may be empty
   */
  public record Source(Kind kind, String by) {
    /**
     * Checks.
     *
     * @throws IllegalArgumentException if the name is not printable
     */
    public Source {
      Require.name("source.by", by, true);
    }

    /** {@return the host itself} */
    public static Source host() {
      return new Source(Kind.HOST, "");
    }

    /** The kinds of sources. */
    public enum Kind {
      /** The host wrote it. */
      HOST,
      /** An agent wrote it, from its own or another's work. */
      AGENT,
      /** A rule made it from events. */
      RULE,
      /** It was read from a file. */
      FILE,
      /** Another tenant gave it, scrubbed. */
      TENANT
    }
  }

  /** Whether a practice is handed to an agent. */
  public enum State {
    /** To half of the attempts, to compare them with the other half. */
    TRIAL,
    /** It beats the same agent without it. To most attempts; the others show if it ages. */
    KEPT,
    /** To none. */
    DROPPED
  }

  /**
   * A practice at one agent.
   *
   * @param agent the id of the agent
   * @param state whether it is handed out
   * @param reason the reason of the state, half a sentence
   * @param with attempts that had it and are counted
   * @param without attempts that did not and are counted
   * @param gain the mean outcome with it less that without it, -1 to 1; 0 before both have one
   */
  public record Standing(
      String agent, State state, String reason, long with, long without, double gain) {}
}

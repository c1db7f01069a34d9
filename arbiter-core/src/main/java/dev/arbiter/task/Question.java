/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a person is asked while a task waits.
 *
 * @param text the question, at most 4,000 characters
 * @param shown what the decision is about, such as a command or a change, at most 1,048,576
 *     characters; the decision is bound to it
 * @param audiences who is asked: names or roles of the host, in order, each once. When one does not
 *     answer in time the next is asked; empty for whoever the host lets decide
 * @param time how long each audience has; after the last the request expires, and the task does not
 *     go on
 */
public record Question(String text, String shown, List<String> audiences, Duration time) {
  /** The time of a question that names none. */
  public static final Duration DEFAULT_TIME = Duration.ofDays(1);

  private static final int LONGEST_TEXT = 4_000;
  private static final int LONGEST_SHOWN = 1 << 20;

  /**
   * Checks and copies.
   *
   * @throws NullPointerException if something is null
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Question {
    Objects.requireNonNull(text, "question.text must not be null");
    Objects.requireNonNull(shown, "question.shown must not be null; give an empty text for none");
    Objects.requireNonNull(time, "question.time must not be null; leave it out for a day");
    Require.that(
        !text.isBlank() && text.length() <= LONGEST_TEXT,
        "question.text must have 1 to %s characters, got %s",
        LONGEST_TEXT,
        text.length());
    Require.that(
        shown.length() <= LONGEST_SHOWN,
        "question.shown must have at most %s characters, got %s; show a summary and a reference",
        LONGEST_SHOWN,
        shown.length());
    audiences = List.copyOf(audiences);
    for (String audience : audiences) {
      Require.printable("question.audience", audience);
      Require.that(
          audiences.indexOf(audience) == audiences.lastIndexOf(audience),
          "question.audiences names '%s' twice, and each is asked once; give it more time",
          audience);
    }
    Require.that(time.compareTo(Duration.ZERO) > 0, "question.time must be positive, got %s", time);
  }

  /**
   * {@return a question for whoever the host lets decide, open for a day}
   *
   * @param text the question
   */
  public static Question of(String text) {
    return new Question(text, "", List.of(), DEFAULT_TIME);
  }

  /**
   * {@return the same question about something that is shown}
   *
   * @param what any text
   */
  public Question showing(String what) {
    return new Question(text, what, audiences, time);
  }

  /**
   * {@return the same question for named people or roles, the next when one does not answer}
   *
   * @param inOrder who is asked
   */
  public Question to(String... inOrder) {
    return new Question(text, shown, List.of(inOrder), time);
  }

  /**
   * {@return the same question with another time for each audience}
   *
   * @param each a positive duration
   */
  public Question within(Duration each) {
    return new Question(text, shown, audiences, each);
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The decision of the constitution on whether a task may begin. */
public sealed interface Admission {

  /** {@return all findings; may be empty if admitted} */
  List<Finding> findings();

  /**
   * The task may begin, under the spec as the constitution read it.
   *
   * @param specDigest {@code sha256:} and the hexadecimal digest of the spec and of every other
   *     input of the decision; when it changes the approval is void
   * @param findings warnings and notes
   * @param question the question that a person must approve first, empty for none
   */
  record Admitted(String specDigest, List<Finding> findings, Optional<Question> question)
      implements Admission {
    /**
     * Checks and copies.
     *
     * @throws NullPointerException if something is null
     */
    public Admitted {
      Objects.requireNonNull(specDigest, "admitted.specDigest must not be null");
      Objects.requireNonNull(question, "admitted.question must not be null");
      findings = List.copyOf(findings);
    }

    /**
     * Admits a task without a question.
     *
     * @param specDigest the digest of the spec and of every other input of the decision
     * @param findings warnings and notes
     */
    public Admitted(String specDigest, List<Finding> findings) {
      this(specDigest, findings, Optional.empty());
    }
  }

  /**
   * The task may not begin.
   *
   * @param findings the reasons, at least one
   */
  record Refused(List<Finding> findings) implements Admission {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if no finding says why
     */
    public Refused {
      findings = List.copyOf(findings);
      Require.that(!findings.isEmpty(), "a refusal must say why, got %s", findings);
    }
  }
}

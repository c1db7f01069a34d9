/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;
import java.util.List;

/** Whether the constitution lets a task begin. */
public sealed interface Admission {

  /**
   * Everything that was found.
   *
   * @return the findings, may be empty when admitted
   */
  List<Finding> findings();

  /**
   * The task may begin, under the spec as it was read.
   *
   * @param specDigest {@code sha256:} and the hexadecimal digest of the spec and whatever else the
   *     decision rests on; when it changes the approval is void
   * @param findings warnings and notes
   */
  record Admitted(String specDigest, List<Finding> findings) implements Admission {
    /** Copies. */
    public Admitted {
      findings = List.copyOf(findings);
    }
  }

  /**
   * The task may not begin.
   *
   * @param findings why, at least one
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

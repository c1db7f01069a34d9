/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import dev.arbiter.task.Finding;
import java.util.List;

/**
 * What came of checking a chain.
 *
 * @param form which chain it is
 * @param entries how many entries there are
 * @param head the hash of the last entry, to be kept elsewhere; empty when there is none
 * @param findings what is wrong, at most a thousand; none when the chain is whole
 */
public record ChainReport(Form form, long entries, String head, List<Finding> findings) {
  /** Copies. */
  public ChainReport {
    findings = List.copyOf(findings);
  }

  /** Which chain. */
  public enum Form {
    /** {@code events.jsonl} of CAWS 11 and later. */
    EVENTS("events.v1"),
    /** {@code events.jsonl} of CAWS 10: the first previous hash is an empty text. */
    EVENTS_V10("events.v10"),
    /** {@code chain.json} of CAWS 10, which leaves most of each entry out of its hash. */
    PROVENANCE_V10("chain.v10");

    private final String word;

    Form(String word) {
      this.word = word;
    }

    /**
     * How it is written.
     *
     * @return the name of the format
     */
    public String word() {
      return word;
    }
  }

  /**
   * Whether no entry was changed, removed, or put in.
   *
   * @return true when nothing was found
   */
  public boolean isWhole() {
    return findings.isEmpty();
  }
}

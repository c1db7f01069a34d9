/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.caws.SealedVerdict;

/** What an entry of a log says, in one line. */
final class Summary {
  private Summary() {}

  static String of(String document) {
    return SealedVerdict.read(document)
        .map(
            verdict ->
                ArbiterCli.printable(
                    String.join(
                        " ",
                        verdict.time(),
                        verdict.verdict(),
                        "spec=" + verdict.specId(),
                        "task=" + verdict.task(),
                        "agent=" + verdict.agent())))
        .orElse("no verdict, such as a change of the key");
  }
}

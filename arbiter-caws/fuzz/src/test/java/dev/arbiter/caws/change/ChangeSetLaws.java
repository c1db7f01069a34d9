/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;

/** A text of changes is read or refused; what is read is no more than the text has room for. */
final class ChangeSetLaws {
  private ChangeSetLaws() {}

  static void hold(Function<String, ChangeSet> reader, String text) {
    ChangeSet read;
    try {
      read = reader.apply(text);
    } catch (IllegalArgumentException refused) {
      String message = String.valueOf(refused.getMessage());
      assertThat(message.length()).isBetween(1, 1_000);
      assertThat(message.chars().noneMatch(c -> c < 0x20)).isTrue();
      return;
    }
    assertThat(read.files()).isLessThanOrEqualTo(text.length());
    assertThat(read.lines()).isNotNegative();
    assertThat(read.changes()).allMatch(change -> !change.path().isEmpty());
    assertThat(read.touched()).hasSizeGreaterThanOrEqualTo(read.files());
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.WorkReport.FileChange;
import org.junit.jupiter.api.Test;

class FindingTest {
  @Test
  void a_finding_has_no_line_until_it_is_given_one() {
    Finding finding = Finding.error("rule", "/mode", "mend it");

    assertThat(finding.line()).isZero();
    assertThat(finding.onLine(7))
        .isEqualTo(new Finding("rule", Severity.ERROR, "/mode", 7, "mend it"));
    assertThatThrownBy(() -> finding.onLine(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void the_lines_of_a_change_do_not_overflow() {
    FileChange change = new FileChange("a", Integer.MAX_VALUE, Integer.MAX_VALUE);

    assertThat(change.lines()).isEqualTo(2L * Integer.MAX_VALUE);
  }
}

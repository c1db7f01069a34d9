/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SkippedTestsTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final String PASSED = "<testcase name=\"passes\" classname=\"a.ATest\"/>";
  private static final String SKIPPED =
      "<testcase name=\"needs_it\" classname=\"a.ATest\"><skipped message=\"Assumption failed: no"
          + " &lt;node&gt;&#10;  here\" type=\"x\"><![CDATA[at a.ATest]]></skipped></testcase>";
  private static final String WITH_TRACE =
      "<testcase name=\"is_there\" classname=\"a.CTest\"><skipped type=\"x\"><![CDATA[x.Aborted:"
          + " Assumption failed: no faketime\n\tat a.CTest]]></skipped></testcase>";
  private static final String WHOLE_CLASS =
      "<testcase name=\"\" classname=\"a.BTest\"><skipped/></testcase>";

  @TempDir private Path root;

  private void report(String module, String name, Instant written, String... cases)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve(module + "/target/surefire-reports"));
    String xml = "<testsuite>" + String.join("", cases) + "</testsuite>";
    Path file = Files.writeString(folder.resolve(name), xml);
    Files.setLastModifiedTime(file, FileTime.from(written));
  }

  @Test
  void names_each_skipped_test_with_its_reason() throws Exception {
    report("two", "TEST-b.xml", START.plusSeconds(5), WHOLE_CLASS);
    report("one/deep", "TEST-a.xml", START, PASSED, SKIPPED, WITH_TRACE, PASSED);

    assertThat(SkippedTests.summary(root, START))
        .isEqualTo(
            """
            promises not checked here: 3
              a.ATest.needs_it: no <node> here
              a.BTest: no reason given
              a.CTest.is_there: no faketime
            """);
  }

  @Test
  void a_promise_that_does_not_apply_is_named_apart() throws Exception {
    String other = SKIPPED.replace("no &lt;node&gt;&#10;  here", "does not apply: a server syncs");
    report("one", "TEST-a.xml", START, PASSED, other, WITH_TRACE);

    assertThat(SkippedTests.summary(root, START))
        .isEqualTo(
            """
            promises that do not apply: 1
              a.ATest.needs_it: does not apply: a server syncs
            promises not checked here: 1
              a.CTest.is_there: no faketime
            """);
  }

  @Test
  void says_zero_when_everything_ran() throws Exception {
    report("one", "TEST-a.xml", START, PASSED);

    assertThat(SkippedTests.summary(root, START)).isEqualTo("promises not checked here: 0\n");
  }

  @Test
  void leaves_out_reports_of_an_earlier_build_and_other_files() throws Exception {
    report("one", "TEST-a.xml", START, PASSED);
    report("old", "TEST-a.xml", START.minusMillis(1), SKIPPED);
    report("one", "a.ATest.txt", START, SKIPPED);
    report("one/src/test", "TEST-a.xml", START, SKIPPED);

    assertThat(SkippedTests.summary(root, START)).isEqualTo("promises not checked here: 0\n");
  }

  @Test
  void says_so_when_no_test_ran() throws Exception {
    report("old", "TEST-a.xml", START.minusSeconds(1), PASSED);

    assertThat(SkippedTests.summary(root, START))
        .isEqualTo("promises not checked here: all, no test ran in this build\n");
  }

  @Test
  void names_a_report_that_is_cut_off() throws Exception {
    report("one", "TEST-a.xml", START, "<testcase");

    assertThatThrownBy(() -> SkippedTests.summary(root, START))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("TEST-a.xml cannot be read; delete it");
  }
}

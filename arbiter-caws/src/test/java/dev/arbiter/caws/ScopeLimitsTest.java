/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.internal.project.Glob;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Patterns, scopes, change sets and budgets at the last value that is taken, and one further. */
class ScopeLimitsTest {
  private static final String SCOPE = "in: [src/, docs/*.md]\n  out: [src/generated/]";

  private static Validation validated(String spec) {
    return SpecValidator.at(NOW).build().validate(spec);
  }

  private static List<String> found(String scope) {
    return rules(validated(SPEC.replace(SCOPE, scope)).findings());
  }

  private static String names(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "d" + i + "/")
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static int expanded(String pattern) {
    try {
      return Glob.expand(pattern).size();
    } catch (Unreadable e) {
      return -1;
    }
  }

  @Test
  void braces_are_written_out_up_to_64_alternatives() throws Unreadable {
    assertThat(expanded("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}")).isEqualTo(64);
    assertThat(expanded("{a,b}{a,b}{a,b}{a,b}{a,b}{a,b,c}")).isEqualTo(-1);
    assertThat(Glob.expand("{a,b}c")).containsExactlyInAnyOrder("ac", "bc");
    assertThat(Glob.expand("c{a,}")).containsExactlyInAnyOrder("ca", "c");
    assertThat(Glob.expand("c{}d")).containsExactly("c{}d");
    assertThat(Glob.expand("c{d")).containsExactly("c{d");
    assertThat(Glob.expand("c}d{")).containsExactly("c}d{");
    assertThat(Glob.expand("{a}")).containsExactly("{a}");
    assertThat(Glob.expand("{a}.{b,c}")).containsExactlyInAnyOrder("{a}.b", "{a}.c");
    assertThat(Glob.expand("{a{b,c}}")).containsExactlyInAnyOrder("{ab}", "{ac}");
    assertThat(Glob.expand("{a,{b,c}}d")).containsExactlyInAnyOrder("ad", "bd", "cd");
    assertThat(Glob.expand("{a,b{c}}")).containsExactlyInAnyOrder("a", "b{c}");
    assertThat(Glob.expand("{a,b{c")).containsExactly("{a,b{c");
    assertThat(expanded("{a,b}" + "x".repeat(512))).isEqualTo(2);
    assertThat(expanded("{".repeat(512 * 64 + 1))).isEqualTo(-1);
  }

  @Test
  void a_pattern_has_at_most_512_characters() throws Unreadable {
    assertThat(Glob.of("a".repeat(511) + "*").matches("a".repeat(511))).isTrue();
    assertThatThrownBy(() -> Glob.of("a".repeat(512) + "*")).hasMessageContaining("512");
  }

  @Test
  void wildcards_work_at_the_first_and_the_last_character() throws Unreadable {
    assertThat(Glob.isGlob("*")).isTrue();
    assertThat(Glob.isGlob("?")).isTrue();
    assertThat(Glob.isGlob("a")).isFalse();
    assertThat(Glob.of("*").matches("a")).isTrue();
    assertThat(Glob.of("?").matches("a")).isTrue();
    assertThat(Glob.of("?").matches("ab")).isFalse();
    assertThat(Glob.of("a?").matches("a")).isFalse();
    assertThat(Glob.of("*a").matches("a")).isTrue();
    assertThat(Glob.of("a*").matches("a")).isTrue();
    assertThat(Glob.of("**").matches("a")).isTrue();
    assertThat(Glob.of("a/**").matches("a")).isFalse();
    assertThat(Glob.of("a/*").matches("a")).isFalse();
    assertThat(Glob.of("**/a").matches("b/a")).isTrue();
    assertThat(Glob.of("**/a").matches("b/a/c")).isFalse();
    assertThat(Glob.of("*/b").matches("a/b/c")).isFalse();
    assertThat(Glob.of("e\u0301*").matches("\u00e9x")).isTrue();
    assertThatThrownBy(() -> Glob.of("a/../*")).isInstanceOf(Unreadable.class);
  }

  @Test
  void a_scope_has_at_most_500_patterns_a_list() {
    assertThat(found("in: [src/]\n  out: " + names(500))).isEmpty();
    assertThat(found("in: [src/]\n  out: " + names(501))).containsExactly("spec.schema.violation");
    assertThat(found("in: " + names(501))).isEmpty();
    assertThat(found("in: " + names(502))).containsExactly("spec.schema.violation");
  }

  @Test
  void what_a_scope_says_twice_or_against_itself_is_a_warning() {
    assertThat(found("in: [src/]\n  include: [a]\n  exclude: [b]"))
        .containsExactlyInAnyOrder(
            "spec.schema.forbidden_field.scope_include",
            "spec.schema.forbidden_field.scope_exclude");
    assertThat(found("in: [src/]\n  out: [src/]"))
        .containsExactly("spec.semantic.scope.exact_conflict");
    assertThat(found("in: [src/a/]\n  out: [src/]"))
        .containsExactly("spec.semantic.scope.overbroad_out");
    assertThat(found("in: [lib/]\n  support: [src/a]\n  out: [src/]"))
        .containsExactly("spec.semantic.scope.overbroad_out");
    assertThat(found("in: [src/, '../x']")).containsExactly("spec.schema.violation");
    assertThat(found("in: [src/]\n  out: ['*.md']"))
        .containsExactly("spec.schema.scope.out_glob_forbidden");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", ".", "src/{a, b}", "src/4/4/4/4", "long"})
  void an_out_that_cannot_be_read_denies(String given) {
    String path = given.replace("4", "{a,b,c,d}").replace("long", "a".repeat(513));
    for (String dialect : List.of(SPEC, Fixtures.SPEC_V1)) {
      String spec = dialect.replace(SCOPE, "in: [src/]\n  out: ['" + path + "']");

      Validation validation = validated(spec);

      assertThat(validation.outcome()).isEqualTo(Validation.Outcome.DENIED);
      assertThat(rules(validation.findings())).containsExactly("spec.schema.violation");
      assertThat(validation.findings().get(0).message()).contains("shuts nothing out");
    }
  }

  @Test
  void a_change_set_has_at_most_100_000_files_of_4096_characters() {
    String most = "a".repeat(4096);
    assertThat(ChangeSet.ofNumstat("1\t0\t" + most).files()).isEqualTo(1);
    assertThatThrownBy(() -> ChangeSet.ofNumstat("1\t0\t" + most + "a"))
        .hasMessageContaining("1 to 4096");
    List<FileChange> changes = new ArrayList<>();
    List<String> moved = new ArrayList<>();
    for (int i = 0; i < ChangeSet.MOST_FILES; i++) {
      changes.add(new FileChange("f" + i, 0, 0));
      moved.add("g" + i);
    }
    assertThat(new ChangeSet(changes, moved).touched()).hasSize(2 * ChangeSet.MOST_FILES);
    assertThatThrownBy(() -> new ChangeSet(List.of(), List.of("")))
        .hasMessageContaining("1 to 4096");
    moved.add("one more");
    assertThatThrownBy(() -> new ChangeSet(List.of(), moved)).hasMessageContaining("100000 files");
    changes.add(new FileChange("one more", 0, 0));
    assertThatThrownBy(() -> new ChangeSet(changes, List.of()))
        .hasMessageContaining("100000 files");
  }

  @Test
  void a_report_and_a_text_are_the_same_set() {
    WorkReport report = Fixtures.report(new FileChange("src/A", 1, 2), new FileChange("b", 0, 0));

    assertThat(ChangeSet.of(report)).isEqualTo(ChangeSet.parse("1\t2\tsrc/A\n0\t0\tb\n"));
    assertThat(ChangeSet.parse("0\t0\t\0a\0b\0").touched())
        .containsExactly(new FileChange("b", 0, 0), new FileChange("a", 0, 0));
    assertThat(ChangeSet.parse("0\t0\t\0a\0b\0001\t0\ta\0").touched())
        .containsExactly(new FileChange("b", 0, 0), new FileChange("a", 1, 0));
  }

  @Test
  void a_renamed_file_is_one_file_and_its_old_path_must_be_in_scope() {
    Caws caws =
        Caws.builder()
            .policy(POLICY.replace("max_files: 10", "max_files: 5"))
            .sources(Fixtures.sources())
            .sealHashedOnly()
            .build();
    for (int files : new int[] {1, 5, 6, 20}) {
      StringBuilder moves = new StringBuilder();
      for (int i = 0; i < files; i++) {
        moves.append("0\t0\t\0src/A" + i + "\0src/B" + i + "\0");
      }

      Verdict verdict = moved(caws, moves.toString());

      assertThat(verdict.passed()).isEqualTo(files <= 5);
      assertThat(verdict.seal().document()).contains("\"used\":{\"files\":" + files + ",");
    }
    assertThat(rules(moved(caws, "0\t0\t\0lib/A\0src/B\0").findings()))
        .containsExactly("scope.reject.scope_in_miss");
    assertThat(rules(moved(caws, "0\t0\t\0.caws/policy.yaml\0src/B\0").findings()))
        .containsExactly("scope.integrity.governed_path");
    assertThat(rules(moved(caws, "0\t0\t\0a/../b\0src/B\0").findings()))
        .containsExactly("scope.invalid_path");
  }

  private static Verdict moved(Caws caws, String moves) {
    return Fixtures.judge(caws, ChangeSet.parse(moves).in(Fixtures.goodReport()));
  }

  @Test
  void a_report_keeps_what_was_measured() {
    ChangeSet measured = ChangeSet.parse("0\t0\t\0a\0b\0001\t0\ta\0");
    WorkReport claimed = ChangeSet.parse("0\t0\t\0x\0y\0").in(Fixtures.goodReport());

    assertThat(ChangeSet.of(measured.in(claimed))).isEqualTo(measured);
    assertThat(ChangeSet.none().in(claimed).evidence()).isEqualTo(Fixtures.goodReport().evidence());
  }

  @Test
  void sixteen_files_and_seventeen_are_counted_alike() {
    for (int files : new int[] {1, 15, 16, 17, 18, 40}) {
      Caws caws =
          Caws.builder()
              .policy(POLICY.replace("max_files: 10", "max_files: 15"))
              .sources(Fixtures.sources())
              .sealHashedOnly()
              .build();
      List<FileChange> twice = new ArrayList<>();
      for (int i = 0; i < 2 * files; i++) {
        twice.add(new FileChange("src/" + (i < files ? "" : "./") + "F" + i % files, 1, 0));
      }

      String document =
          Fixtures.judge(caws, Fixtures.report(twice.toArray(FileChange[]::new))).seal().document();

      assertThat(document)
          .contains("\"used\":{\"files\":" + files + ",\"lines\":" + 2 * files + "}");
    }
  }

  @Test
  void a_budget_gate_that_warns_or_is_off_denies_nothing() {
    ChangeSet outside = ChangeSet.parse("400\t0\tlib/A\n");
    assertThat(outcome(POLICY, outside)).isEqualTo(Validation.Outcome.DENIED);
    String warning =
        POLICY
            .replace(
                "budget_limit: {enabled: true, mode: block}",
                "budget_limit: {enabled: true, mode: warn}")
            .replace(
                "scope_boundary: {enabled: true, mode: block}",
                "scope_boundary: {enabled: true, mode: warn}");
    assertThat(outcome(warning, outside)).isEqualTo(Validation.Outcome.ALLOWED);
    assertThat(rules(validation(warning, outside).findings()))
        .contains("scope.reject.scope_in_miss", "policy.budget.lines_exceeded");
    assertThat(rules(validation(warning.replace("mode: warn", "mode: skip"), outside).findings()))
        .doesNotContain("scope.reject.scope_in_miss", "policy.budget.lines_exceeded");
    assertThat(rules(validation(warning, ChangeSet.parse("250\t0\tsrc/A\n")).findings()))
        .contains("policy.budget.lines_nearly_spent");
  }

  @Test
  void a_budget_is_spent_to_the_last_line_and_its_waiver_needs_a_delta() {
    assertThat(outcome(POLICY, ChangeSet.parse("300\t0\tsrc/A\n")))
        .isEqualTo(Validation.Outcome.ALLOWED);
    Validation over = validation(POLICY, ChangeSet.parse("301\t0\tsrc/A\n"));
    assertThat(over.outcome()).isEqualTo(Validation.Outcome.DENIED);
    assertThat(over.findings().get(0).message())
        .isEqualTo(
            "301 lines changed, tier 2 allows 300; split the task, or have a waiver approved");
    Validation open =
        SpecValidator.at(NOW)
            .policy(POLICY)
            .waiver("w", WAIVER.replace("delta: {max_files: 5, max_loc: 200}\n", ""))
            .changes(ChangeSet.none())
            .build()
            .validate(SPEC);
    assertThat(open.budget().waiversApplied()).isEmpty();
    assertThat(open.budget().waiversSkipped())
        .containsExactly(new Validation.Skipped("WV-0001", "no_delta"));
  }

  private static Validation.Outcome outcome(String policy, ChangeSet changes) {
    return validation(policy, changes).outcome();
  }

  private static Validation validation(String policy, ChangeSet changes) {
    return SpecValidator.at(NOW).policy(policy).changes(changes).build().validate(SPEC);
  }
}

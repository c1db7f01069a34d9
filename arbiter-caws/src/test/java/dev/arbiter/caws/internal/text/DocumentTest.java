/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import static dev.arbiter.caws.Fixtures.admit;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.task.Admission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTest {

  static List<Map.Entry<String, String>> hostile() {
    return List.of(
        Map.entry("", "empty_document"),
        Map.entry("# only a remark\n", "empty_document"),
        Map.entry("---\n", "empty_document"),
        Map.entry("just text", "not_an_object"),
        Map.entry("- a\n- b\n", "not_an_object"),
        Map.entry("[1, 2]", "not_an_object"),
        Map.entry("a: 1\na: 2\n", "parse_failed"),
        Map.entry("a: 1\n'a': 2\n", "parse_failed"),
        Map.entry("{\"a\":1,\"a\":2}", "parse_failed"),
        Map.entry("{\"a\":1,\"\\u0061\":2}", "parse_failed"),
        Map.entry("x: {b: 1, b: 2}\n", "parse_failed"),
        Map.entry("a: &x 1\nb: *x\n", "alias_forbidden"),
        Map.entry("a: &x [1]\nb: [*x, *x]\n", "alias_forbidden"),
        Map.entry("<<: {a: 1}\nb: 2\n", "merge_forbidden"),
        Map.entry("a: !!str 5\n", "tag_forbidden"),
        Map.entry("a: !!javax.script.ScriptEngineManager [x]\n", "tag_forbidden"),
        Map.entry("!!map {a: 1}\n", "tag_forbidden"),
        Map.entry("a: !local {b: 1}\n", "tag_forbidden"),
        Map.entry("a: 1\n---\nb: 2\n", "parse_failed"),
        Map.entry("? [a, b]\n: 1\n", "key_not_scalar"),
        Map.entry("? {a: 1}\n: 1\n", "key_not_scalar"),
        Map.entry("a: [1, 2\n", "parse_failed"),
        Map.entry("a: {b: 1\n", "parse_failed"),
        Map.entry("a: 'open\n", "parse_failed"),
        Map.entry("a: b: c\n", "parse_failed"),
        Map.entry("\ta: 1\n", "parse_failed"),
        Map.entry("a: @x\n", "parse_failed"),
        Map.entry("a: \u0000\n", "parse_failed"),
        Map.entry("%YAML 2.0\n---\na: 1\n", "parse_failed"),
        Map.entry("{\"a\":1} trailing", "parse_failed"),
        Map.entry("{\"a\":1}{\"b\":2}", "parse_failed"),
        Map.entry("[".repeat(20_000), "too_deep"),
        Map.entry("{a: ".repeat(20_000), "too_deep"),
        Map.entry("{\"a\":".repeat(20_000), "too_deep"),
        Map.entry("- ".repeat(20_000), "too_deep"),
        Map.entry("a: " + "[".repeat(32) + "]".repeat(32), "too_deep"),
        Map.entry("{\"a\":" + "9".repeat(1000) + "}", "too_long"),
        Map.entry("a: '" + "x".repeat(256 * 1024) + "'", "too_large"),
        Map.entry("a: '" + "\u20ac".repeat(90_000) + "'", "too_large"));
  }

  @ParameterizedTest
  @MethodSource
  void hostile(Map.Entry<String, String> sample) {
    Admission admission = admit(sample.getKey());

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).containsExactly("spec.yaml." + sample.getValue());
  }

  private static Node value(String yaml) throws Unreadable {
    return Document.object("v: " + yaml).values().getOrDefault("v", new Node.Nothing(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "Yes",
        "NO",
        "010",
        "0o10",
        "0x1F",
        "0b11",
        "1:30",
        "190:20:30",
        "1_000",
        "+1",
        ".5",
        "5.",
        "1e",
        ".inf",
        "-.inf",
        ".nan",
        "NaN",
        "Infinity",
        "2026-01-01",
        "2026-01-01T00:00:00Z",
        "tRUE",
        "nULL",
        "--1",
        "1.2.3",
        "=",
        "1e999"
      })
  void what_only_yaml_1_1_took_for_something_else_stays_text(String scalar) throws Unreadable {
    assertThat(value(scalar)).isInstanceOf(Node.Text.class);
  }

  @Test
  void what_json_would_read_is_read_alike() throws Unreadable {
    assertThat(value("0")).isEqualTo(new Node.Whole(0, 1));
    assertThat(value("-17")).isEqualTo(new Node.Whole(-17, 1));
    assertThat(value("999999999999999999")).isEqualTo(new Node.Whole(999999999999999999L, 1));
    assertThat(value("9999999999999999999")).isInstanceOf(Node.Decimal.class);
    assertThat(value("2.5e-3")).isEqualTo(new Node.Decimal(0.0025, 1));
    assertThat(value("true")).isEqualTo(new Node.Flag(true, 1));
    assertThat(value("~")).isInstanceOf(Node.Nothing.class);
    assertThat(value("'5'")).isEqualTo(new Node.Text("5", 1));
    assertThat(value("|\n  two\n  lines\n")).isEqualTo(new Node.Text("two\nlines\n", 1));
  }

  @Test
  void thirty_two_levels_are_read_and_the_byte_order_mark_is_not() throws Unreadable {
    String deep = "\ufeffa: " + "[".repeat(31) + "]".repeat(31);

    assertThat(Document.object(deep).values()).containsOnlyKeys("a");
  }

  @Test
  void flow_style_that_is_no_json_is_read_as_yaml() throws Unreadable {
    assertThat(Document.object("{a: 1, b: [x, y]}").values()).containsOnlyKeys("a", "b");
  }

  @Test
  void a_problem_names_its_line() {
    assertThatThrownBy(() -> Document.object("a: 1\nb: 2\na: 3\n"))
        .isInstanceOfSatisfying(Unreadable.class, e -> assertThat(e.line()).isEqualTo(3));
  }

  /** 3,000 random mutations of a good spec: read or refused, never anything else. */
  @Test
  void random_damage_is_read_or_refused() {
    SplittableRandom random = new SplittableRandom(7);
    Caws caws = Fixtures.caws().build();
    String alphabet = "{}[]:,-?&*!|>'\"%@`#\n\t \\x0~\u00e9\ud83d\u0000";
    for (int i = 0; i < 3000; i++) {
      StringBuilder text = new StringBuilder(Fixtures.SPEC);
      for (int edit = random.nextInt(1, 6); edit > 0; edit--) {
        int at = random.nextInt(text.length());
        text.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Admission admission = caws.admit(Fixtures.task(text.toString()));

      assertThat(rules(admission)).doesNotContain("caws.internal");
    }
  }

  @Test
  void a_file_that_is_too_large_or_not_utf8_is_refused_by_name(@TempDir Path folder)
      throws IOException {
    Path caws = folder.resolve(".caws");
    Files.createDirectories(caws.resolve("specs"));
    Files.writeString(caws.resolve("policy.yaml"), Fixtures.POLICY);
    Files.write(caws.resolve("specs/BIG-1.yaml"), new byte[1 << 20]);
    Files.write(caws.resolve("specs/BYTES-1.yaml"), new byte[] {'a', ':', ' ', (byte) 0xff});
    Caws loaded = Caws.load(folder);

    assertThat(rules(loaded.admit(dev.arbiter.task.Task.of("x", "BIG-1"))))
        .containsExactly("spec.reference.too_large");
    assertThat(rules(loaded.admit(dev.arbiter.task.Task.of("x", "BYTES-1"))))
        .containsExactly("spec.reference.not_utf8");
  }

  @Test
  void the_exact_text_of_a_value_is_that_of_no_other() {
    List<String> different =
        List.of(
            "[]",
            "[a]",
            "['']",
            "[[]]",
            "[{}]",
            "[a, b]",
            "['a\"1\"b']",
            "['1']",
            "[1]",
            "[1.5]",
            "[true]",
            "['true']",
            "['null']",
            "['nothing']",
            "[~]",
            "[1, 2]",
            "[12]",
            "[a: 1]",
            "[{a: 1, b: 2}]",
            "[{a: {b: 2}}]",
            "[{a: 1}, {b: 2}]",
            "[[a], [b]]",
            "[[a, b]]");

    assertThat(different.stream().map(DocumentTest::exact).distinct()).hasSize(different.size());
    assertThat(exact("[{b: 2, a: 1}]")).isEqualTo(exact("[\n# one\n{a: 1,\n'b': 2}]"));
  }

  private static String exact(String text) {
    try {
      return Document.read(text).exact();
    } catch (Unreadable e) {
      throw new AssertionError(e);
    }
  }
}

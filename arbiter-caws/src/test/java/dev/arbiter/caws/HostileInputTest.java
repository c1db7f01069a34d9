/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.admit;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Work.MEBI;
import static dev.arbiter.caws.Work.allocated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.events.EventChain;
import dev.arbiter.caws.export.EvidenceFolder;
import dev.arbiter.caws.internal.project.Glob;
import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.provenance.Anchor;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.ProvenanceLog;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.task.Admission;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Input that is made to be expensive: bombs, depth, colliding keys, streams without end. Work is
 * counted in bytes read and allocated, and in sizes that only linear work can manage; not in time.
 */
class HostileInputTest {
  private static final long GIBI = 1 << 30;

  private final Path folder;

  HostileInputTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Kinds of YAML bombs, each with the rule it is refused by. */
  static List<Map.Entry<String, String>> bombs() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 30; i++) {
      String eight = ("*a" + (i - 1) + ", ").repeat(8);
      laughs
          .append("a")
          .append(i)
          .append(": &a")
          .append(i)
          .append(" [")
          .append(eight)
          .append("]\n");
    }
    StringBuilder merges = new StringBuilder("a0: &a0 {x: 1}\n");
    for (int i = 1; i < 60; i++) {
      merges.append("a" + i + ": &a" + i + " {<<: [*a" + (i - 1) + ", *a" + (i - 1) + "]}\n");
    }
    return List.of(
        Map.entry(laughs.toString(), "alias_forbidden"),
        Map.entry(merges.toString(), "merge_forbidden"),
        Map.entry("a: &a [*a]\n", "alias_forbidden"),
        Map.entry("&a a: *a\n", "alias_forbidden"),
        Map.entry("a: " + "[".repeat(100_000) + "]".repeat(100_000), "too_deep"),
        Map.entry("a: " + "{b: ".repeat(60_000), "too_deep"),
        Map.entry("? ".repeat(100_000) + "a", "key_not_scalar"),
        Map.entry("- ".repeat(100_000), "too_deep"),
        Map.entry("a:\n" + deepBlock(300), "too_deep"),
        Map.entry("a: \"" + "\\U0001F600".repeat(20_000) + "\"", ""),
        Map.entry("a: |\n" + " \n".repeat(100_000) + " x\n", ""),
        Map.entry("a: '" + "''".repeat(120_000) + "'", ""),
        Map.entry("a: " + "x".repeat(250_000), ""),
        Map.entry("a: \"" + "x".repeat(250_000) + "\"", ""),
        Map.entry("x".repeat(250_000) + ": 1\n", "parse_failed"),
        Map.entry("a: >\n " + "x".repeat(250_000) + "\n", ""),
        Map.entry("a:" + " ".repeat(250_000) + "1\n", ""),
        Map.entry("a" + ": b".repeat(10_000), "parse_failed"),
        Map.entry("#".repeat(250_000) + "\na: 1\n", ""),
        Map.entry("--- {}\n".repeat(30_000), "parse_failed"),
        Map.entry("%TAG ! tag:x,2000:\n".repeat(10_000) + "---\na: 1\n", "parse_failed"),
        Map.entry("a: " + "!!x ".repeat(1_000) + "b\n", "tag_forbidden"),
        Map.entry(
            "a: !!java.net.URLClassLoader [[!!java.net.URL [\"http://x/\"]]]", "tag_forbidden"),
        Map.entry("!<tag:yaml.org,2002:java.lang.Runtime> {}", "tag_forbidden"),
        Map.entry("a: !<tag:yaml.org,2002:binary> AAAA", "tag_forbidden"),
        Map.entry("\ufeff\ufeffa: 1\n", ""),
        Map.entry("a: \ud800\n", "parse_failed"));
  }

  private static String deepBlock(int depth) {
    StringBuilder block = new StringBuilder();
    for (int i = 1; i <= depth; i++) {
      block.append(" ".repeat(i)).append("b:\n");
    }
    return block.toString();
  }

  /** An empty rule means that the text is harmless, and then refused for what it lacks. */
  @ParameterizedTest
  @MethodSource("bombs")
  void a_bomb_is_refused_by_name_and_with_little_memory(Map.Entry<String, String> bomb) {
    String text = bomb.getKey();
    Admission warm = admit(text);
    long before = allocated();

    Admission admission = admit(text);

    assertThat(allocated() - before).isLessThan(16 * MEBI);
    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).isEqualTo(rules(warm)).doesNotContain("caws.internal");
    if (!bomb.getValue().isEmpty()) {
      assertThat(rules(admission)).containsExactly("spec.yaml." + bomb.getValue());
    }
  }

  /** Valid by RFC 8259, in the ways the JSON test suites try. */
  static List<String> validJson() {
    return List.of(
        "{\"a\":[]}",
        "{\"a\":[ ] ,\"b\" : { } }\n",
        "\t{\"\":0}\r\n",
        "{\"a\":-0,\"b\":0e+1,\"c\":0e1,\"d\":1E+2,\"e\":1e-2,\"f\":-0.0000000000001}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0060\\u012a\\uD801\\udc37\"}",
        "{\"a\":\"\u20ac\ud834\udd1e\u2028\u2029\u007f\"}",
        "{\"a\":\"\\u0000\",\"b\":null,\"c\":true,\"d\":false}",
        "{\"a\":[[[[[[[[[[]]]]]]]]]]}",
        "{\"a\":123456789012345678901234567890}",
        "{\"a\":1.7976931348623157e308}",
        "{\"\\u0061b\":1,\"a\":2}");
  }

  @ParameterizedTest
  @MethodSource("validJson")
  void valid_json_is_read(String text) throws Unreadable {
    assertThat(Document.json(text)).isInstanceOf(Node.Fields.class);
    assertThat(Document.object(text)).isEqualTo(Document.json(text));
  }

  /** Invalid by RFC 8259, in the ways the JSON test suites try. */
  static List<String> invalidJson() {
    List<String> texts =
        new ArrayList<>(
            List.of(
                "{\"a\":1,}",
                "{\"a\":1,,\"b\":2}",
                "{,\"a\":1}",
                "{\"a\" 1}",
                "{\"a\":}",
                "{\"a\"}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":'b'}",
                "{\"a\":1",
                "{\"a\":1}}",
                "{\"a\":1}x",
                "{\"a\":1}#c",
                "{\"a\":1}//c",
                "/*c*/{\"a\":1}",
                "{\"a\":/*c*/1}",
                "{1:1}",
                "{null:1}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1 2]}",
                "{\"a\":[1:2]}",
                "{\"a\":[}",
                "{\"a\":]}",
                "{\"a\":[1}",
                "{\"a\":01}",
                "{\"a\":-01}",
                "{\"a\":+1}",
                "{\"a\":.5}",
                "{\"a\":5.}",
                "{\"a\":1.e1}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":--1}",
                "{\"a\":-}",
                "{\"a\":0x1}",
                "{\"a\":1_0}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":1.2.3}",
                "{\"a\":\uff11}",
                "{\"a\":tru}",
                "{\"a\":True}",
                "{\"a\":nul}",
                "{\"a\":truex}",
                "{\"a\":\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\\x00\"}",
                "{\"a\":\"\\u00\"}",
                "{\"a\":\"\\u00zz\"}",
                "{\"a\":\"\\'\"}",
                "{\"a\":\"\\",
                "{\"a\":\"\\\n\"}",
                "{\"a\":\u00a01}",
                "{\"a\":\u000c1}",
                "\ufeff{\"a\":1}",
                "{\"a\":1}{}",
                "{}[]",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":1}",
                "{",
                "}",
                "[",
                "\"",
                "",
                " ",
                "\u0000{}",
                "{}\u0000",
                "{\"a\":1e999999999999}x"));
    texts.add("{\"a\":" + "[".repeat(100_000));
    texts.add("{\"a\":".repeat(100_000));
    texts.add("{\"a\":" + "[".repeat(40) + "]".repeat(40) + "}");
    texts.add("{\"a\":" + "1".repeat(500) + "}");
    texts.add("{\"a\":1e" + "9".repeat(500) + "}");
    return texts;
  }

  @ParameterizedTest
  @MethodSource("invalidJson")
  void invalid_json_is_no_sealed_document(String text) {
    Node read;
    try {
      read = Document.json(text);
    } catch (Unreadable refused) {
      return;
    }
    assertThat(read).isNull();
  }

  /** A number that would take a second to expand stays a decimal, or is refused. */
  @Test
  void a_large_exponent_costs_nothing() {
    long before = allocated();
    for (String number : List.of("1e100000", "-1e-100000", "1E999999999", "1e2147483648")) {
      Admission admission = admit(Fixtures.SPEC.replace("risk_tier: 2", "risk_tier: " + number));
      assertThat(admission).isInstanceOf(Admission.Refused.class);
    }
    assertThat(allocated() - before).isLessThan(16 * MEBI);
  }

  /** 16,384 keys of one hash code, which are as many as the cap on bytes lets in. */
  @Test
  void keys_of_one_hash_code_are_keys_like_others() throws Exception {
    StringBuilder flood = new StringBuilder();
    for (int i = 0; i < 16_384; i++) {
      for (int digit = 0; digit < 7; digit++) {
        flood.append(List.of("k~", "l_", "m@", "n!").get((i >> (2 * digit)) & 3));
      }
      flood.append(":\n");
    }
    assertThat(flood.length()).isEqualTo(Document.MOST_BYTES);

    Node.Fields read = Document.object(flood.toString());

    assertThat(read.values()).hasSize(16_384);
    assertThat(read.values().keySet().stream().mapToInt(String::hashCode).distinct().count())
        .isEqualTo(1);
    assertThat(admit(flood.toString())).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admit(flood + "k:\n"))).containsExactly("spec.yaml.too_large");
  }

  /** Where all bytes come from, and how many were asked for. */
  private static final class Endless extends InputStream {
    private final byte[] pattern;
    private long read;

    Endless(String pattern) {
      this.pattern = pattern.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int read() {
      return read == GIBI ? -1 : pattern[(int) (read++ % pattern.length)];
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      to[offset] = (byte) read();
      return 1;
    }
  }

  @Test
  void a_gibibyte_of_events_is_given_up_after_the_cap() throws IOException {
    for (String pattern : List.of("x", "{\"a\":", "[", "\"\\u0000")) {
      Endless stream = new Endless(pattern);

      assertThat(EventChain.verify(stream).findings()).isNotEmpty();
      assertThat(stream.read).isLessThanOrEqualTo(EventChain.LONGEST_LINE + (64 << 10));
    }
  }

  /** Files of a gibibyte that take no room on the disk: every reader stops at its cap. */
  @Test
  void a_gibibyte_file_is_refused_with_little_memory() throws Exception {
    Path caws = Files.createDirectories(folder.resolve("p/.caws"));
    for (String name : List.of("specs/FEAT-001.yaml", "policy.yaml", "waivers/WV-1.yaml")) {
      huge(caws.resolve(name), "id: FEAT-001\n");
    }
    Path chain = folder.resolve("chain.json");
    huge(chain, "[{\"a\":\"");
    Path pem = folder.resolve("key.pem");
    huge(pem, "-----BEGIN PRIVATE KEY-----\n");
    Path log = folder.resolve("log");
    huge(log.resolve("verdicts.jsonl"), "{");
    Path noted = folder.resolve("noted");
    huge(noted.resolve("checkpoint.txt"), "example.com/log\n");
    Files.writeString(noted.resolve("verdicts.jsonl"), "{}\n");
    long before = allocated();

    Caws loaded = Caws.builder().project(folder.resolve("p")).sealHashedOnly().build();
    assertThat(rules(loaded.admit(dev.arbiter.task.Task.of("x", "FEAT-001"))))
        .containsExactly("spec.reference.too_large");
    assertThat(rules(loaded.admit(Fixtures.task(Fixtures.SPEC))))
        .contains("policy.yaml.too_large", "waiver.schema.too_large");
    assertThat(WaiverFolder.contents(caws.resolve("waivers"), Fixtures.NOW).unreadable())
        .hasSize(1);
    assertThatThrownBy(() -> EventChain.verifyChainJson(chain)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> SigningKey.load(pem)).hasMessageContaining("65536 bytes");
    assertThatThrownBy(() -> Anchor.file(pem).held()).hasMessageContaining("65536 bytes");
    assertThatThrownBy(() -> LogFolder.read(noted, Fixtures.key().publicKey()))
        .hasMessageContaining("65536 bytes");
    assertThat(allocated() - before).isLessThan(32 * MEBI);

    assertThatThrownBy(() -> ProvenanceLog.open(log, "example.com/log", Fixtures.key()))
        .hasStackTraceContaining("no log wrote it");
    assertThat(allocated() - before).isLessThan(128 * MEBI);
  }

  @Test
  void an_evidence_file_without_end_is_damage() throws Exception {
    Path out = Files.createDirectories(folder.resolve("out"));
    huge(out.resolve("public-key.pem"), "-----BEGIN PUBLIC KEY-----\n");
    Files.writeString(out.resolve("checkpoint.txt"), "x");

    assertThat(EvidenceFolder.verify(out, Fixtures.key().publicKey(), List.of()).isDamaged())
        .isTrue();
  }

  private static void huge(Path file, String start) throws IOException {
    Files.createDirectories(file.resolveSibling("."));
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.wrap(start.getBytes(StandardCharsets.UTF_8)));
      channel.position(GIBI - 1);
      channel.write(java.nio.ByteBuffer.wrap(new byte[1]));
    }
  }

  @Test
  void a_chain_of_many_small_entries_is_read_to_its_end() throws IOException {
    Path chain = folder.resolve("chain.json");
    try (OutputStream out = Files.newOutputStream(chain)) {
      out.write('[');
      byte[] entry = "{\"previous_hash\":\"x\",\"hash\":\"y\"},".getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 60_000; i++) {
        out.write(entry);
      }
      out.write(Arrays.copyOf(entry, entry.length - 1));
      out.write(']');
    }
    assertThat(Files.size(chain)).isGreaterThan(EventChain.LONGEST_LINE);

    assertThat(EventChain.verifyChainJson(chain).entries()).isEqualTo(60_001);
  }

  @Test
  void a_text_of_changes_is_refused_before_it_is_read() {
    String long1 = "1\t0\ta\n".repeat(ChangeSet.MOST_CHARACTERS / 6 + 1);

    for (var reader : List.<ChangeReader>of(ChangeSet::ofNumstat, ChangeSet::ofDiff)) {
      long before = allocated();
      assertThatThrownBy(() -> reader.read(long1)).hasMessageContaining("at most");
      assertThat(allocated() - before).isLessThan(MEBI);
    }
  }

  private interface ChangeReader {
    ChangeSet read(String text);
  }

  /**
   * Twelve slow patterns on the slowest paths for them, a million characters long. Whatever takes
   * more than pattern times path has a million times a million steps to go, and does not answer
   * today.
   */
  @ParameterizedTest
  @MethodSource("slowGlobs")
  void a_glob_takes_work_in_proportion_to_the_path(String pattern) throws Unreadable {
    Glob glob = Glob.of(pattern);

    for (String piece : List.of("a", "a/", "aa/")) {
      assertThat(glob.matches(piece.repeat(1_000_000 / piece.length()) + "a")).isFalse();
    }
  }

  static Stream<String> slowGlobs() {
    return Stream.of(
        "*a*a*a*a*a*a*a*a*a*a*b",
        "**/*a*a*a*a*a*a*b",
        "**/a/**/a/**/a/**/a/**/b",
        "*?*?*?*?*?*?b",
        "**/**/**/**/**/b",
        "a*a*a*a*a*a*a*a*a*a*a*a*a*a*b",
        "*/*/*/*/*/*/*/*/b",
        "**/*/**/*/**/b",
        "?*?*?*?*?*?*?*b",
        "**/a*/**/*a/**/*a*b",
        "*aa*aa*aa*aa*b",
        "**/*?a*?a*?a*?a*b");
  }
}

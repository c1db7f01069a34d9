/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.waiver.WaiverLedger.Action;
import dev.arbiter.caws.waiver.WaiverLedger.Limits;
import dev.arbiter.caws.waiver.WaiverLedger.Step;
import dev.arbiter.internal.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hands that can write a ledger's file, and know how its lines are chained, but have no key. Every
 * change has the digests of all later lines computed anew.
 */
class ForgedLedgerTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Limits LIMITS = new Limits(2, 2, DAY.multipliedBy(30));

  @TempDir Path folder;
  private Instant now = NOW;

  private WaiverFolder open(boolean signed) throws IOException {
    return WaiverFolder.open(folder, LIMITS, () -> now, signed ? key() : null);
  }

  private Path file() {
    return folder.resolve(StepFile.NAME);
  }

  private static WaiverEntry.Proposal proposal(String id) {
    return new WaiverEntry.Proposal(
        id,
        "FEAT-001",
        List.of("lint-" + id),
        5,
        200,
        "why",
        "Ada",
        NOW.plus(DAY.multipliedBy(10)),
        3);
  }

  /** Every kind of step. */
  private List<String> fill(boolean signed) throws IOException {
    try (WaiverFolder opened = open(signed)) {
      WaiverLedger ledger = opened.ledger();
      for (String id : List.of("WV-1", "WV-2", "WV-3")) {
        assertThat(ledger.propose(proposal(id)).isDone()).isTrue();
      }
      ledger.approve("WV-1", "grace");
      ledger.approve("WV-1", "alan");
      now = now.plusSeconds(5);
      assertThat(ledger.activate("WV-1", "grace").isDone()).isTrue();
      ledger.use("WV-1", "agent", "T-1\n\u00e9 " + "x".repeat(300));
      ledger.extend("WV-1", "ada", NOW.plus(DAY.multipliedBy(20)));
      ledger.approve("WV-1", "grace");
      ledger.revoke("WV-2", "grace", "not needed");
      now = NOW.plus(DAY.multipliedBy(10));
      assertThat(ledger.expire()).contains("WV-3");
    }
    List<String> lines = Files.readAllLines(file());
    assertThat(lines).hasSizeGreaterThan(10);
    return lines;
  }

  /** Writes the lines with the digests that belong there. */
  private void write(List<String> lines) throws IOException {
    StringBuilder text = new StringBuilder();
    String before = "";
    for (String line : lines) {
      String chained = line.replaceFirst("\"prev\":\"[^\"]*\"", "\"prev\":\"" + before + "\"");
      text.append(chained).append('\n');
      before = Digests.named(chained);
    }
    Files.writeString(file(), text);
  }

  private void assertRefused(boolean signed, String what) {
    assertThatThrownBy(() -> open(signed).close())
        .as(what)
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> WaiverFolder.read(folder, signed ? key().publicKey() : null))
        .as(what)
        .isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_ledger_is_read_back_as_it_was(boolean signed) throws Exception {
    List<String> lines = fill(signed);
    write(lines);

    assertThat(Files.readAllLines(file())).isEqualTo(lines);
    List<WaiverEntry> read = WaiverFolder.read(folder, signed ? key().publicKey() : null);
    try (WaiverFolder again = open(signed)) {
      assertThat(again.ledger().entries()).isEqualTo(read);
    }
  }

  /** The limits of its own time decide a step, not those of today. */
  @Test
  void a_ledger_outlives_a_stricter_policy() throws Exception {
    fill(false);

    Limits strict = new Limits(5, 1, DAY);
    try (WaiverFolder again = WaiverFolder.open(folder, strict, () -> NOW)) {
      assertThat(again.ledger().find("WV-1").orElseThrow().granted()).hasSize(2);
      assertThat(again.ledger().propose(proposal("WV-9")))
          .isEqualTo(new WaiverLedger.StepResult.Refused("too_long"));
    }
  }

  @Test
  void no_line_makes_a_waiver_active_without_its_approvals() throws Exception {
    List<String> lines = fill(false).subList(0, 3);
    for (String forged :
        List.of(
            line(new Step(3, NOW, "WV-1", Action.ACTIVATE, "mallory", ""), null),
            line(new Step(3, NOW, "WV-1", Action.ACTIVATE, "mallory", ""), LIMITS),
            line(new Step(3, NOW, "WV-1", Action.ACTIVATE, "mallory", ""), new Limits(1, 1, DAY)),
            line(new Step(3, NOW, "WV-1", Action.APPROVE, "ada", ""), null),
            line(new Step(3, NOW, "WV-1", Action.APPROVE, "\u0430d\u0430", ""), null),
            line(new Step(3, NOW, "WV-1", Action.APPROVE, "@grace", ""), null),
            line(new Step(3, NOW, "WV-1", Action.APPROVE, "", ""), null),
            line(new Step(3, NOW, "WV-1", Action.APPROVE, "grace", "x"), null),
            line(new Step(3, NOW, "WV-9", Action.APPROVE, "grace", ""), null),
            line(new Step(4, NOW, "WV-1", Action.APPROVE, "grace", ""), null),
            line(new Step(3, NOW, "WV-1", Action.USE, "bot", ""), null),
            line(new Step(3, NOW, "WV-1", Action.EXPIRE, "clock", ""), null),
            line(new Step(3, NOW, "WV-1", Action.EXTEND, "ada", "then"), LIMITS),
            line(new Step(3, NOW, "WV-1", Action.REVOKE, "ada", "a\nb"), null),
            line(new Step(3, NOW, "WV-1", Action.REVOKE, "ada", "x".repeat(204)), null),
            line(new Step(3, NOW, "WV-1", Action.PROPOSE, "ada", ""), LIMITS))) {
      List<String> more = new ArrayList<>(lines);
      more.add(forged);
      write(more);
      assertRefused(false, forged);
    }
    write(lines);
    open(false).close();
  }

  private static String line(Step step, @Nullable Limits limits) {
    return new StepLine(step, null, limits).write("");
  }

  /** Two approvals by one person, told apart by spelling only, do not activate. */
  @Test
  void nor_does_one_person_who_approves_twice() throws Exception {
    List<String> lines = new ArrayList<>(fill(false).subList(0, 4));
    lines.add(line(new Step(4, NOW, "WV-1", Action.APPROVE, "gr\u0430ce", ""), null));
    write(lines);

    assertRefused(false, "a second name of grace");
  }

  /** Each field of each line, with other values of its kind. */
  @Test
  void a_signed_ledger_shows_every_change_of_every_field() throws Exception {
    List<String> lines = fill(true);
    int tried = 0;
    for (int i = 0; i < lines.size(); i++) {
      for (String changed : changes(lines.get(i))) {
        List<String> all = new ArrayList<>(lines);
        all.set(i, changed);
        write(all);
        assertRefused(true, changed);
        tried++;
      }
    }
    assertThat(tried).isGreaterThan(150);
  }

  private static List<String> changes(String line) throws Exception {
    List<String> changed = new ArrayList<>();
    changes("", Objects.requireNonNull(Document.json(line)), line, changed);
    return changed;
  }

  private static void changes(String name, Node node, String line, List<String> changed) {
    if (node instanceof Node.Fields fields) {
      fields.values().forEach((field, value) -> changes(field, value, line, changed));
    } else if (node instanceof Node.Items items) {
      items.values().forEach(item -> changes(name, item, line, changed));
    } else if (node instanceof Node.Whole whole) {
      String field = "\"" + name + "\":";
      changed.add(line.replace(field + whole.value(), field + (whole.value() + 1)));
      changed.add(line.replace(field + whole.value(), field + "1"));
    } else if (!name.equals("prev")) { // write() makes it anew
      String text = ((Node.Text) node).value();
      for (UnaryOperator<String> change : TEXTS) {
        String quoted = "\"" + name + "\":\"";
        int at = Math.max(line.indexOf(quoted) + quoted.length(), 0);
        String other = change.apply(text);
        changed.add(line.substring(0, at) + other + line.substring(at + text.length()));
      }
    }
    changed.removeIf(line::equals);
  }

  private static final List<UnaryOperator<String>> TEXTS =
      List.of(
          text -> text + "x",
          text -> text.isEmpty() ? "y" : text.substring(1),
          text -> text.replace('a', 'b').replace('0', '1').replace('W', 'V'),
          text -> "");

  @Test
  void a_signed_ledger_shows_lines_that_were_removed_moved_or_added() throws Exception {
    List<String> lines = fill(true);
    for (int i = 0; i < lines.size() - 1; i++) {
      List<String> fewer = new ArrayList<>(lines);
      fewer.remove(i);
      write(fewer);
      assertRefused(true, "without line " + i);
      List<String> turned = new ArrayList<>(lines);
      Collections.swap(turned, i, i + 1);
      write(turned);
      assertRefused(true, "lines turned at " + i);
      List<String> twice = new ArrayList<>(lines);
      twice.add(i, lines.get(i));
      write(twice);
      assertRefused(true, "line twice " + i);
    }
    List<String> more = new ArrayList<>(lines);
    int number = lines.size();
    more.add(line(new Step(number, NOW, "WV-1", Action.REVOKE, "ada", ""), null));
    write(more);
    assertRefused(true, "a step without a signature");
    StepLine foreign =
        new StepLine(new Step(number, NOW, "WV-1", Action.REVOKE, "ada", ""), null, null)
            .signed(SigningKey.generate(), Digests.named(lines.get(number - 1)));
    more.set(number, foreign.write(Digests.named(lines.get(number - 1))));
    write(more);
    assertRefused(true, "a step that another key signed");
  }

  @Test
  void a_ledger_keeps_its_kind_and_its_key() throws Exception {
    fill(true);

    assertThatThrownBy(() -> open(false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("open it with the key that signed them");
    assertThatThrownBy(() -> WaiverFolder.read(folder)).hasMessageContaining("signed steps");
    assertThatThrownBy(() -> WaiverFolder.open(folder, LIMITS, () -> now, SigningKey.generate()))
        .hasMessageContaining("line 1 is not signed by");
    open(true).close();

    Files.delete(file());
    for (String id : List.of("WV-1", "WV-2", "WV-3")) {
      Files.delete(folder.resolve(id + ".json"));
    }
    now = NOW;
    fill(false);
    assertThatThrownBy(() -> open(true)).hasMessageContaining("line 1 is not signed by");
  }

  /** A recorded step counts, whatever becomes of the waiver's file. */
  @Test
  void a_file_that_cannot_be_written_stops_the_ledger_and_is_mended_by_opening_it()
      throws Exception {
    try (WaiverFolder opened = open(false)) {
      WaiverLedger ledger = opened.ledger();
      ledger.propose(proposal("WV-1"));
      Files.createDirectory(folder.resolve("WV-1.json.new"));

      assertThatThrownBy(() -> ledger.revoke("WV-1", "grace", "over"))
          .hasMessageContaining("the step is kept")
          .hasMessageContaining("WV-1.json");
      assertThatThrownBy(() -> ledger.propose(proposal("WV-2")))
          .hasStackTraceContaining("is closed");
    }
    Files.delete(folder.resolve("WV-1.json.new"));
    try (WaiverFolder again = open(false)) {
      assertThat(again.ledger().find("WV-1").orElseThrow().status())
          .isEqualTo(WaiverEntry.Status.REVOKED);
      assertThat(again.ledger().find("WV-2")).isEmpty();
    }
  }
}

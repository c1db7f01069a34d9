/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.arbiter.caws.provenance.SigningKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyAndWaiverCommandsTest {
  @TempDir Path folder;

  @Test
  void a_new_key_is_stored_with_its_public_half_and_never_over_another() throws IOException {
    Path file = folder.resolve("key.pem");

    Run run = Run.of("key", "new", file);

    SigningKey key = SigningKey.load(file);
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains(key.id()).doesNotContain("PRIVATE");
    assertThat(Files.readString(folder.resolve("key.pem.pub"))).isEqualTo(key.publicPem());
    assertThat(Run.of("key", "new", file).code()).isEqualTo(2);
    assertThat(SigningKey.load(file).id()).isEqualTo(key.id());
  }

  @Test
  void rotating_keeps_the_old_key() throws IOException {
    Path file = folder.resolve("key.pem");
    Run.of("key", "new", file);
    SigningKey old = SigningKey.load(file);

    Run run = Run.of("key", "rotate", file);

    SigningKey fresh = SigningKey.load(file);
    Path kept = folder.resolve("key.pem." + old.id().substring(7, 19));
    assertThat(run.code()).isZero();
    assertThat(fresh.id()).isNotEqualTo(old.id());
    assertThat(SigningKey.load(kept).id()).isEqualTo(old.id());
    assertThat(Files.readString(folder.resolve("key.pem.pub"))).isEqualTo(fresh.publicPem());
    assertThat(Files.readString(folder.resolve(kept.getFileName() + ".pub")))
        .isEqualTo(old.publicPem());
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void no_key_is_made_beside_the_public_half_of_another() throws IOException {
    Path file = folder.resolve("key.pem");
    Run.of("key", "new", file);
    Files.move(file, folder.resolve("old"));
    String old = Files.readString(folder.resolve("key.pem.pub"));

    Run run = Run.of("key", "new", file);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("key.pem.pub exists already; nothing was overwritten");
    assertThat(file).doesNotExist();
    assertThat(folder.resolve("key.pem.pub")).hasContent(old);
  }

  @Test
  void a_key_is_not_rotated_to_one_that_has_the_public_half_of_another() throws IOException {
    Path file = folder.resolve("key.pem");
    Run.of("key", "new", file);
    String old = Files.readString(file);
    Files.writeString(folder.resolve("key.pem.new.pub"), "another");

    assertThat(Run.of("key", "rotate", file).code()).isEqualTo(2);
    assertThat(file).hasContent(old);
    assertThat(folder.resolve("key.pem.new")).doesNotExist();
  }

  @Test
  void what_is_no_key_is_not_rotated() throws IOException {
    Path file = Files.writeString(folder.resolve("key.pem"), "no key");

    assertThat(Run.of("key", "rotate", file).code()).isEqualTo(2);
    assertThat(Files.readString(file)).isEqualTo("no key");
    assertThat(Run.of("key", "rotate", folder.resolve("missing")).code()).isEqualTo(2);
    assertThat(Run.of("key").code()).isEqualTo(2);
  }

  private void waiver(String name, String more) throws IOException {
    String text =
        """
        applies_to: FEAT-001
        gates: [budget_limit]
        delta: {max_files: 5}
        approvers: [{handle: grace}, {handle: alan}]
        """;
    Files.writeString(folder.resolve(name + ".yaml"), "id: " + name + "\n" + text + more);
  }

  @Test
  void waivers_are_listed_with_what_they_are_worth() throws IOException {
    waiver("WV-0001", "status: active\nexpires_at: '2026-07-01'\n");
    waiver("WV-0002", "status: active\nexpires_at: '2026-06-01'\n");
    waiver("WV-0003", "status: revoked\nexpires_at: '2026-07-01'\n");
    waiver("WV-0004", "status: active\nexpires_at: soon\n");

    Run run = Run.of("waiver", "list", folder, "--format", "json");

    JsonNode waivers = run.json().get(0).get("waivers");
    assertThat(run.code()).isZero();
    assertThat(waivers.findValuesAsText("state"))
        .containsExactly("counts", "expired", "status_not_active", "malformed");
    JsonNode finding = waivers.get(3).get("findings").get(0);
    assertThat(finding.get("pointer").asText()).isEqualTo("/expires_at");
    assertThat(finding.get("line").asInt()).isEqualTo(7);
    assertThat(Run.of("waiver", "list", folder).out().lines())
        .anyMatch(line -> line.startsWith("WV-0001 counts spec=FEAT-001 gates=budget_limit"));
  }

  @Test
  void check_ends_with_1_for_a_waiver_that_cannot_count() throws IOException {
    waiver("WV-0001", "status: active\nexpires_at: '2026-07-01'\n");
    waiver("WV-0003", "status: revoked\nexpires_at: '2026-07-01'\n");

    assertThat(Run.of("waiver", "check", folder).code()).isZero();
    assertThat(Run.of("waiver", "check", folder, "--now", "2026-07-01T00:00:00Z").code())
        .isEqualTo(1);
    Files.writeString(folder.resolve("x.yaml"), "{");
    assertThat(Run.of("waiver", "check", folder).code()).isEqualTo(2);
    for (List<Object> line :
        List.<List<Object>>of(
            List.of("waiver"),
            List.of("waiver", "check"),
            List.of("waiver", "list", folder.resolve("missing")),
            List.of("waiver", "list", folder, "--format", "sarif"))) {
      assertThat(Run.of(line.toArray()).code()).isEqualTo(2);
    }
  }
}

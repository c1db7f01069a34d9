/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnonymizerTest {
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  private static Anonymizer basic() {
    return Anonymizer.basic(KEY)
        .keep("type", "latency", "context.model", "notes", "ok")
        .hash("agent", "agent", "context.previous", "tried")
        .build();
  }

  @Test
  void only_listed_fields_leave_at_any_depth() {
    Map<String, Object> clean =
        basic()
            .anonymize(
                "acme",
                Map.of(
                    "type",
                    "refactor",
                    "latency",
                    12.5,
                    "ok",
                    true,
                    "userId",
                    "u-1",
                    "secret",
                    Map.of("type", "x"),
                    "context",
                    Map.of("model", "m-1", "email", "a@b.cc")));

    assertThat(clean)
        .containsOnly(
            Map.entry("type", "refactor"),
            Map.entry("latency", 12.5),
            Map.entry("ok", true),
            Map.entry("context", Map.of("model", "m-1")));
  }

  @Test
  void texts_that_stay_are_scrubbed_in_lists_too() {
    Map<String, Object> clean =
        basic()
            .anonymize(
                "acme", Map.of("type", "mail ada@example.com", "notes", List.of("ok", "10.0.0.1")));

    assertThat(clean)
        .containsEntry("type", "mail [email]")
        .containsEntry("notes", List.of("ok", "[ip-address]"));
  }

  @Test
  void an_id_has_one_pseudonym_wherever_its_kind_stands() {
    Map<String, Object> clean =
        basic()
            .anonymize(
                "acme",
                Map.of(
                    "agent", "ada",
                    "context", Map.of("previous", "ada"),
                    "tried", List.of("ada", "bob")));

    String ada = text(clean, "agent");
    assertThat(ada).hasSize(32).matches("[0-9a-f]+").isNotEqualTo("ada");
    assertThat(clean.get("context")).isEqualTo(Map.of("previous", ada));
    assertThat(clean.get("tried")).isEqualTo(List.of(ada, pseudonym(basic(), "acme", "bob")));
  }

  /** HMAC-SHA-256 with the key over {@code 4:acme5:agentada}, as openssl gives it. */
  @Test
  void a_pseudonym_is_the_beginning_of_a_keyed_hash() {
    assertThat(pseudonym(basic(), "acme", "ada")).isEqualTo("c1a0f2840b97c243af98760f8e5c6263");
  }

  @Test
  void tenants_kinds_and_keys_have_nothing_in_common() {
    byte[] otherKey = KEY.clone();
    otherKey[0]++;
    Anonymizer other = Anonymizer.basic(otherKey).hash("agent", "agent").build();
    Anonymizer person = Anonymizer.basic(KEY).hash("person", "agent").build();

    assertThat(
            List.of(
                pseudonym(basic(), "acme", "ada"),
                pseudonym(basic(), "zeta", "ada"),
                pseudonym(basic(), "acme", "Ada"),
                pseudonym(other, "acme", "ada"),
                pseudonym(person, "acme", "ada")))
        .doesNotHaveDuplicates();
  }

  @Test
  void ids_that_run_into_each_other_stay_apart() {
    assertThat(pseudonym(basic(), "a", "ada")).isNotEqualTo(pseudonym(basic(), "aa", "da"));
  }

  @Test
  void level_none_keeps_fields_but_not_secrets() {
    Map<String, Object> clean =
        Anonymizer.none()
            .anonymize("acme", Map.of("agent", "ada", "x", Map.of("y", "a@b.cc"), "n", 1));

    assertThat(clean)
        .containsOnly(
            Map.entry("agent", "ada"), Map.entry("x", Map.of("y", "[email]")), Map.entry("n", 1));
    assertThat(Anonymizer.none().level()).isEqualTo(Anonymizer.Level.NONE);
    assertThat(Anonymizer.none().statement()).contains("level none");
  }

  @Test
  void an_id_that_looks_like_a_key_stays_at_level_none_only() {
    Map<String, Object> record = Map.of("type", "01hx7k2m9q4w8e6r3t5y1u0p");

    assertThat(Anonymizer.none().anonymize("acme", record)).isEqualTo(record);
    assertThat(basic().anonymize("acme", record)).isEqualTo(Map.of("type", "[opaque]"));
  }

  @Test
  void lists_within_lists_end_somewhere() {
    Object deep = "x";
    for (int i = 0; i < 40; i++) {
      deep = List.of(deep);
    }

    assertThat(basic().anonymize("acme", Map.of("notes", deep)).toString())
        .doesNotContain("x")
        .contains("[[[");
  }

  @Test
  void says_what_it_does() {
    assertThat(basic().level()).isEqualTo(Anonymizer.Level.BASIC);
    assertThat(basic().statement()).contains("level basic", "HMAC-SHA-256");
  }

  @Test
  void fields_without_a_value_go() {
    Map<String, Object> fields = new HashMap<>();
    fields.put("type", null);
    fields.put("notes", Arrays.asList("a", null));

    assertThat(basic().anonymize("acme", fields)).containsOnly(Map.entry("notes", List.of("a")));
  }

  @Test
  void what_is_nested_too_deep_goes() {
    Map<String, Object> deep = Map.of("n", 1);
    for (int i = 0; i < 40; i++) {
      deep = Map.of("d", deep);
    }

    Map<String, Object> clean = Anonymizer.none().anonymize("acme", deep);

    assertThat(clean.toString()).doesNotContain("n=1").contains("d={d={");
  }

  @Test
  void keys_are_long_enough_and_copied() {
    byte[] key = KEY.clone();
    Anonymizer.Builder builder = Anonymizer.basic(key).hash("agent", "agent");
    Anonymizer before = builder.build();
    String pseudonym = pseudonym(before, "acme", "ada");
    Arrays.fill(key, (byte) 0);

    assertThat(pseudonym(before, "acme", "ada")).isEqualTo(pseudonym);
    assertThat(pseudonym(builder.build(), "acme", "ada")).isEqualTo(pseudonym);
    assertThatThrownBy(() -> Anonymizer.basic(new byte[15]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("privacy.key must have at least 16 bytes, got 15");
  }

  @Test
  void a_field_is_kept_or_hashed_not_both() {
    assertThatThrownBy(() -> Anonymizer.basic(KEY).keep("agent").hash("agent", "agent").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lists agent as kept and as hashed");
  }

  private static String pseudonym(Anonymizer anonymizer, String tenant, String agent) {
    return text(anonymizer.anonymize(tenant, Map.of("agent", agent)), "agent");
  }

  private static String text(Map<String, Object> fields, String name) {
    return Objects.requireNonNull(fields.get(name)).toString();
  }
}

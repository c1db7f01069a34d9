/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.text.Ids;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Waivers that somebody made to get through: none counts. */
class HostileWaiverTest {

  /** Ten kinds of abuse, each by what it does and why it is skipped. */
  static List<Map.Entry<String, String>> ten() {
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put(change("2026-07-01T00:00:00Z", "2026-06-01T12:00:00Z"), "expired");
    kinds.put(WAIVER + "tenant: acme\n", "other_tenant");
    kinds.put(change("[budget_limit]", "['budget_*']"), "wildcard_gate");
    kinds.put(change("handle: alan", "handle: ada"), "approved_by_the_agent");
    kinds.put(change("2026-05-20T00:00:00Z", "2026-06-02T00:00:00Z"), "not_yet_valid");
    kinds.put(WAIVER + "constraints: {max_uses: 0}\n", "max_uses_reached");
    kinds.put(change("2026-07-01T00:00:00Z", "2026-05-19T00:00:00Z"), "malformed");
    kinds.put(change("2026-07-01T00:00:00Z", "9999-12-31T23:59:59Z"), "too_long");
    kinds.put(change("handle: alan", "handle: ''"), "blank_approver");
    kinds.put(change("[budget_limit]", "[budget_limits]"), "gate_not_covered");
    return List.copyOf(kinds.entrySet());
  }

  private static String change(String from, String to) {
    assertThat(WAIVER).contains(from);
    return WAIVER.replace(from, to);
  }

  @Test
  void the_waiver_they_are_made_from_counts() {
    assertThat(judge(caws().waiver(WAIVER).build(), reportOf(12, 400)).passed()).isTrue();
    assertThat(ten()).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("ten")
  void none_of_ten_hostile_waivers_is_accepted(Map.Entry<String, String> hostile) {
    Verdict verdict = judge(caws().waiver(hostile.getKey()).build(), reportOf(12, 400));

    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict.seal().document())
        .contains("\"applied\":[]")
        .contains("\"reason\":\"" + hostile.getValue() + "\"");
  }

  @Test
  void a_waiver_without_approvers_or_signed_by_nobody_does_not_count() {
    String unsigned = WAIVER.substring(0, WAIVER.indexOf("approvers:")) + "status: active\n";

    Verdict verdict = judge(caws().waiver(unsigned).build(), reportOf(12, 400));

    assertThat(verdict.seal().document()).contains("\"reason\":\"insufficient_approvers\"");
  }

  /**
   * Ten together, and each with a good one beside it: a good one is not spoiled, none adds to it.
   */
  @Test
  void hostile_waivers_add_nothing_to_a_good_one() {
    Caws.Builder all = caws();
    for (Map.Entry<String, String> hostile : ten()) {
      all.waiver(hostile.getKey());
      Caws both =
          caws().waiver(WAIVER.replace("WV-0001", "WV-0002")).waiver(hostile.getKey()).build();
      assertThat(judge(both, reportOf(15, 500)).passed()).as(hostile.getValue()).isTrue();
      assertThat(judge(both, reportOf(16, 500)).passed()).as(hostile.getValue()).isFalse();
    }

    assertThat(judge(all.build(), reportOf(12, 400)).passed()).isFalse();
  }

  /**
   * Spellings of one person: letters that cannot be seen, or that only another width tells apart.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GRACE",
        "@grace",
        " grace ",
        "g race",
        "gr\u200bace",
        "grace\ufe0f",
        "gra\u034fce",
        "grace\u3164",
        "\u115fgrace",
        "grace\u2800",
        "gr\u00adace",
        "grace\udb40\udd00",
        "grace\udb40\udc41",
        "\uff47\uff52\uff41\uff43\uff45",
        "gr\u00a0ace",
        "grace\u180e",
        "\u2066grace\u2069",
        "gra\u2060ce",
        "grace\u17b4",
        "grace\uffa0"
      })
  void one_person_is_one_approver_however_spelled(String spelling) {
    assertThat(Ids.handle(spelling)).isEqualTo("grace");

    String twice = WAIVER.replace("handle: alan", "handle: \"" + spelling + "\"");
    Verdict verdict = judge(caws().waiver(twice).build(), reportOf(12, 400));

    assertThat(verdict.seal().document()).contains("\"reason\":\"insufficient_approvers\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gr\u0430ce", "@@grac\u0435", "\u0261race", "\uff27RACE"})
  void letters_that_look_alike_make_no_second_approver(String spelling) {
    String twice = WAIVER.replace("handle: alan", "handle: \"" + spelling + "\"");
    Verdict verdict = judge(caws().waiver(twice).build(), reportOf(12, 400));

    assertThat(verdict.seal().document()).contains("\"reason\":\"insufficient_approvers\"");
  }

  @Test
  void an_agent_approves_nothing_under_letters_that_look_like_its_own() {
    String self = WAIVER.replace("handle: alan", "handle: \"\u0430d\u0430\"");
    Verdict verdict = judge(caws().waiver(self).build(), reportOf(12, 400));

    assertThat(verdict.seal().document()).contains("\"reason\":\"approved_by_the_agent\"");
  }

  @Test
  void an_agent_hides_behind_no_spelling_of_its_own_name() {
    String self = WAIVER.replace("handle: alan", "handle: \"Ad\ufe0fa\u3164\"");
    Verdict verdict = judge(caws().waiver(self).build(), reportOf(12, 400));

    assertThat(verdict.seal().document()).contains("\"reason\":\"approved_by_the_agent\"");
    assertThat(Ids.handle("Jos\u00e9")).isEqualTo("jos\u00e9");
    assertThat(Ids.handle("\ud83d\ude80dev")).isEqualTo("\ud83d\ude80dev");
  }

  @Test
  void a_waiver_for_the_next_run_is_not_reused_by_this_one() {
    Caws caws = caws().waiver(WAIVER + "constraints: {max_uses: 1}\n").build();

    assertThat(judge(caws, reportOf(12, 400)).passed()).isTrue();
    for (int again = 0; again < 100; again++) {
      assertThat(judge(caws, reportOf(12, 400)).passed()).isFalse();
    }
  }

  /**
   * The moment before, the moment itself, the moment after; for every zone it can be written in.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-07-01T00:00:00Z",
        "2026-07-01T02:00:00+02:00",
        "2026-06-30T14:00:00-10:00",
        "2026-07-01",
        "2026-07-01T00:00:00.000000000Z"
      })
  void expiry_is_exact_to_the_nanosecond_in_every_zone(String written) {
    Instant expires = Instant.parse("2026-07-01T00:00:00Z");
    String waiver = WAIVER.replace("2026-07-01T00:00:00Z", written);
    for (long nanos = -1; nanos <= 1; nanos++) {
      Caws caws =
          caws().waiver(waiver).sources(Fixtures.sourcesAt(expires.plusNanos(nanos))).build();

      assertThat(judge(caws, reportOf(12, 400)).passed()).as("%d ns", nanos).isEqualTo(nanos < 0);
    }
  }

  @Test
  void a_ledger_takes_none_of_them_either() {
    Instant now = Fixtures.NOW;
    WaiverLedger ledger =
        WaiverLedger.create(WaiverLedger.Limits.defaults(), () -> now, step -> {});
    List<WaiverEntry.Proposal> hostile =
        List.of(
            proposal("budget_limit", now, -1),
            proposal("budget_limit", now.minusSeconds(1), -1),
            proposal("budget_limit", Instant.parse("9999-12-31T00:00:00Z"), -1),
            proposal("budget_limit", Instant.MAX, -1),
            proposal("budget_limit", Instant.MIN, -1),
            proposal("*", now.plusSeconds(9), -1),
            proposal("budget_*", now.plusSeconds(9), -1),
            proposal("", now.plusSeconds(9), -1),
            proposal("spec_completeness", now.plusSeconds(9), -1),
            proposal("budget_limit", now.plusSeconds(9), 0));

    for (WaiverEntry.Proposal proposal : hostile) {
      assertThat(ledger.propose(proposal)).isInstanceOf(WaiverLedger.StepResult.Refused.class);
    }
    assertThat(ledger.propose(proposal("budget_limit", now.plusNanos(1), 1)))
        .isInstanceOf(WaiverLedger.StepResult.Done.class);
    assertThat(ledger.approve("WV-1", "Gr\ufe0face"))
        .isInstanceOf(WaiverLedger.StepResult.Refused.class);
    assertThat(ledger.active()).isEmpty();
  }

  private static WaiverEntry.Proposal proposal(String gate, Instant expires, long uses) {
    return new WaiverEntry.Proposal(
        "WV-1", "FEAT-001", List.of(gate), 1, 1, "because", "grace", expires, uses);
  }

  /**
   * Three tenants, each with a waiver of the same id and its own number of uses, one of them
   * revoked half of the time: 10,000 judgements against a model that counts for each tenant alone.
   */
  @Test
  @Tag("many")
  void equal_ids_of_different_tenants_are_different_waivers() {
    List<String> tenants = List.of("acme", "acme:WV", "globex");
    Map<String, Integer> left = new HashMap<>();
    Caws.Builder builder = caws();
    for (int i = 0; i < tenants.size(); i++) {
      int uses = 500 * (i + 1);
      left.put(tenants.get(i), uses);
      builder.waiver(
          WAIVER
              + ("tenant: '" + tenants.get(i) + "'\n")
              + ("constraints: {max_uses: " + uses + "}\n"));
    }
    String revoked = WAIVER.replace("status: active", "status: revoked");
    builder.waiver(revoked + "tenant: initech\n");
    builder.waiver(WAIVER + "tenant: initech\n");
    Caws caws = builder.build();
    List<String> all = new ArrayList<>(tenants);
    all.addAll(List.of("initech", "WV", "default"));
    SplittableRandom random = new SplittableRandom(3);

    List<Assignment> assignments = new ArrayList<>();
    for (String tenant : all) {
      Task task = Task.builder("x").id("T").tenant(tenant).spec(SpecRef.text(SPEC)).build();
      assignments.add(assignment(caws, task, "ada"));
    }
    WorkReport tooMuch = reportOf(12, 400);
    WorkReport little = reportOf(1, 1);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int who = random.nextInt(all.size());
      String tenant = all.get(who);
      boolean over = random.nextInt(3) > 0;
      Verdict verdict = caws.judge(assignments.get(who), over ? tooMuch : little);

      boolean expected = !over || left.getOrDefault(tenant, 0) > 0;
      boolean own = verdict.seal().document().contains("\"tenant\":\"" + tenant + "\"");
      if (verdict.passed() != expected || !own) {
        wrong.add(tenant + " at " + i);
      }
      if (over && expected) {
        left.merge(tenant, -1, Integer::sum);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(left.get("acme")).isZero();
  }

  @Test
  void a_revocation_without_a_tenant_is_for_all_of_them() {
    String revoked = WAIVER.replace("status: active", "status: revoked");
    Caws caws = caws().waiver(WAIVER + "tenant: acme\n").waiver(revoked).build();
    Task acme = Task.builder("x").id("T").tenant("acme").spec(SpecRef.text(SPEC)).build();

    assertThat(caws.judge(assignment(caws, acme, "ada"), reportOf(12, 400)).passed()).isFalse();
  }
}

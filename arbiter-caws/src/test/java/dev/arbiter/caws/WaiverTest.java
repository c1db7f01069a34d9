/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.report;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.internal.text.Moments;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaiverTest {
  private static final String V11 =
      """
      id: WV-D9F1
      title: Peers staged these files
      status: active
      gates: [scope-boundary]
      reason: not ours
      approved_by: darian
      created_at: '2026-05-30T00:00:00Z'
      expires_at: '2026-06-10T00:00:00Z'
      scope: {spec_id: FEAT-001}
      """;

  private static Verdict over(String... waivers) {
    return judge(with(waivers), reportOf(12, 400));
  }

  private static Caws with(String... waivers) {
    Caws.Builder builder = caws();
    for (String waiver : waivers) {
      builder.waiver(waiver);
    }
    return builder.build();
  }

  private static void assertSkipped(Verdict verdict, String id, String reason) {
    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict.seal().document())
        .contains("{\"id\":\"" + id + "\",\"reason\":\"" + reason + "\"}")
        .contains("\"applied\":[]");
  }

  @Test
  void a_waiver_raises_the_budget_by_its_delta_and_no_further() {
    Caws caws = with(WAIVER);

    Verdict within = judge(caws, reportOf(15, 500));
    Verdict beyond = judge(caws, reportOf(15, 501));

    assertThat(within).isInstanceOf(Verdict.Waived.class);
    assertThat(((Verdict.Waived) within).waivers()).containsExactly("WV-0001");
    assertThat(within.seal().document()).contains("\"limit\":{\"files\":15,\"lines\":500}");
    assertThat(beyond).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void a_waiver_nobody_needs_is_not_applied() {
    Verdict verdict = judge(with(WAIVER), goodReport());

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
    assertThat(verdict.seal().document()).contains("\"applied\":[],\"skipped\":[]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2026-07-01T00:00:00Z|2026-05-31T00:00:00Z|expired",
        "2026-07-01T00:00:00Z|2026-06-01T12:00:00Z|expired",
        "2026-07-01T00:00:00Z|2026-06-01|expired",
        "2026-07-01T00:00:00Z|9999-12-31T00:00:00Z|too_long",
        "2026-07-01T00:00:00Z|2026-07-01T00:00:00|malformed",
        "2026-07-01T00:00:00Z|next week|malformed",
        "2026-07-01T00:00:00Z|2026-05-01T00:00:00Z|malformed",
        "2026-05-20T00:00:00Z|2026-06-02T00:00:00Z|not_yet_valid",
        "status: active|status: proposed|status_not_active",
        "status: active|status: Active|status_not_active",
        "status: active|revocation: {revoked_at: '2026-05-30', revoked_by: x}|status_not_active",
        "applies_to: FEAT-001|applies_to: FEAT-002|other_spec",
        "applies_to: FEAT-001|title: for all|not_bound_to_spec",
        "applies_to: FEAT-001|applies_to: '*'|other_spec",
        "gates: [budget_limit]|gates: ['*']|wildcard_gate",
        "gates: [budget_limit]|gates: [all]|wildcard_gate",
        "gates: [budget_limit]|gates: []|malformed",
        "gates: [budget_limit]|gates: budget_limit|malformed",
        "gates: [budget_limit]|gates: [tests_pass]|gate_not_covered",
        "gates: [budget_limit]|gates: [no_such_gate]|gate_not_covered",
        "max_files: 5, max_loc: 200|max_files: -5, max_loc: 200|negative_delta",
        "max_files: 5, max_loc: 200|max_files: 1.5, max_loc: 200|malformed",
        "max_files: 5, max_loc: 200|max_files: '5'|malformed",
        "max_files: 5, max_loc: 200|max_files: 99999999999999999999|malformed",
        "handle: alan|handle: Grace|insufficient_approvers",
        "handle: alan|handle: '@GRACE '|insufficient_approvers",
        "handle: alan|handle: \"gr\\u200bace\"|insufficient_approvers",
        "handle: alan|handle: ada|approved_by_the_agent",
        "handle: alan|handle: '@Ada'|approved_by_the_agent",
        "handle: alan|handle: '  '|blank_approver",
        "handle: alan|name: alan|blank_approver",
        "2026-05-22T00:00:00Z|2026-06-02T00:00:00Z|not_yet_approved",
        "reason_code: architectural_refactor|tenant: acme|other_tenant",
        "reason_code: architectural_refactor|constraints: {max_uses: 0}|max_uses_reached"
      })
  void a_hostile_or_stale_waiver_is_skipped_for_its_reason(String from, String to, String reason) {
    assertThat(WAIVER).contains(from);

    String waiver = WAIVER.replace(from, to);

    assertSkipped(over(waiver), "WV-0001", reason);
  }

  @Test
  void a_denial_says_why_the_waivers_for_its_spec_do_not_count() {
    String expired = WAIVER.replace("2026-07-01T00:00:00Z", "2026-06-01");
    String other = WAIVER.replace("WV-0001", "WV-0002").replace("FEAT-001", "FEAT-002");
    String foreign = WAIVER.replace("WV-0001", "WV-0003").concat("tenant: acme\n");

    Verdict.Denied denied = (Verdict.Denied) over(expired, other, foreign);

    assertThat(denied.findings().get(0).message())
        .endsWith("; waiver 'WV-0001' does not count: expired");
    assertThat(denied.findings().toString()).doesNotContain("WV-0002").doesNotContain("WV-0003");
  }

  /** Else those for other gates would hide it: three are told at most. */
  @Test
  void a_denial_says_nothing_of_waivers_for_other_gates() {
    String expired = WAIVER.replace("2026-07-01T00:00:00Z", "2026-06-01");
    List<String> files = new ArrayList<>();
    for (int i = 2; i < 6; i++) {
      files.add(WAIVER.replace("WV-0001", "WV-000" + i).replace("budget_limit", "tests_pass"));
    }
    files.add(expired);

    Verdict.Denied denied = (Verdict.Denied) over(files.toArray(new String[0]));

    assertThat(denied.findings().get(0).message())
        .endsWith("; waiver 'WV-0001' does not count: expired")
        .doesNotContain("WV-0002");
  }

  @Test
  void expiry_is_exact_to_the_nanosecond() {
    Instant expires = Instant.parse("2026-07-01T00:00:00Z");

    for (long nanos = -1; nanos <= 1; nanos++) {
      Instant now = expires.plusNanos(nanos);
      Caws caws =
          Caws.builder()
              .policy(POLICY)
              .waiver(WAIVER)
              .sources(Fixtures.sourcesAt(now))
              .sealHashedOnly()
              .build();
      assertThat(judge(caws, reportOf(12, 400)).passed()).isEqualTo(nanos < 0);
    }
  }

  @Test
  void a_waiver_listed_twice_counts_once() {
    Verdict once = judge(with(WAIVER, WAIVER), reportOf(16, 544));
    Verdict twice = judge(with(WAIVER, WAIVER), reportOf(12, 400));

    assertThat(once).isInstanceOf(Verdict.Denied.class);
    assertThat(((Verdict.Waived) twice).waivers()).containsExactly("WV-0001");
    assertThat(twice.seal().document()).contains("\"reason\":\"duplicate_id\"");
  }

  @Test
  void a_copy_does_not_outlive_the_revocation_of_its_id() {
    String revoked = WAIVER.replace("status: active", "status: revoked");

    assertSkipped(over(WAIVER, revoked), "WV-0001", "status_not_active");
  }

  @Test
  void two_waivers_add_up() {
    Verdict verdict = judge(with(WAIVER, WAIVER.replace("WV-0001", "WV-0002")), reportOf(20, 700));

    assertThat(((Verdict.Waived) verdict).waivers()).containsExactly("WV-0001", "WV-0002");
  }

  @Test
  void approvers_may_be_plain_names_or_one_name() {
    String plain = WAIVER.replace("{handle: grace, approved_at: '2026-05-21T00:00:00Z'}", "grace");
    String single =
        V11.replace("[scope-boundary]", "[budget_limit]") + "delta: {max_files: 9, max_loc: 900}\n";

    assertThat(over(plain)).isInstanceOf(Verdict.Waived.class);
    assertSkipped(over(single), "WV-D9F1", "insufficient_approvers");
  }

  @Test
  void a_budget_waiver_without_a_delta_lifts_nothing() {
    String open = WAIVER.replace("delta: {max_files: 5, max_loc: 200}\n", "");

    assertSkipped(over(open), "WV-0001", "no_delta");
  }

  @Test
  void the_v11_shape_lifts_scope_when_it_names_it() {
    Verdict outside = judge(with(V11), report(new FileChange("other/x", 1, 0)));

    assertThat(outside).isInstanceOf(Verdict.Waived.class);
    assertThat(rules(outside.findings())).containsExactly("scope.reject.scope_in_miss");
    assertThat(outside.quality()).isEqualTo(0.8);
  }

  @Test
  void no_waiver_lifts_a_path_that_leads_elsewhere_or_touches_the_rules() {
    Caws caws = with(V11);

    assertThat(judge(caws, report(new FileChange("../x", 1, 0))).passed()).isFalse();
    assertThat(judge(caws, report(new FileChange(".caws/policy.yaml", 1, 0))).passed()).isFalse();
  }

  @Test
  void the_tools_own_shape_lifts_the_gate_it_names_and_no_other() {
    String cli =
        """
        id: WV-9208
        title: Flaky suite on the new runner
        reason: infrastructure_limitation
        gates: [tests-pass]
        created_at: '2026-05-30T17:19:54.413Z'
        expires_at: '2026-06-30'
        approved_by: grace
        impact_level: low
        mitigation_plan: run them by hand
        status: active
        applies_to: FEAT-001
        """;
    var failing = goodReport().withEvidence(Evidence.of("tests_pass", false, "1 failed"));

    assertThat(judge(with(cli), failing)).isInstanceOf(Verdict.Waived.class);
    assertThat(judge(with(cli), reportOf(12, 10)).passed()).isFalse();
  }

  @Test
  void active_waivers_may_come_as_a_map() {
    String indented = WAIVER.replace("id: WV-0001\n", "").indent(4);
    String byId = "waivers:\n  WV-0001:\n" + indented;
    String bare = "WV-0001:\n" + indented;

    assertThat(over(byId)).isInstanceOf(Verdict.Waived.class);
    assertThat(over(bare)).isInstanceOf(Verdict.Waived.class);
  }

  @Test
  void a_change_of_another_waiver_in_the_same_file_changes_nothing(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("active-waivers.yaml");
    String mine = "WV-0001:\n" + WAIVER.replace("id: WV-0001\n", "").indent(2);
    String other = mine.replace("WV-0001", "WV-0000").replace("FEAT-001", "FEAT-002");
    Files.writeString(file, other + mine);
    Caws caws = caws().waivers(folder).build();
    Assignment assignment = assignment(caws, task(SPEC), "ada");

    Files.writeString(file, "# tidied\n" + other.replace("max_files: 5", "max_files: 6") + mine);

    assertThat(caws.judge(assignment, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);
    assertThat(caws.specDigest(task(SPEC))).isEqualTo(assignment.specDigest());

    Files.writeString(file, other + mine.replace("grace", "ada"));
    assertThat(caws.judge(assignment, reportOf(12, 400)).passed()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"id: [", "just text", "a: 1", "waivers: 5", "'[1]'", "'id: &x WV-1'"})
  void a_waiver_file_that_cannot_be_read_stops_everything(String text) {
    Caws caws = with(WAIVER, text.startsWith("id: &x") ? "id: &x WV-1\ntitle: *x\n" : text);

    Admission admission = caws.admit(task(SPEC));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).containsExactly("waiver.schema.unreadable");
    assertThat(admission.findings().get(0).place()).isEqualTo("waiver 2");
  }

  @Test
  void the_policy_limits_how_long_a_waiver_may_run() {
    Caws caws =
        Caws.builder()
            .policy(POLICY + "waiver_approval: {required_approvers: 1, max_duration_days: 30}\n")
            .waiver(WAIVER)
            .sources(Fixtures.sources())
            .sealHashedOnly()
            .build();

    assertSkipped(judge(caws, reportOf(12, 400)), "WV-0001", "too_long");
  }

  @Test
  void a_waiver_for_another_spec_changes_no_digest_and_one_for_this_spec_does() {
    String other = WAIVER.replace("FEAT-001", "FEAT-002");

    String proposed = WAIVER.replace("status: active", "status: proposed");

    assertThat(with(other).specDigest(task(SPEC))).isEqualTo(with().specDigest(task(SPEC)));
    assertThat(with(proposed).specDigest(task(SPEC))).isEqualTo(with().specDigest(task(SPEC)));
    assertThat(with(WAIVER).specDigest(task(SPEC))).isNotEqualTo(with().specDigest(task(SPEC)));
  }

  @Test
  void a_tenants_waiver_is_for_that_tenant() {
    Caws caws = with(WAIVER + "tenant: acme\n");
    Task acme = Task.builder("x").id("T").tenant("acme").spec(SpecRef.text(SPEC)).build();

    assertThat(caws.judge(assignment(caws, acme, "ada"), reportOf(12, 400)).passed()).isTrue();
    assertThat(judge(caws, reportOf(12, 400)).passed()).isFalse();
  }

  /** 8 threads, 400 judgements, 100 uses: exactly 100 are waived. */
  @Test
  void uses_are_counted_across_threads() throws Exception {
    Caws caws = with(WAIVER + "constraints: {max_uses: 100}\n");
    Assignment assignment = assignment(caws, task(SPEC), "ada");
    Callable<Integer> fifty =
        () -> {
          int waived = 0;
          for (int i = 0; i < 50; i++) {
            waived += caws.judge(assignment, reportOf(12, 400)).passed() ? 1 : 0;
          }
          return waived;
        };

    int waived = 0;
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> jobs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        jobs.add(fifty);
      }
      for (Future<Integer> future : threads.invokeAll(jobs)) {
        waived += future.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(waived).isEqualTo(100);
  }

  @Test
  void a_denial_takes_no_use() {
    Caws caws = with(WAIVER + "constraints: {max_uses: 1}\n");

    assertThat(judge(caws, reportOf(50, 400)).passed()).isFalse();
    assertThat(judge(caws, reportOf(12, 400)).passed()).isTrue();
    assertSkipped(judge(caws, reportOf(12, 400)), "WV-0001", "max_uses_reached");
  }

  @Test
  void a_date_alone_is_the_start_of_that_day_in_utc() {
    assertThat(Moments.expiry("2026-06-01")).isEqualTo(Instant.parse("2026-06-01T00:00:00Z"));
    assertThat(Moments.expiry("2026-06-01T02:00:00+02:00"))
        .isEqualTo(Instant.parse("2026-06-01T00:00:00Z"));
    assertThat(Moments.expiry("2026-06-01T00:00:00")).isNull();
    assertThat(Moments.expiry("2026-13-01")).isNull();
    assertThat(Duration.between(NOW, Instant.parse("2026-06-02T00:00:00Z"))).isPositive();
  }
}

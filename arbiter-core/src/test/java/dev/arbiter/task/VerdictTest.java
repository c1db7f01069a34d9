/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Verdict.Approved;
import dev.arbiter.task.Verdict.Denied;
import dev.arbiter.task.Verdict.Waived;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What each kind of verdict and of admission says about the work. */
class VerdictTest {
  private static final Finding FINDING = Finding.error("rule", "/a", "mend it");
  private static final Approved APPROVED = new Approved(List.of(), .5, Seal.none());
  private static final Waived WAIVED =
      new Waived(List.of(FINDING), List.of("w-1"), .25, Seal.none());
  private static final Denied DENIED = new Denied(List.of(FINDING), Seal.none());

  private static String kind(Verdict verdict) {
    return verdict.match(approved -> "approved", waived -> "waived", denied -> "denied");
  }

  @Test
  void work_passes_unless_it_is_denied() {
    assertThat(APPROVED.passed()).isTrue();
    assertThat(WAIVED.passed()).isTrue();
    assertThat(DENIED.passed()).isFalse();
    assertThat(new Denied(List.of(FINDING), Seal.none(), true).passed()).isFalse();
  }

  @Test
  void only_a_denial_can_be_excused_and_it_is_not_by_default() {
    assertThat(new Denied(List.of(FINDING), Seal.none(), true).isExcused()).isTrue();
    assertThat(DENIED.isExcused()).isFalse();
    assertThat(APPROVED.isExcused()).isFalse();
    assertThat(WAIVED.isExcused()).isFalse();
  }

  @Test
  void denied_work_has_no_quality() {
    assertThat(DENIED.quality()).isZero();
    assertThat(APPROVED.quality()).isEqualTo(.5);
    assertThat(WAIVED.quality()).isEqualTo(.25);
  }

  @Test
  void the_function_for_the_kind_is_called() {
    assertThat(kind(APPROVED)).isEqualTo("approved");
    assertThat(kind(WAIVED)).isEqualTo("waived");
    assertThat(kind(DENIED)).isEqualTo("denied");
  }

  @Test
  void quality_is_a_share_of_one() {
    for (double good : new double[] {0, 1}) {
      assertThat(new Approved(List.of(), good, Seal.none()).quality()).isEqualTo(good);
      assertThat(new Waived(List.of(), List.of("w"), good, Seal.none()).quality()).isEqualTo(good);
    }
    for (double bad : new double[] {-Double.MIN_VALUE, Math.nextUp(1.0), Double.NaN}) {
      assertThatThrownBy(() -> new Approved(List.of(), bad, Seal.none()))
          .hasMessage("quality must be in [0,1], got " + bad);
      assertThatThrownBy(() -> new Waived(List.of(), List.of("w"), bad, Seal.none()))
          .hasMessage("quality must be in [0,1], got " + bad);
    }
  }

  @Test
  void a_verdict_keeps_nothing_its_maker_can_change() {
    List<Finding> findings = new ArrayList<>(List.of(FINDING));
    List<String> waivers = new ArrayList<>(List.of("w-1"));
    Verdict approved = new Approved(findings, 1, Seal.none());
    Waived waived = new Waived(findings, waivers, 1, Seal.none());
    Verdict denied = new Denied(findings, Seal.none());

    findings.clear();
    waivers.clear();

    assertThat(approved.findings()).containsExactly(FINDING);
    assertThat(waived.findings()).containsExactly(FINDING);
    assertThat(waived.waivers()).containsExactly("w-1");
    assertThat(denied.findings()).containsExactly(FINDING);
  }

  @Test
  void an_admission_asks_nobody_unless_it_has_a_question() {
    Admission.Admitted plain = new Admission.Admitted("sha256:1", List.of(FINDING));

    assertThat(plain.question()).isEmpty();
    assertThat(plain.findings()).containsExactly(FINDING);
    assertThat(plain.specDigest()).isEqualTo("sha256:1");
  }

  @Test
  void a_refusal_says_why() {
    List<Finding> findings = new ArrayList<>(List.of(FINDING));
    Admission refused = new Admission.Refused(findings);

    findings.clear();

    assertThat(refused.findings()).containsExactly(FINDING);
    assertThatThrownBy(() -> new Admission.Refused(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a refusal must say why");
  }

  /** A seal may be long, and is in many log lines. */
  @Test
  void the_text_of_a_seal_leaves_the_document_out() {
    Seal seal = new Seal("{\"long\":1}", "sha256:1", "key", "sign");

    assertThat(seal).hasToString("Seal[digest=sha256:1, keyId=key, signature=sign]");
    assertThat(seal.signature()).isEqualTo("sign");
  }

  @Test
  void a_document_is_written_only_when_it_is_read() {
    List<String> written = new ArrayList<>();
    Seal seal =
        Seal.of(
            () -> {
              written.add("once");
              return "{}";
            },
            "sha256:1",
            "",
            "");

    assertThat(seal.digest()).isEqualTo("sha256:1");
    assertThat(written).isEmpty();
    assertThat(seal.document()).isEqualTo("{}");
    assertThat(written).hasSize(1);
  }
}

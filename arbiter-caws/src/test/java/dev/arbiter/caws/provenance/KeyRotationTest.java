/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.provenance;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.caws.VerdictVerifier;
import dev.arbiter.caws.provenance.ProvenanceLog.InclusionProof;
import dev.arbiter.task.Verdict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyRotationTest {
  private static final String ORIGIN = "example.com/log";
  private static final SigningKey NEXT =
      SigningKey.fromSeed("b".repeat(32).getBytes(StandardCharsets.US_ASCII));
  private static final SigningKey THIRD =
      SigningKey.fromSeed("c".repeat(32).getBytes(StandardCharsets.US_ASCII));

  private final Path folder;

  KeyRotationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void a_rotation_is_an_entry_by_both_keys_and_the_new_key_signs() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.append("one");

    Checkpoint first = log.rotate(NEXT, NOW);

    assertThat(first.size()).isEqualTo(2);
    assertThat(Checkpoint.open(first.note(), NEXT.publicKey())).isPresent();
    assertThat(Checkpoint.open(first.note(), key().publicKey())).isEmpty();
    assertThat(log.verify()).isEqualTo(new LogVerification.Intact(2));
  }

  @Test
  void who_trusts_any_key_of_the_line_can_check_the_log() throws Exception {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("one");
      log.rotate(NEXT, NOW);
      log.append("two");
      log.rotate(THIRD, NOW);
    }
    for (SigningKey trusted : List.of(key(), NEXT, THIRD)) {
      try (LogFolder log = LogFolder.read(folder, trusted.publicKey())) {
        assertThat(log.verify(List.of())).isEqualTo(new LogVerification.Intact(4));
        assertThat(log.key()).isEqualTo(THIRD.publicKey());
      }
    }
    try (LogFolder log = LogFolder.read(folder, SigningKey.generate().publicKey())) {
      assertThat(log.verify(List.of()).isDamaged()).isTrue();
    }
  }

  @Test
  void the_log_is_opened_again_with_the_new_key_only() {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("one");
      log.rotate(NEXT, NOW);
    }

    assertThatThrownBy(() -> ProvenanceLog.open(folder, ORIGIN, key()))
        .isInstanceOf(IllegalStateException.class);
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, NEXT)) {
      assertThat(log.size()).isEqualTo(2);
    }
  }

  @Test
  void after_a_crash_before_the_new_checkpoint_the_new_key_goes_on() throws Exception {
    String before;
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("one");
      before = log.checkpoint().note();
      log.rotate(NEXT, NOW);
    }
    Files.writeString(folder.resolve("checkpoint.txt"), before);

    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, NEXT)) {
      assertThat(log.verify()).isEqualTo(new LogVerification.Unanchored(1, 2));
    }
  }

  @Test
  void the_old_key_signs_for_nothing_after_its_turn() throws Exception {
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("one");
      log.rotate(NEXT, NOW);
    }
    try (LogFolder log = LogFolder.read(folder, NEXT.publicKey())) {
      Checkpoint good = log.checkpoint().orElseThrow();
      String byOld = Checkpoint.sign(ORIGIN, good.size(), good.rootHash(), key()).note();
      Files.writeString(folder.resolve("checkpoint.txt"), byOld);
    }

    try (LogFolder log = LogFolder.read(folder, NEXT.publicKey())) {
      assertThat(log.verify(List.of()).isDamaged()).isTrue();
    }
  }

  @Test
  void a_rotation_that_only_one_key_signed_hands_nothing_on() throws Exception {
    Signer thief = new Lying(NEXT.publicKey());
    String forged = KeyRotation.document(ORIGIN, 0, key(), thief, NOW);
    String genuine = KeyRotation.document(ORIGIN, 0, key(), NEXT, NOW);

    assertThat(KeyRotation.read(forged)).isNull();
    assertThat(KeyRotation.read(genuine)).isNotNull();
    for (String other :
        List.of(
            genuine.replace("\"index\":0", "\"index\":1"),
            genuine.replace(ORIGIN, "example.com/other"),
            genuine.replace("2026", "2027"))) {
      assertThat(KeyRotation.read(other)).as(other).isNull();
    }
  }

  /** Claims a key it does not have. */
  private record Lying(PublicKey publicKey) implements Signer {
    @Override
    public byte[] sign(byte[] message) {
      return new byte[64];
    }
  }

  @Test
  void a_key_has_one_turn() {
    ProvenanceLog log = ProvenanceLog.create(ORIGIN, key());
    log.rotate(NEXT, NOW);

    for (SigningKey used : List.of(key(), NEXT)) {
      assertThatThrownBy(() -> log.rotate(used, NOW)).hasMessageContaining("fresh one");
    }
    assertThat(log.size()).isEqualTo(1);
  }

  @Test
  void a_constitution_signs_with_the_new_key() {
    Caws caws = Fixtures.caws().sealInBatches(100).build();
    Verdict earlier = judge(caws, goodReport());
    caws.rotateKey(NEXT);
    Verdict verdict = judge(caws, goodReport());

    String note = caws.checkpoint().note();
    ProvenanceLog log = caws.log().orElseThrow();
    InclusionProof proof = log.prove(verdict.seal()).orElseThrow();
    InclusionProof before = log.prove(earlier.seal()).orElseThrow();
    assertThat(caws.publicKey()).isEqualTo(NEXT.publicKey());
    assertThat(VerdictVerifier.of(NEXT.publicKey()).verify(earlier, before, note).isGenuine())
        .isTrue();
    assertThat(VerdictVerifier.of(NEXT.publicKey()).verify(verdict, proof, note).isGenuine())
        .isTrue();
  }

  @Test
  void a_rotation_that_fails_after_its_entry_is_finished_by_the_same_call() throws Exception {
    Path checkpoint = folder.resolve("checkpoint.txt");
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, key())) {
      log.append("one");
      log.checkpoint();
      Files.delete(checkpoint);
      Path inTheWay = Files.createDirectories(checkpoint.resolve("in the way"));

      assertThatThrownBy(() -> log.rotate(NEXT, NOW))
          .hasMessageContaining("handed on to " + NEXT.id())
          .hasMessageContaining("rotate to it again");
      assertThat(log.key()).isEqualTo(NEXT.publicKey());

      Files.delete(inTheWay);
      Files.delete(checkpoint);
      assertThat(log.rotate(NEXT, NOW).size()).isEqualTo(2);
      for (SigningKey used : List.of(key(), NEXT)) {
        assertThatThrownBy(() -> log.rotate(used, NOW)).hasMessageContaining("fresh one");
      }
    }
    assertThat(folder.resolve("public-key.pem")).hasContent(NEXT.publicPem());
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, NEXT)) {
      assertThat(log.verify()).isEqualTo(new LogVerification.Intact(2));
    }
  }

  /** Signs each verdict, and logs to the folder. */
  private Caws each() {
    return Caws.builder()
        .policy(Fixtures.POLICY)
        .sources(Fixtures.sources())
        .key(key())
        .origin(ORIGIN)
        .logTo(folder)
        .build();
  }

  @Test
  void a_rotation_that_fails_before_its_entry_changes_no_key() {
    Caws caws = each();
    Verdict earlier = judge(caws, goodReport());

    assertThatThrownBy(() -> caws.rotateKey(new OddLength(63))).hasMessageContaining("exactly 64");

    assertThat(caws.publicKey()).isEqualTo(key().publicKey());
    assertThat(judge(caws, goodReport()).seal().keyId()).isEqualTo(earlier.seal().keyId());
    caws.close();
  }

  @Test
  void a_constitution_goes_on_with_the_key_that_its_log_has() {
    Away next = new Away();
    Caws caws = each();
    judge(caws, goodReport());

    assertThatThrownBy(() -> caws.rotateKey(next)).hasMessageContaining("handed on");

    assertThat(caws.publicKey()).isEqualTo(NEXT.publicKey());
    Verdict verdict = judge(caws, goodReport());
    assertThat(verdict.seal().keyId()).isEqualTo(NEXT.id());
    next.isAway = false;
    caws.rotateKey(next);
    caws.close();
    try (ProvenanceLog log = ProvenanceLog.open(folder, ORIGIN, NEXT)) {
      assertThat(log.verify()).isEqualTo(new LogVerification.Intact(3));
    }
  }

  /** Signs no checkpoint while it is away. */
  private static final class Away implements Signer {
    private boolean isAway = true;

    @Override
    public PublicKey publicKey() {
      return NEXT.publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      if (isAway && new String(message, StandardCharsets.UTF_8).startsWith(ORIGIN)) {
        throw new IllegalStateException("the key service is away");
      }
      return NEXT.sign(message);
    }
  }

  @Test
  void a_signature_that_is_not_64_bytes_gets_nowhere() {
    for (int length : new int[] {0, 63, 65}) {
      Signer odd = new OddLength(length);
      Caws caws = Fixtures.caws().key(odd).sealInBatches(1).build();
      assertThatThrownBy(() -> ProvenanceLog.create(ORIGIN, odd).checkpoint())
          .hasMessageContaining("exactly 64");
      assertThat(judge(caws, goodReport()).passed()).isFalse();
    }
  }

  /** Gives signatures of another length. */
  private record OddLength(int length) implements Signer {
    @Override
    public PublicKey publicKey() {
      return key().publicKey();
    }

    @Override
    public byte[] sign(byte[] message) {
      return new byte[length];
    }
  }
}
